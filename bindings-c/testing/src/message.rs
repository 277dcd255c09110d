//! [`exhook_test_message`]: a message as MQTT clients see it.

use exhook_core::testing::MqttMessage;

use crate::{
    argument::{object, said},
    error::Outcome,
    guard::{guard, neutral},
    view::{exhook_bytes, exhook_str},
};

/// A message as MQTT clients see it.
pub struct exhook_test_message {
    pub(crate) message: MqttMessage,
}

neutral! {
    *const exhook_test_message = std::ptr::null();
}

/// Something about a message; `otherwise` for NULL.
///
/// # Safety
///
/// `message` is NULL, or a message that was not freed with its broker or client.
unsafe fn of<'a, T>(
    function: &str,
    message: *const exhook_test_message,
    otherwise: T,
    tell: impl FnOnce(&'a MqttMessage) -> T,
) -> T {
    // SAFETY: the caller keeps this function's promise.
    let message: Outcome<&exhook_test_message> = unsafe { object(message, "the message") };
    let told = message.map(|message| tell(&message.message));
    said(function, told, otherwise)
}

/// The topic of a message.
///
/// Ownership: the text belongs to the message.
/// Threads: any.
/// Valid until: the broker or client that the message is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_message_topic(
    message: *const exhook_test_message,
) -> exhook_str {
    const NAME: &str = "exhook_test_message_topic";
    // SAFETY: NULL, or a message that is there.
    guard(|| unsafe {
        of(NAME, message, "".into(), |message| {
            message.topic.as_str().into()
        })
    })
}

/// The payload of a message.
///
/// Ownership: the bytes belong to the message.
/// Threads: any.
/// Valid until: the broker or client that the message is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_message_payload(
    message: *const exhook_test_message,
) -> exhook_bytes {
    const NAME: &str = "exhook_test_message_payload";
    let nothing = exhook_bytes::from(&b""[..]);
    // SAFETY: NULL, or a message that is there.
    guard(|| unsafe {
        of(NAME, message, nothing, |message| {
            (&message.payload[..]).into()
        })
    })
}

/// The quality of service of a message, 0 to 2.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_message_qos(message: *const exhook_test_message) -> u32 {
    const NAME: &str = "exhook_test_message_qos";
    // SAFETY: NULL, or a message that is there.
    guard(|| unsafe { of(NAME, message, 0, |message| message.qos) })
}

/// Whether a message is a retained one.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_message_retain(message: *const exhook_test_message) -> bool {
    const NAME: &str = "exhook_test_message_retain";
    // SAFETY: NULL, or a message that is there.
    guard(|| unsafe { of(NAME, message, false, |message| message.retain) })
}

/// The client that published a message; empty where none did.
///
/// Ownership: the text belongs to the message.
/// Threads: any.
/// Valid until: the broker or client that the message is of is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_message_from(
    message: *const exhook_test_message,
) -> exhook_str {
    const NAME: &str = "exhook_test_message_from";
    // SAFETY: NULL, or a message that is there.
    guard(|| unsafe {
        of(NAME, message, "".into(), |message| {
            message.from.as_str().into()
        })
    })
}

/// Whether two payloads are the same.
///
/// Ownership: both stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_bytes_eq(one: exhook_bytes, other: exhook_bytes) -> bool {
    // SAFETY: the views are the caller's, and are kept during the call.
    guard(|| match unsafe { (one.read(), other.read()) } {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    })
}
