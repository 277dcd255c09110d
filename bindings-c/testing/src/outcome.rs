//! [`exhook_test_outcome`]: what a client experienced that did something.

use exhook_core::testing::{Connected, Done, HookCall, Published, Subscribed};

use crate::{
    argument::{object, said},
    call::exhook_test_call,
    error::{Outcome, exhook_test_error},
    guard::{guard, neutral},
    message::exhook_test_message,
    view::exhook_str,
};

/// What a client experienced that connected, subscribed, published or left, and the calls that the
/// broker made for it. What does not suit what it did is empty.
#[derive(Default)]
pub struct exhook_test_outcome {
    // None where it did something else.
    accepted: Option<bool>,
    authorized: Option<bool>,
    reason: String,
    reason_code: u8,
    session_present: bool,
    blocked: bool,
    message: Option<exhook_test_message>,
    delivered_to: Vec<String>,
    calls: Vec<exhook_test_call>,
}

neutral! {
    *const exhook_test_outcome = std::ptr::null();
}

fn all(calls: Vec<HookCall>) -> Vec<exhook_test_call> {
    let calls = calls.into_iter();
    calls.map(|call| exhook_test_call { call }).collect()
}

impl From<Connected> for exhook_test_outcome {
    fn from(connected: Connected) -> Self {
        Self {
            accepted: Some(connected.accepted),
            reason: connected.reason,
            reason_code: connected.reason_code,
            session_present: connected.session_present,
            calls: all(connected.calls),
            ..Self::default()
        }
    }
}

impl From<Subscribed> for exhook_test_outcome {
    fn from(subscribed: Subscribed) -> Self {
        let granted = subscribed.filters.first();
        Self {
            accepted: Some(subscribed.accepted),
            reason_code: granted.map_or(0, |grant| grant.reason_code),
            calls: all(subscribed.calls),
            ..Self::default()
        }
    }
}

impl From<Published> for exhook_test_outcome {
    fn from(published: Published) -> Self {
        let delivered = published.delivered_as;
        Self {
            authorized: Some(published.authorized),
            blocked: published.blocked,
            message: delivered.map(|message| exhook_test_message { message }),
            delivered_to: published.delivered_to,
            reason_code: published.reason_code,
            calls: all(published.calls),
            ..Self::default()
        }
    }
}

impl From<Done> for exhook_test_outcome {
    fn from(done: Done) -> Self {
        Self {
            calls: all(done.calls),
            ..Self::default()
        }
    }
}

/// Something about an outcome; `otherwise` for NULL, and where it does not suit what was done.
///
/// # Safety
///
/// `outcome` is NULL, or an outcome that was not freed with its broker or client.
unsafe fn of<'a, T>(
    function: &str,
    outcome: *const exhook_test_outcome,
    otherwise: T,
    tell: impl FnOnce(&'a exhook_test_outcome) -> Outcome<T>,
) -> T {
    // SAFETY: the caller keeps this function's promise.
    let told = unsafe { object(outcome, "the outcome") }.and_then(tell);
    said(function, told, otherwise)
}

/// Whether the broker let the client in, or granted its subscription.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_accepted(outcome: *const exhook_test_outcome) -> bool {
    const NAME: &str = "exhook_test_outcome_accepted";
    let accepted = |outcome: &exhook_test_outcome| {
        outcome.accepted.ok_or_else(|| {
            exhook_test_error::of_state(
                "it is neither of connecting nor of subscribing; of publishing ask \
                 exhook_test_outcome_authorized",
            )
        })
    };
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, false, accepted) })
}

/// Whether the client was allowed to publish to the topic.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_authorized(
    outcome: *const exhook_test_outcome,
) -> bool {
    const NAME: &str = "exhook_test_outcome_authorized";
    let authorized = |outcome: &exhook_test_outcome| {
        outcome.authorized.ok_or_else(|| {
            exhook_test_error::of_state(
                "it is not of publishing; of others ask exhook_test_outcome_accepted",
            )
        })
    };
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, false, authorized) })
}

