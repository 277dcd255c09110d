//! [`exhook_test_broker`]: a simulated EMQX.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    argument::{object, said, text},
    call::exhook_test_call,
    code::exhook_code,
    error::{Outcome, exhook_test_error, handed_over},
    guard::{guard, neutral},
    kept::Kept,
    outcome::exhook_test_outcome,
    simulation::{Running, Simulation},
    view::exhook_str,
};

/// A simulated EMQX: options and servers first, then it is started, and its clients make it call
/// the hooks of the servers as the real one does.
pub struct exhook_test_broker {
    pub(crate) simulation: Arc<Simulation>,
    pub(crate) calls: Kept<exhook_test_call>,
    pub(crate) outcomes: Kept<exhook_test_outcome>,
    texts: Kept<String>,
}

neutral! {
    *mut exhook_test_broker = std::ptr::null_mut();
}

impl exhook_test_broker {
    pub(crate) fn running(&self) -> Outcome<Running> {
        self.simulation.running()
    }
}

/// A broker of the caller's; NULL is an error.
///
/// # Safety
///
/// `broker` is NULL, or a broker of the caller's that is not freed while it is used.
pub(crate) unsafe fn broker_of<'a>(
    broker: *const exhook_test_broker,
) -> Outcome<&'a exhook_test_broker> {
    // SAFETY: the caller keeps this function's promise.
    unsafe { object(broker, "the broker") }
}

/// Sets options or adds servers, and remembers what is wrong for the start.
///
/// # Safety
///
/// As [`broker_of`].
unsafe fn change(
    broker: *mut exhook_test_broker,
    act: impl FnOnce(&Simulation) -> Outcome,
) -> exhook_code {
    // SAFETY: the caller keeps this function's promise.
    let outcome = unsafe { broker_of(broker) }
        .and_then(|broker| broker.simulation.noted(act(&broker.simulation)));
    outcome.map_or_else(|error| error.code(), |()| exhook_code::EXHOOK_OK)
}

/// A broker with the options of EMQX, which behaves like the newest known, and calls nobody yet.
///
/// Ownership: the broker is the caller's, to be freed with `exhook_test_broker_free`.
/// Threads: any.
/// Valid until: `exhook_test_broker_free`.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_test_broker_new() -> *mut exhook_test_broker {
    guard(|| {
        Box::into_raw(Box::new(exhook_test_broker {
            simulation: Arc::new(Simulation::new()),
            calls: Kept::default(),
            outcomes: Kept::default(),
            texts: Kept::default(),
        }))
    })
}

/// Frees a broker, and closes its connections as if it were killed: `provider.unloaded` is only
/// called by `exhook_test_broker_stop`. NULL is fine. Its clients can still be freed, but do nothing
/// any more.
///
/// Ownership: the broker is the library's again, with all texts, calls and outcomes of it.
/// Threads: any; no other thread uses the broker any more.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_free(broker: *mut exhook_test_broker) {
    guard(|| {
        if !broker.is_null() {
            // SAFETY: a broker of `exhook_test_broker_new`, which the caller frees once.
            unsafe { Box::from_raw(broker) }.simulation.end();
        }
    });
}

/// Sets an option by its name, before the broker is started.
///
/// | option | what it is | default |
/// |---|---|---|
/// | `version` | which EMQX it behaves like, 4.3 or newer: `5.8`, `5.8.9` | the newest known |
/// | `nodes` | how many nodes it has; each loads every server | 1 |
/// | `authentication` | what its own authenticators say: `allow`, `deny`; the hook is asked when there are none | none |
/// | `authorization` | what its own authorization sources say, where one matches: `allow`, `deny` | none |
/// | `no_match` | what holds where nobody has an opinion: `allow`, `deny` | `allow` |
/// | `authorization_cache` | whether answers to authorizations are kept: `true`, `false` | `true` |
/// | `pace` | how many times faster its own waits pass, those between attempts to load | 1 |
/// | `request_timeout_ms` | how long it waits for an answer of a server | 5000 |
/// | `failed_action` | what it does where none comes: `deny`, `ignore` | `deny` |
/// | `auto_reconnect_ms` | how long it waits before it tries again to load a server; 0 for never | 60000 |
/// | `pool_size` | how many connections each node opens to a server | 8 |
///
/// The last four hold for the servers that are added afterwards. What is wrong with an option is
/// told by its number, and once more, in words, by the function that starts the broker.
///
/// Ownership: the texts are copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_set(
    broker: *mut exhook_test_broker,
    name: exhook_str,
    value: exhook_str,
) -> exhook_code {
    let set = |simulation: &Simulation| {
        // SAFETY: the texts are kept during the call.
        let (name, value) = unsafe { (text(name, "the name")?, text(value, "the value")?) };
        simulation.set_text(name, value)
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { change(broker, set) })
}

/// Sets which EMQX the broker behaves like: a version such as `5.8` or `5.8.9`, 4.3 or newer.
/// Otherwise like `exhook_test_broker_set`.
///
/// Ownership: the text is copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_set_version(
    broker: *mut exhook_test_broker,
    version: exhook_str,
) -> exhook_code {
    let set = |simulation: &Simulation| {
        // SAFETY: the text is kept during the call.
        simulation.set_text("version", unsafe { text(version, "the version") }?)
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { change(broker, set) })
}

