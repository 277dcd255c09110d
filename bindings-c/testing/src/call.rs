//! [`exhook_test_call`]: a call of a hook, as the broker made it.

use exhook_core::testing::{CallResult, HookCall};

use crate::{
    argument::{object, said},
    error::Outcome,
    guard::{guard, neutral},
    hooks::exhook_hook,
    view::exhook_str,
};

/// A call of a hook that a broker made, and what came of it.
pub struct exhook_test_call {
    pub(crate) call: HookCall,
}

neutral! {
    f64 = 0.0;
    *const exhook_test_call = std::ptr::null();
}

/// Something about a call; `otherwise` for NULL.
///
/// # Safety
///
/// `call` is NULL, or a call that was not freed with its broker or client.
unsafe fn of<'a, T>(
    function: &str,
    call: *const exhook_test_call,
    otherwise: T,
    tell: impl FnOnce(&'a HookCall) -> T,
) -> T {
    // SAFETY: the caller keeps this function's promise.
    let call: Outcome<&exhook_test_call> = unsafe { object(call, "the call") };
    said(function, call.map(|call| tell(&call.call)), otherwise)
}

/// The hook that was called; `EXHOOK_HOOK_PROVIDER_LOADED`, which is 0, for NULL.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_hook(call: *const exhook_test_call) -> exhook_hook {
    const NAME: &str = "exhook_test_call_hook";
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe {
        of(
            NAME,
            call,
            exhook_hook::EXHOOK_HOOK_PROVIDER_LOADED,
            |call| call.hook.into(),
        )
    })
}

/// The MQTT client that the call was about; empty where there was none.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the broker or client that the call is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_clientid(call: *const exhook_test_call) -> exhook_str {
    const NAME: &str = "exhook_test_call_clientid";
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe { of(NAME, call, "".into(), |call| call.clientid.as_str().into()) })
}

/// The topic that the call was about; empty where there was none.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the broker or client that the call is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_topic(call: *const exhook_test_call) -> exhook_str {
    const NAME: &str = "exhook_test_call_topic";
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe {
        of(NAME, call, "".into(), |call| {
            call.topic.as_deref().unwrap_or_default().into()
        })
    })
}

/// The node that called.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the broker or client that the call is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_node(call: *const exhook_test_call) -> exhook_str {
    const NAME: &str = "exhook_test_call_node";
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe { of(NAME, call, "".into(), |call| call.node.as_str().into()) })
}

/// The server that was called, by its name.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the broker or client that the call is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_server(call: *const exhook_test_call) -> exhook_str {
    const NAME: &str = "exhook_test_call_server";
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe { of(NAME, call, "".into(), |call| call.provider.as_str().into()) })
}

/// What was answered, as the broker understood it: `allow`, `deny`, `continue true`, `continue
/// false`, `ignore`, `replace`, `block`, `done` or `loaded`. Empty where the call failed, or the
/// broker took the answer for none.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the broker or client that the call is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_verdict(call: *const exhook_test_call) -> exhook_str {
    const NAME: &str = "exhook_test_call_verdict";
    let verdict = |call: &HookCall| match &call.result {
        CallResult::Answered { verdict } => verdict.as_str().into(),
        CallResult::Unusable { .. } | CallResult::Failed { .. } => exhook_str::from(""),
    };
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe { of(NAME, call, "".into(), verdict) })
}

/// Why the call failed, or why the broker took the answer for none. Empty where it has a verdict.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the broker or client that the call is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_reason(call: *const exhook_test_call) -> exhook_str {
    const NAME: &str = "exhook_test_call_reason";
    let reason = |call: &HookCall| match &call.result {
        CallResult::Unusable { reason } | CallResult::Failed { reason } => reason.as_str().into(),
        CallResult::Answered { .. } => exhook_str::from(""),
    };
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe { of(NAME, call, "".into(), reason) })
}

/// How long the client waited for the call, in milliseconds.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_call_elapsed_ms(call: *const exhook_test_call) -> f64 {
    const NAME: &str = "exhook_test_call_elapsed_ms";
    // SAFETY: NULL, or a call that is there.
    guard(|| unsafe { of(NAME, call, 0.0, |call| call.elapsed.as_secs_f64() * 1_000.0) })
}