/// The reason in the CONNACK that a client got which connected: `success`, `not_authorized`.
///
/// Ownership: the text belongs to the outcome.
/// Threads: any.
/// Valid until: the broker or client that the outcome is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_reason(
    outcome: *const exhook_test_outcome,
) -> exhook_str {
    const NAME: &str = "exhook_test_outcome_reason";
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe {
        of(NAME, outcome, "".into(), |outcome| {
            Ok(outcome.reason.as_str().into())
        })
    })
}

/// The reason code in the packet that answered a client of MQTT 5. CONNACK: 0 or 135, not
/// authorized. SUBACK: the quality of service, or 135. PUBACK: 0, 16 for no matching subscribers,
/// which is what a client gets for a blocked message too, or 135.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_reason_code(
    outcome: *const exhook_test_outcome,
) -> u32 {
    const NAME: &str = "exhook_test_outcome_reason_code";
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, 0, |outcome| Ok(outcome.reason_code.into())) })
}

/// Whether the broker had a session of the client that connected.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_session_present(
    outcome: *const exhook_test_outcome,
) -> bool {
    const NAME: &str = "exhook_test_outcome_session_present";
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, false, |outcome| Ok(outcome.session_present)) })
}

/// Whether a hook blocked the message that was published.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_blocked(outcome: *const exhook_test_outcome) -> bool {
    const NAME: &str = "exhook_test_outcome_blocked";
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, false, |outcome| Ok(outcome.blocked)) })
}

/// What subscribers get of what was published, with what hooks changed; NULL where it was not
/// authorized, or blocked, or lost.
///
/// Ownership: the message belongs to the outcome.
/// Threads: any.
/// Valid until: the broker or client that the outcome is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_delivered_as(
    outcome: *const exhook_test_outcome,
) -> *const exhook_test_message {
    const NAME: &str = "exhook_test_outcome_delivered_as";
    let message = |outcome: &exhook_test_outcome| {
        let message = outcome.message.as_ref();
        Ok(message.map_or(std::ptr::null(), std::ptr::from_ref))
    };
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, std::ptr::null(), message) })
}

/// How many clients got what was published.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_delivered_to_count(
    outcome: *const exhook_test_outcome,
) -> usize {
    const NAME: &str = "exhook_test_outcome_delivered_to_count";
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, 0, |outcome| Ok(outcome.delivered_to.len())) })
}

/// The id of a client that got what was published; empty where there are not so many.
///
/// Ownership: the text belongs to the outcome.
/// Threads: any.
/// Valid until: the broker or client that the outcome is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_delivered_to_at(
    outcome: *const exhook_test_outcome,
    index: usize,
) -> exhook_str {
    const NAME: &str = "exhook_test_outcome_delivered_to_at";
    let clientid = |outcome: &exhook_test_outcome| {
        let clientid = outcome.delivered_to.get(index);
        Ok(exhook_str::from(clientid.map_or("", String::as_str)))
    };
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, "".into(), clientid) })
}

/// How many calls the broker made for what the client did, those for other clients included that
/// followed from it.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_calls_count(
    outcome: *const exhook_test_outcome,
) -> usize {
    const NAME: &str = "exhook_test_outcome_calls_count";
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, 0, |outcome| Ok(outcome.calls.len())) })
}

/// The call at a place, from 0, in the order in which they ended; NULL where there is none.
///
/// Ownership: the call belongs to the outcome.
/// Threads: any.
/// Valid until: the broker or client that the outcome is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_outcome_calls_at(
    outcome: *const exhook_test_outcome,
    index: usize,
) -> *const exhook_test_call {
    const NAME: &str = "exhook_test_outcome_calls_at";
    let call = |outcome: &exhook_test_outcome| {
        let call = outcome.calls.get(index);
        Ok(call.map_or(std::ptr::null(), std::ptr::from_ref))
    };
    // SAFETY: NULL, or an outcome that is there.
    guard(|| unsafe { of(NAME, outcome, std::ptr::null(), call) })
}