/// Sets how many nodes the broker has. Otherwise like `exhook_test_broker_set`.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_set_nodes(
    broker: *mut exhook_test_broker,
    nodes: u64,
) -> exhook_code {
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { change(broker, |simulation| simulation.set("nodes", &json!(nodes))) })
}

/// Sets how long the broker waits for an answer: for the servers that are added afterwards, or for
/// all of them while it runs, where 0 gives each the time back that it was added with. It announces
/// this time with each call, so that a program answers its fallback before it is over: 50 let the
/// test of a slow callback end soon.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_set_request_timeout_ms(
    broker: *mut exhook_test_broker,
    timeout_ms: u64,
) -> exhook_code {
    let set = |simulation: &Simulation| simulation.set("request_timeout_ms", &json!(timeout_ms));
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { change(broker, set) })
}

/// Adds a server to those that the broker asks, in this order, before it is started: `url` is what
/// EMQX takes, or what `exhook_server_address` returns: `http://host:port`, `host:port` or
/// `unix:/path`. Mistakes are told as by `exhook_test_broker_set`.
///
/// Ownership: the texts are copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_add_server(
    broker: *mut exhook_test_broker,
    name: exhook_str,
    url: exhook_str,
) -> exhook_code {
    let add = |simulation: &Simulation| {
        // SAFETY: the texts are kept during the call.
        let (name, url) = unsafe { (text(name, "the name")?, text(url, "the address")?) };
        simulation.add_server(name, url)
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { change(broker, add) })
}

/// Starts the broker, which loads its servers; or starts it again after it was stopped. That a
/// server cannot be loaded is no error, as with EMQX, which lets clients in without asking it, and
/// tries again: `exhook_test_broker_status` tells.
///
/// Fails where an option has no meaning.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_start(
    broker: *mut exhook_test_broker,
) -> *mut exhook_test_error {
    // SAFETY: NULL, or a broker of the caller's.
    let start = || unsafe { broker_of(broker) }?.simulation.start();
    guard(|| handed_over(start()))
}

/// Adds the server at `url` by the name `default`, starts the broker, and fails unless all servers
/// are loaded then: all that most tests need.
///
/// Ownership: the text is copied. A returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_connect(
    broker: *mut exhook_test_broker,
    url: exhook_str,
) -> *mut exhook_test_error {
    let connect = || {
        // SAFETY: NULL, or a broker of the caller's.
        let simulation = &unsafe { broker_of(broker) }?.simulation;
        // SAFETY: the text is kept during the call.
        simulation.add_server("default", unsafe { text(url, "the address") }?)?;
        simulation.start()?;
        simulation.check_loaded()
    };
    guard(|| handed_over(connect()))
}

/// Stops the broker: it unloads its servers, which calls `provider.unloaded`, and asks nobody any
/// more. `exhook_test_broker_start` starts it again.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_stop(
    broker: *mut exhook_test_broker,
) -> *mut exhook_test_error {
    let stop = || {
        // SAFETY: NULL, or a broker of the caller's.
        let running = unsafe { broker_of(broker) }?.running()?;
        let broker = running.broker.clone();
        running.run(async move { broker.stop().await })
    };
    guard(|| handed_over(stop()))
}

/// Waits until every node has loaded every server, for so many milliseconds at most; whether they
/// have.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_wait_until_loaded(
    broker: *const exhook_test_broker,
    patience_ms: u64,
) -> bool {
    let wait = || {
        // SAFETY: NULL, or a broker of the caller's.
        let running = unsafe { broker_of(broker) }?.running()?;
        let broker = running.broker.clone();
        let patience = Duration::from_millis(patience_ms);
        running.run(async move { broker.wait_until_loaded(patience).await })
    };
    guard(|| said("exhook_test_broker_wait_until_loaded", wait(), false))
}

/// How the broker stands with its servers, a line for each of them on each node: its state in
/// EMQX's words, why it is not connected, and the hooks that it registered with their topic
/// filters. Empty before the start.
///
/// Ownership: the text belongs to the broker.
/// Threads: any.
/// Valid until: the broker is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_status(
    broker: *const exhook_test_broker,
) -> exhook_str {
    let tell = || {
        // SAFETY: NULL, or a broker of the caller's.
        let broker = unsafe { broker_of(broker) }?;
        let text = broker.texts.keep(described(&broker.running()?));
        // SAFETY: the broker keeps it until it is freed.
        Ok(exhook_str::from(unsafe { &*text }.as_str()))
    };
    guard(|| said("exhook_test_broker_status", tell(), exhook_str::from("")))
}

fn described(running: &Running) -> String {
    let lines = running.broker.status().into_iter().map(|status| {
        let hooks: Vec<_> = status
            .hooks
            .iter()
            .map(|installed| match installed.topics.join(", ") {
                topics if topics.is_empty() => installed.hook.name().to_owned(),
                topics => format!("{} ({topics})", installed.hook.name()),
            })
            .collect();
        let state = json!(status.status);
        let state = state.as_str().unwrap_or_default();
        let detail = status.reason.unwrap_or_else(|| hooks.join(", "));
        format!("{} {} {state}: {detail}\n", status.node, status.provider)
    });
    lines.collect()
}
