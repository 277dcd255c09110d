//! A fake EMQX for programs in C, which `support/broker.h` declares.
//!
//! It is a test tool: where it is used wrongly it says so and ends the program.

mod answer;
mod broker;
mod encode;
mod fields;
#[path = "../../../testing/src/handoff.rs"]
mod handoff;
mod request;
mod sample;
#[path = "../../../testing/src/signals.rs"]
mod signals;

use std::{
    ffi::{CStr, c_char, c_void},
    ptr, slice,
    time::{Duration, Instant},
};

use exhook::{Hook, Package, testing::CallOutcome};

use broker::{Broker, Target, Work};
use handoff::{Taker, handoff};
use request::Asked;
use sample::Sample;

/// Longer than any test should take, so that only the server's own deadlines count.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
const TEXT_BYTES: usize = 1024;

/// `struct broker_request`.
#[repr(C)]
pub struct Request {
    hook: *const c_char,
    clientid: *const c_char,
    username: *const c_char,
    password: *const c_char,
    topic: *const c_char,
    payload: *const c_void,
    payload_len: usize,
    qos: u32,
    timeout_ms: u32,
}

/// `struct broker_answer`.
#[repr(C)]
pub struct Answer {
    text: [c_char; TEXT_BYTES],
    elapsed_ms: u64,
    grpc_status: i32,
}

/// A call that was started.
pub struct Pending {
    package: Package,
    hook: Hook,
    began: Instant,
    outcome: Taker<CallOutcome>,
}

/// Connects to a server as a broker node that speaks package 1, 2 or 3; NULL, and the reason on
/// standard error, where nobody listens there.
///
/// # Safety
///
/// `address` ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_connect(
    address: *const c_char,
    package: u32,
    connections: u32,
) -> *mut Broker {
    // SAFETY: the caller keeps this function's promise.
    let address = unsafe { text(address) }.expect("an address to connect to");
    let package = Package::ALL[package as usize - 1];
    match Broker::connect(&address, package, connections as usize) {
        Ok(broker) => Box::into_raw(Box::new(broker)),
        Err(error) => {
            report(&format!("cannot connect to {address}: {error}"));
            ptr::null_mut()
        }
    }
}

/// Starts a call; `broker_finish` waits for its end.
///
/// # Safety
///
/// `broker` is connected; the texts of `request` end with a NUL, or are NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_start(
    broker: *const Broker,
    request: *const Request,
) -> *mut Pending {
    // SAFETY: the caller keeps this function's promise.
    let (broker, request) = unsafe { (&*broker, &*request) };
    // SAFETY: as above.
    let name = unsafe { text(request.hook) }.expect("the hook to call");
    // SAFETY: as above.
    let asked = unsafe { asked(request) };
    let hook = hook_of(broker.package, &name);
    let body = encode::message(broker.package, &message_name(broker.package, hook), &asked);
    let clientid = asked.clientid.unwrap_or_default();
    start(
        broker,
        hook,
        Target::Hook(hook),
        clientid,
        body,
        request.timeout_ms,
    )
}

/// Starts a call with the sample request of the hook, in package 3.
///
/// # Safety
///
/// `broker` is connected, and `hook` ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_start_sample(
    broker: *const Broker,
    hook: *const c_char,
) -> *mut Pending {
    // SAFETY: the caller keeps this function's promise.
    let (broker, name) = unsafe { (&*broker, text(hook)) };
    assert_eq!(broker.package, Package::V3, "samples are of package 3");
    let hook = hook_of(Package::V3, &name.expect("the hook to call"));
    let body = encode::message(Package::V3, hook.request_name(), &Sample);
    start(broker, hook, Target::Hook(hook), String::new(), body, 0)
}

/// Starts a call of the hook with these bytes as request.
///
/// # Safety
///
/// `broker` is connected, `hook` ends with a NUL, and there are `len` bytes at `body`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_start_raw(
    broker: *const Broker,
    hook: *const c_char,
    body: *const c_void,
    len: usize,
) -> *mut Pending {
    // SAFETY: the caller keeps this function's promise.
    let (broker, name, body) = unsafe { (&*broker, text(hook), bytes(body, len)) };
    let hook = hook_of(broker.package, &name.expect("the hook to call"));
    let body = body.unwrap_or_default();
    start(broker, hook, Target::Hook(hook), String::new(), body, 0)
}

/// Starts a call of any path, such as one that no server has.
///
/// # Safety
///
/// `broker` is connected, and `path` ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_start_path(
    broker: *const Broker,
    path: *const c_char,
) -> *mut Pending {
    // SAFETY: the caller keeps this function's promise.
    let (broker, path) = unsafe { (&*broker, text(path)) };
    let target = Target::Path(path.expect("the path to call"));
    start(
        broker,
        Hook::ClientConnect,
        target,
        String::new(),
        Vec::new(),
        0,
    )
}

