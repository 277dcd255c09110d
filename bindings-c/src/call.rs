//! [`exhook_call`]: one hook call in the hands of the program.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exhook_core::{Call, Failure, Hook, Package, Request, Verdict};
use tracing::warn;

use crate::{code::exhook_code, guard::guard, hooks::exhook_hook, view::exhook_str};

/// One call of a hook by a broker: what it is about, and the way to answer it.
///
/// A callback is lent its call until it returns. It answers the call once, with one of the
/// `exhook_reply_…` functions; or it takes the call over with `exhook_call_defer`, to answer it
/// later from any thread. Where it does neither, the fallback of the hook is answered; hooks that
/// only inform need no answer.
pub struct exhook_call {
    hook: Hook,
    package: Package,
    request: Arc<Request>,
    traceparent: Option<Box<str>>,
    state: Mutex<State>,
}

struct State {
    /// Until it is answered.
    open: Option<Call>,
    is_deferred: bool,
}

impl exhook_call {
    pub(crate) fn new(call: Call) -> Self {
        Self {
            hook: call.hook(),
            package: call.package(),
            request: Arc::clone(call.request()),
            traceparent: call.traceparent().map(Into::into),
            state: Mutex::new(State {
                open: Some(call),
                is_deferred: false,
            }),
        }
    }

    pub(crate) const fn hook(&self) -> Hook {
        self.hook
    }

    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the right to answer, which is there once.
    pub(crate) fn take(&self) -> Result<Call, exhook_code> {
        let open = self.state().open.take();
        open.ok_or(exhook_code::EXHOOK_ERR_ANSWERED)
    }

    /// What happens where the callback has returned.
    pub(crate) fn returned(&self) {
        let open = {
            let mut state = self.state();
            if state.is_deferred {
                None
            } else {
                state.open.take()
            }
        };
        settle(open);
    }

    fn look<R>(&self, look: impl FnOnce(&Call) -> R) -> Option<R> {
        self.state().open.as_ref().map(look)
    }
}

/// Ends a call that the program does not answer.
fn settle(open: Option<Call>) {
    if let Some(call) = open {
        if call.hook().is_valued() {
            call.fail(Failure::Unanswered);
        } else {
            // Too late would mean that a broker that asked to wait does so no more.
            let _ = call.reply(Verdict::Ignore);
        }
    }
}

/// Answers `call`, if it is one.
///
/// # Safety
///
/// `call` is NULL, or lent to this thread's callback, or deferred and not freed.
pub(crate) unsafe fn reply(call: *const exhook_call, verdict: Verdict) -> exhook_code {
    // SAFETY: the caller keeps this function's promise.
    let Some(call) = (unsafe { call.as_ref() }) else {
        return exhook_code::EXHOOK_ERR_NULL;
    };
    let open = match call.take() {
        Ok(open) => open,
        Err(code) => return code,
    };
    match open.reply(verdict) {
        Ok(()) => exhook_code::EXHOOK_OK,
        Err(error) => {
            let code = exhook_code::from(&error);
            // What comes late is counted, and usual for a program that is slow.
            if code != exhook_code::EXHOOK_ERR_TOO_LATE {
                warn!(
                    hook = call.hook.name(),
                    clientid = call.request.clientid(),
                    problem = %error,
                    "an answer cannot be used; the fallback is answered"
                );
            }
            code
        }
    }
}

/// The hook that was called; `EXHOOK_HOOK_PROVIDER_LOADED`, which is 0, for NULL.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_hook(call: *const exhook_call) -> exhook_hook {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let call = unsafe { call.as_ref() };
        call.map_or(Hook::ProviderLoaded, exhook_call::hook).into()
    })
}

/// The package that the broker speaks: 1 for EMQX 4, 2 for 5.0 to 5.8, 3 from 5.9 on; 0 for NULL.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_package(call: *const exhook_call) -> u32 {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| unsafe { call.as_ref() }.map_or(0, |call| package_number(call.package)))
}

pub(crate) const fn package_number(package: Package) -> u32 {
    match package {
        Package::V1 => 1,
        Package::V2 => 2,
        Package::V3 => 3,
    }
}

