//! [`exhook_options`]: how one handler is registered.

use exhook_core::{Ack, Error, ErrorCode, Fallback, HandlerOptions, Hook, TopicFilters};

use crate::{code::exhook_code, guard::guard, view::exhook_str};

/// The options of a handler, for `exhook_server_on_with`. One that is not set is as it is without
/// options.
#[derive(Default)]
pub struct exhook_options {
    topics: Vec<String>,
    timeout_ms: Option<u64>,
    fallback: FallbackNumber,
    ack: AckNumber,
    is_shadow: bool,
    pub(crate) is_inline: bool,
}

/// What is answered where a handler fails, is too slow, or does not answer.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum exhook_fallback {
    /// What the hook has by itself: no to yes-or-no questions, messages as they are.
    EXHOOK_FALLBACK_DEFAULT = 0,
    /// Yes.
    EXHOOK_FALLBACK_ALLOW = 1,
    /// No.
    EXHOOK_FALLBACK_DENY = 2,
    /// No opinion; a message is published as it is.
    EXHOOK_FALLBACK_IGNORE = 3,
    /// The message does not reach its subscribers.
    EXHOOK_FALLBACK_BLOCK = 4,
}

/// When the broker is answered to a hook that only informs.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum exhook_ack {
    /// At once; the callback runs after. The broker's client does not wait for it.
    EXHOOK_ACK_EARLY = 0,
    /// When the callback is done, or at the deadline.
    EXHOOK_ACK_LATE = 1,
}

/// An [`exhook_fallback`] that comes from C, and so may be any number.
pub type FallbackNumber = u32;
/// An [`exhook_ack`] that comes from C, and so may be any number.
pub type AckNumber = u32;

const DEFAULT: FallbackNumber = exhook_fallback::EXHOOK_FALLBACK_DEFAULT as u32;
const ALLOW: FallbackNumber = exhook_fallback::EXHOOK_FALLBACK_ALLOW as u32;
const DENY: FallbackNumber = exhook_fallback::EXHOOK_FALLBACK_DENY as u32;
const IGNORE: FallbackNumber = exhook_fallback::EXHOOK_FALLBACK_IGNORE as u32;
const BLOCK: FallbackNumber = exhook_fallback::EXHOOK_FALLBACK_BLOCK as u32;
const EARLY: AckNumber = exhook_ack::EXHOOK_ACK_EARLY as u32;
const LATE: AckNumber = exhook_ack::EXHOOK_ACK_LATE as u32;

impl exhook_options {
    /// The options as the core has them.
    pub(crate) fn to_core(&self, hook: Hook) -> Result<HandlerOptions, Error> {
        let refused = |text: String| Error::new(ErrorCode::InvalidOption, text);
        let topics = TopicFilters::new(self.topics.iter().cloned());
        let fallback = match self.fallback {
            DEFAULT => None,
            ALLOW => Some(Fallback::Allow),
            DENY => Some(Fallback::Deny),
            IGNORE => Some(Fallback::Ignore),
            BLOCK => Some(Fallback::Block),
            other => return Err(refused(format!("there is no fallback {other}"))),
        };
        let options = HandlerOptions {
            topics: topics.map_err(|error| refused(error.to_string()))?,
            timeout_ms: self.timeout_ms,
            fallback,
            ack: match self.ack {
                EARLY => Ack::Early,
                LATE => Ack::Late,
                other => return Err(refused(format!("there is no ack {other}"))),
            },
            shadow: self.is_shadow,
        };
        options.validate(hook)?;
        Ok(options)
    }
}

/// Changes options, if there are any.
///
/// # Safety
///
/// `options` is NULL, or options of the caller's that no other thread uses.
unsafe fn change(
    options: *mut exhook_options,
    change: impl FnOnce(&mut exhook_options),
) -> exhook_code {
    guard(|| {
        // SAFETY: the caller keeps this function's promise.
        let Some(options) = (unsafe { options.as_mut() }) else {
            return exhook_code::EXHOOK_ERR_NULL;
        };
        change(options);
        exhook_code::EXHOOK_OK
    })
}

