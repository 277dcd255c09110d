//! [`exhook_message`]: what a published message is changed to.

use std::{ffi::c_void, mem, slice};

use bytes::Bytes;
use exhook_core::MessagePatch;

use crate::{
    code::exhook_code,
    guard::guard,
    user::{User, exhook_free},
    view::{exhook_bytes, exhook_str},
};

/// The changes to a published message, for `exhook_reply_message`. What is not set stays as the
/// client sent it.
#[derive(Default)]
pub struct exhook_message {
    patch: MessagePatch,
}

impl exhook_message {
    pub(crate) fn take(&mut self) -> MessagePatch {
        mem::take(&mut self.patch)
    }
}

/// A message that changes nothing yet.
///
/// Ownership: the message is the caller's, to be freed with `exhook_message_free`.
/// Threads: any.
/// Valid until: `exhook_message_free`.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_message_new() -> *mut exhook_message {
    guard(|| Box::into_raw(Box::default()))
}

/// Frees a message. NULL is fine.
///
/// Ownership: the message is the library's again.
/// Threads: any; no other thread uses the message any more.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_message_free(message: *mut exhook_message) {
    guard(|| {
        if !message.is_null() {
            // SAFETY: a message of `exhook_message_new`, which the caller frees once.
            drop(unsafe { Box::from_raw(message) });
        }
    });
}

/// Publishes to `topic` instead: 1 to 65,535 bytes without wildcards, which is checked when the
/// message is answered.
///
/// Ownership: the topic is copied.
/// Threads: any; no other thread uses the message meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_message_set_topic(
    message: *mut exhook_message,
    topic: exhook_str,
) -> exhook_code {
    guard(|| {
        // SAFETY: NULL, or a message of the caller's; the topic is kept during the call.
        match unsafe { (message.as_mut(), topic.read()) } {
            (None, _) => exhook_code::EXHOOK_ERR_NULL,
            (_, Err(code)) => code,
            (Some(message), Ok(topic)) => {
                message.patch.topic = Some(topic.to_owned());
                exhook_code::EXHOOK_OK
            }
        }
    })
}

/// Publishes with this quality of service instead: 0, 1 or 2, which is checked when the message is
/// answered.
///
/// Ownership: nothing is handed over.
/// Threads: any; no other thread uses the message meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_message_set_qos(
    message: *mut exhook_message,
    qos: u32,
) -> exhook_code {
    guard(|| {
        // SAFETY: NULL, or a message of the caller's.
        let Some(message) = (unsafe { message.as_mut() }) else {
            return exhook_code::EXHOOK_ERR_NULL;
        };
        message.patch.qos = Some(qos);
        exhook_code::EXHOOK_OK
    })
}

/// Publishes this payload instead.
///
/// Ownership: the payload is copied.
/// Threads: any; no other thread uses the message meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_message_set_payload(
    message: *mut exhook_message,
    payload: exhook_bytes,
) -> exhook_code {
    guard(|| {
        // SAFETY: NULL, or a message of the caller's; the payload is kept during the call.
        match unsafe { (message.as_mut(), payload.read()) } {
            (None, _) => exhook_code::EXHOOK_ERR_NULL,
            (_, Err(code)) => code,
            (Some(message), Ok(payload)) => {
                message.patch.payload = Some(Bytes::copy_from_slice(payload));
                exhook_code::EXHOOK_OK
            }
        }
    })
}

/// Publishes this payload instead, without copying it. `free_payload` is called once with `user`
/// when the payload is needed no more, also where this function fails; it may be NULL.
///
/// Ownership: the payload is the library's until `free_payload` is called.
/// Threads: any; `free_payload` is called on any thread.
/// Valid until: the payload stays unchanged until `free_payload` is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_message_give_payload(
    message: *mut exhook_message,
    payload: exhook_bytes,
    free_payload: exhook_free,
    user: *mut c_void,
) -> exhook_code {
    guard(|| {
        let given = GivenPayload {
            payload,
            _owner: User::new(user, free_payload),
        };
        // SAFETY: NULL, or a message of the caller's; the payload is kept until it is freed.
        match unsafe { (message.as_mut(), payload.read()) } {
            (None, _) => exhook_code::EXHOOK_ERR_NULL,
            (_, Err(code)) => code,
            (Some(message), Ok(_)) => {
                message.patch.payload = Some(Bytes::from_owner(given));
                exhook_code::EXHOOK_OK
            }
        }
    })
}

/// A payload of the program's, which is told when it is needed no more.
struct GivenPayload {
    payload: exhook_bytes,
    _owner: User,
}

// SAFETY: the bytes stay unchanged until their owner is told, so any thread may read them.
unsafe impl Send for GivenPayload {}

impl AsRef<[u8]> for GivenPayload {
    fn as_ref(&self) -> &[u8] {
        if self.payload.len == 0 {
            return &[];
        }
        // SAFETY: checked not to be NULL, and kept until the owner is told.
        unsafe { slice::from_raw_parts(self.payload.data, self.payload.len) }
    }
}