/// The client id that the call is about, in whatever field its hook has it: of the client, of the
/// connection, or of the message's publisher. Empty where there is none.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_clientid(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| exhook_str::from(unsafe { call.as_ref() }.map_or("", |call| call.request.clientid())))
}

/// The topic that the call is about, in whatever field its hook has it. Empty where there is none.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_topic(call: *const exhook_call) -> exhook_str {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let call = unsafe { call.as_ref() };
        exhook_str::from(
            call.and_then(|call| call.request.topic())
                .unwrap_or_default(),
        )
    })
}

/// The broker node that calls, such as `emqx@127.0.0.1`. Empty where the broker does not say.
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_node(call: *const exhook_call) -> exhook_str {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| exhook_str::from(unsafe { call.as_ref() }.map_or("", |call| call.request.node())))
}

/// The span of this callback as W3C's header `traceparent`, for spans that it begins and requests
/// that it sends. Empty where the call is not traced (options `otlp_endpoint` and
/// `otlp_sample_percent`).
///
/// Ownership: the text belongs to the call.
/// Threads: any.
/// Valid until: the callback returns; for a deferred call, `exhook_call_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_traceparent(call: *const exhook_call) -> exhook_str {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let call = unsafe { call.as_ref() };
        exhook_str::from(
            call.and_then(|call| call.traceparent.as_deref())
                .unwrap_or_default(),
        )
    })
}

/// How many milliseconds are left until the broker is answered by policy: 0 when that has happened,
/// or the call is answered; -1 where no broker waits, because it was answered before the callback.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_remaining_ms(call: *const exhook_call) -> i64 {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let call = unsafe { call.as_ref() };
        let remaining = call.and_then(|call| call.look(Call::remaining));
        match remaining {
            None => 0,
            Some(None) => -1,
            Some(Some(left)) => i64::try_from(left.as_millis()).unwrap_or(i64::MAX),
        }
    })
}

/// Whether an answer would still reach the broker, or no broker waits for one. False once the call
/// is answered.
///
/// Ownership: the call stays whose it is.
/// Threads: any.
/// Valid until: another thread answers the call, or its deadline passes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_is_wanted(call: *const exhook_call) -> bool {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let call = unsafe { call.as_ref() };
        call.and_then(|call| call.look(Call::is_wanted))
            .unwrap_or(false)
    })
}

/// Takes a call over from its callback, to answer it later from any thread. Returns its argument;
/// NULL where that is NULL, or the call is answered or deferred already.
///
/// The broker is still answered at the deadline at the latest; an answer that comes after it
/// returns `EXHOOK_ERR_TOO_LATE` and is otherwise harmless.
///
/// Ownership: the call is the program's, which frees it once with `exhook_call_free`.
/// Threads: the one that runs the callback, before that returns.
/// Valid until: `exhook_call_free`, also where the server is stopped or freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_defer(call: *mut exhook_call) -> *mut exhook_call {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let Some(deferred) = (unsafe { call.as_ref() }) else {
            return std::ptr::null_mut();
        };
        let mut state = deferred.state();
        if state.is_deferred || state.open.is_none() {
            return std::ptr::null_mut();
        }
        state.is_deferred = true;
        drop(state);
        // SAFETY: the callback's frame holds the call in an `Arc`; this is the program's share.
        unsafe { Arc::increment_strong_count(call.cast_const()) };
        call
    })
}

/// Frees a deferred call. One that is not answered is answered with the fallback of its hook, so
/// that no broker waits for nothing. NULL is fine.
///
/// A call that is only lent to a callback is left alone, with `EXHOOK_ERR_NOT_DEFERRED`.
///
/// Ownership: the call is the library's again.
/// Threads: any; no other thread uses the call any more.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_call_free(call: *mut exhook_call) -> exhook_code {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let Some(deferred) = (unsafe { call.as_ref() }) else {
            return exhook_code::EXHOOK_OK;
        };
        let mut state = deferred.state();
        if !state.is_deferred {
            return exhook_code::EXHOOK_ERR_NOT_DEFERRED;
        }
        state.is_deferred = false;
        let open = state.open.take();
        drop(state);
        settle(open);
        // SAFETY: the share that `exhook_call_defer` made for the program.
        unsafe { Arc::decrement_strong_count(call.cast_const()) };
        exhook_code::EXHOOK_OK
    })
}