/// Options of which none is set.
///
/// Ownership: the options are the caller's, to be freed with `exhook_options_free`.
/// Threads: any.
/// Valid until: `exhook_options_free`.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_options_new() -> *mut exhook_options {
    guard(|| Box::into_raw(Box::default()))
}

/// Frees options. NULL is fine.
///
/// Ownership: the options are the library's again; handlers that were registered with them keep
/// what they need.
/// Threads: any; no other thread uses the options any more.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_options_free(options: *mut exhook_options) {
    guard(|| {
        if !options.is_null() {
            // SAFETY: options of `exhook_options_new`, which the caller frees once.
            drop(unsafe { Box::from_raw(options) });
        }
    });
}

/// Adds a topic filter, such as `sensors/#`: the broker calls the hook only for topics that match
/// one of them. Message hooks only. Filters are checked when the handler is registered.
///
/// Ownership: the filter is copied.
/// Threads: any; no other thread uses the options meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_options_add_topic(
    options: *mut exhook_options,
    filter: exhook_str,
) -> exhook_code {
    guard(|| {
        // SAFETY: the filter is kept during the call.
        match unsafe { filter.read() } {
            // SAFETY: NULL, or options of the caller's.
            Ok(filter) => unsafe {
                change(options, |options| options.topics.push(filter.to_owned()))
            },
            Err(code) => code,
        }
    })
}

/// How many milliseconds the handler may take, at least 1, before the fallback is answered. Of
/// several handlers of a hook the shortest counts for all.
///
/// Ownership: nothing is handed over.
/// Threads: any; no other thread uses the options meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_options_set_timeout_ms(
    options: *mut exhook_options,
    timeout_ms: u64,
) -> exhook_code {
    // SAFETY: NULL, or options of the caller's.
    guard(|| unsafe { change(options, |options| options.timeout_ms = Some(timeout_ms)) })
}

/// What is answered where the handler fails, is too slow, or does not answer. Hooks with an answer
/// only.
///
/// Ownership: nothing is handed over.
/// Threads: any; no other thread uses the options meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_options_set_fallback(
    options: *mut exhook_options,
    fallback: FallbackNumber,
) -> exhook_code {
    // SAFETY: NULL, or options of the caller's.
    guard(|| unsafe { change(options, |options| options.fallback = fallback) })
}

/// When the broker is answered. Hooks that only inform only.
///
/// Ownership: nothing is handed over.
/// Threads: any; no other thread uses the options meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_options_set_ack(
    options: *mut exhook_options,
    ack: AckNumber,
) -> exhook_code {
    // SAFETY: NULL, or options of the caller's.
    guard(|| unsafe { change(options, |options| options.ack = ack) })
}

/// Asks the handler beside the others of its hook: what it says is logged and counted, and the broker
/// is answered without it. Hooks with an answer only. An inline callback runs on a thread of its own
/// then.
///
/// Ownership: nothing is handed over.
/// Threads: any; no other thread uses the options meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_options_set_shadow(
    options: *mut exhook_options,
    is_shadow: bool,
) -> exhook_code {
    // SAFETY: NULL, or options of the caller's.
    guard(|| unsafe { change(options, |options| options.is_shadow = is_shadow) })
}

/// Runs the callback on the threads that read from the brokers, which is fastest. It must not block
/// there, not even for a moment: every other call would wait for it, and no deadline would be kept.
/// Behind another handler of the hook it runs on the thread that answers that one.
///
/// Ownership: nothing is handed over.
/// Threads: any; no other thread uses the options meanwhile.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_options_set_inline(
    options: *mut exhook_options,
    is_inline: bool,
) -> exhook_code {
    // SAFETY: NULL, or options of the caller's.
    guard(|| unsafe { change(options, |options| options.is_inline = is_inline) })
}
