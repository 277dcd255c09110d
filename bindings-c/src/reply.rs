//! The answers to a call. Each call is answered once, from any thread.

use exhook_core::{Failure, Verdict};

use crate::{
    call::{exhook_call, reply},
    code::exhook_code,
    guard::guard,
    message::exhook_message,
};

/// Yes, and nobody else is asked: `client.authenticate`, `client.authorize`, `message.ingress`.
///
/// Returns `EXHOOK_ERR_TOO_LATE` where the broker has been answered by policy,
/// `EXHOOK_ERR_ANSWERED` where the program has answered before, and `EXHOOK_ERR_WRONG_VERDICT`
/// where the hook takes no such answer: then its fallback was answered.
///
/// Ownership: the call stays whose it is; a deferred one is still to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_allow(call: *mut exhook_call) -> exhook_code {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| unsafe { reply(call, Verdict::Allow) })
}

/// No, and nobody else is asked. Otherwise like `exhook_reply_allow`.
///
/// Ownership: the call stays whose it is; a deferred one is still to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_deny(call: *mut exhook_call) -> exhook_code {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| unsafe { reply(call, Verdict::Deny) })
}

/// Yes or no, and nobody else is asked. Otherwise like `exhook_reply_allow`.
///
/// Ownership: the call stays whose it is; a deferred one is still to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_bool(call: *mut exhook_call, allow: bool) -> exhook_code {
    let verdict = if allow { Verdict::Allow } else { Verdict::Deny };
    // SAFETY: NULL, or a call that the caller has.
    guard(|| unsafe { reply(call, verdict) })
}

/// Yes or no so far: handlers, exhook servers and authenticators that come later may decide
/// otherwise. `message.ingress` takes no such answer. Otherwise like `exhook_reply_allow`.
///
/// Ownership: the call stays whose it is; a deferred one is still to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_keep_going(
    call: *mut exhook_call,
    allow: bool,
) -> exhook_code {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| unsafe { reply(call, Verdict::KeepGoing(allow)) })
}

/// No opinion: the next one decides, and a message is published as it is. It suits every hook. EMQX
/// 5.0 to 5.8 refuse a client whose `client.authenticate` nobody decides.
///
/// Returns `EXHOOK_ERR_TOO_LATE` or `EXHOOK_ERR_ANSWERED` like `exhook_reply_allow`.
///
/// Ownership: the call stays whose it is; a deferred one is still to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_ignore(call: *mut exhook_call) -> exhook_code {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| unsafe { reply(call, Verdict::Ignore) })
}

/// Keeps a message from its subscribers: `message.publish`. Otherwise like `exhook_reply_allow`.
///
/// Ownership: the call stays whose it is; a deferred one is still to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_block(call: *mut exhook_call) -> exhook_code {
    // SAFETY: NULL, or a call that the caller has.
    guard(|| unsafe { reply(call, Verdict::Block) })
}

/// Publishes a message with the changes in `message`: `message.publish`. What was not set in it
/// stays as the client sent it.
///
/// Returns `EXHOOK_ERR_BAD_MESSAGE` where the broker could not publish it, because the topic is
/// empty, has more than 65,535 bytes or contains a wildcard, or the quality of service is not 0, 1
/// or 2: then the fallback was answered. Otherwise like `exhook_reply_allow`. Where an argument is
/// NULL the call stays open.
///
/// Ownership: the content of `message` is taken, also where the answer comes too late. The message
/// itself stays the caller's, empty: to be filled for another call, or to be freed.
/// Threads: any; no other thread uses the message meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_message(
    call: *mut exhook_call,
    message: *mut exhook_message,
) -> exhook_code {
    guard(|| {
        // SAFETY: NULL, or a message of the caller's that no other thread uses.
        let Some(message) = (unsafe { message.as_mut() }) else {
            return exhook_code::EXHOOK_ERR_NULL;
        };
        if call.is_null() {
            return exhook_code::EXHOOK_ERR_NULL;
        }
        // SAFETY: a call that the caller has.
        unsafe { reply(call, Verdict::Replace(message.take())) }
    })
}

/// Says that the program could not decide: the fallback of the hook is answered at once, and counted
/// as `exception`.
///
/// Returns `EXHOOK_ERR_ANSWERED` where the program has answered before.
///
/// Ownership: the call stays whose it is; a deferred one is still to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_reply_error(call: *mut exhook_call) -> exhook_code {
    guard(|| {
        // SAFETY: NULL, or a call that the caller has.
        let Some(call) = (unsafe { call.as_ref() }) else {
            return exhook_code::EXHOOK_ERR_NULL;
        };
        match call.take() {
            Ok(open) => {
                open.fail(Failure::Exception);
                exhook_code::EXHOOK_OK
            }
            Err(code) => code,
        }
    })
}