/// Starts the call by which a broker of this version loads a server.
///
/// # Safety
///
/// `broker` is connected, and `version` ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_start_load(
    broker: *const Broker,
    version: *const c_char,
) -> *mut Pending {
    // SAFETY: the caller keeps this function's promise.
    let (broker, version) = unsafe { (&*broker, text(version)) };
    let asked = Asked {
        version,
        ..Asked::default()
    };
    let hook = Hook::ProviderLoaded;
    let body = encode::message(broker.package, hook.request_name(), &asked);
    start(broker, hook, Target::Hook(hook), String::new(), body, 0)
}

/// Waits for the end of a call, and frees it.
///
/// # Safety
///
/// `pending` is a call that was started, and is finished once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_finish(pending: *mut Pending) -> Answer {
    // SAFETY: the caller keeps this function's promise.
    let pending = unsafe { Box::from_raw(pending) };
    let (words, grpc_status, elapsed) = match pending.outcome.take() {
        Some(outcome) => (
            answer::words(pending.package, pending.hook, &outcome),
            outcome
                .grpc_status
                .and_then(|status| i32::try_from(status).ok()),
            outcome.elapsed,
        ),
        None => (
            "lost: the broker closed its connections".to_owned(),
            None,
            pending.began.elapsed(),
        ),
    };
    let mut answer = Answer {
        text: [0; TEXT_BYTES],
        elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        grpc_status: grpc_status.unwrap_or(-1),
    };
    // The last place stays a NUL.
    for (place, byte) in answer.text[..TEXT_BYTES - 1].iter_mut().zip(words.bytes()) {
        *place = c_char::from_ne_bytes([byte]);
    }
    answer
}

/// Closes the connections of a broker, whatever is under way on them.
///
/// # Safety
///
/// `broker` is connected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_disconnect(broker: *const Broker) {
    // SAFETY: the caller keeps this function's promise.
    unsafe { &*broker }.disconnect();
}

/// Closes a broker and frees it; NULL is fine.
///
/// # Safety
///
/// `broker` is NULL, or connected and closed once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn broker_close(broker: *mut Broker) {
    if !broker.is_null() {
        // SAFETY: the caller keeps this function's promise.
        drop(unsafe { Box::from_raw(broker) });
    }
}

fn start(
    broker: &Broker,
    hook: Hook,
    target: Target,
    clientid: String,
    body: Vec<u8>,
    timeout_ms: u32,
) -> *mut Pending {
    let (done, outcome) = handoff();
    let timeout = match timeout_ms {
        0 => DEFAULT_TIMEOUT,
        other => Duration::from_millis(other.into()),
    };
    let began = Instant::now();
    broker.begin(Work {
        clientid,
        target,
        body,
        timeout,
        done,
    });
    Box::into_raw(Box::new(Pending {
        package: broker.package,
        hook,
        began,
        outcome,
    }))
}

fn hook_of(package: Package, name: &str) -> Hook {
    let hook = Hook::from_name(name).unwrap_or_else(|| panic!("there is no hook {name}"));
    assert!(hook.since() <= package, "{package} has no hook {name}");
    hook
}

fn message_name(package: Package, hook: Hook) -> String {
    let rpc = hook.rpc_in(package);
    format!("{}Request", rpc.strip_prefix("On").unwrap_or(rpc))
}

/// # Safety
///
/// As [`broker_start`].
unsafe fn asked(request: &Request) -> Asked {
    // SAFETY: the caller keeps this function's promise.
    unsafe {
        Asked {
            clientid: text(request.clientid),
            username: text(request.username),
            password: text(request.password),
            topic: text(request.topic),
            payload: bytes(request.payload, request.payload_len),
            qos: request.qos,
            version: None,
        }
    }
}

/// # Safety
///
/// `text` is NULL, or ends with a NUL.
unsafe fn text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller keeps this function's promise.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_str().expect("a text in UTF-8").to_owned())
}

/// # Safety
///
/// `data` is NULL, or there are `len` bytes.
unsafe fn bytes(data: *const c_void, len: usize) -> Option<Vec<u8>> {
    if data.is_null() {
        return None;
    }
    // SAFETY: the caller keeps this function's promise.
    Some(unsafe { slice::from_raw_parts(data.cast::<u8>(), len) }.to_vec())
}

#[expect(clippy::print_stderr, reason = "this is where a test looks")]
fn report(problem: &str) {
    eprintln!("{problem}");
}
