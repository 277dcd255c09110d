//! What the library has to say: to standard error, or to a function of the program's.

use std::ffi::{CStr, c_char, c_void};

use exhook_core::{Error, ErrorCode, LogLevel, LogRecord};
use tracing::{debug, error, info, trace, warn};

use crate::{
    code::exhook_code,
    error::{Outcome, exhook_error, handed_over},
    guard::{Neutral, guard},
    logger::{self, Sink},
    user::{User, exhook_free},
    view::exhook_str,
};

/// How much a record matters, and from where on records are let through.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum exhook_log_level {
    /// No records at all.
    EXHOOK_LOG_OFF = 0,
    /// Something is lost, or wrong.
    EXHOOK_LOG_ERROR = 1,
    /// Something may become wrong.
    EXHOOK_LOG_WARN = 2,
    /// What one may want to know.
    EXHOOK_LOG_INFO = 3,
    /// What helps to find mistakes.
    EXHOOK_LOG_DEBUG = 4,
    /// Everything.
    EXHOOK_LOG_TRACE = 5,
}

impl Neutral for exhook_log_level {
    fn neutral() -> Self {
        Self::EXHOOK_LOG_OFF
    }
}

/// An [`exhook_log_level`] that comes from C, and so may be any number.
pub type LogLevelNumber = u32;

/// One log record.
pub struct exhook_log_record(pub(crate) LogRecord);

pub(crate) type log_function =
    unsafe extern "C" fn(record: *const exhook_log_record, user: *mut c_void);

/// Takes a log record. `user` is what was given with the function.
pub type exhook_log_callback =
    Option<unsafe extern "C" fn(record: *const exhook_log_record, user: *mut c_void)>;

/// Target of what a program logs itself.
const PROGRAM: &str = "exhook::program";

/// Every level, by its number in C.
const LEVELS: [(exhook_log_level, LogLevel, &CStr); 6] = [
    (exhook_log_level::EXHOOK_LOG_OFF, LogLevel::Off, c"off"),
    (
        exhook_log_level::EXHOOK_LOG_ERROR,
        LogLevel::Error,
        c"error",
    ),
    (exhook_log_level::EXHOOK_LOG_WARN, LogLevel::Warn, c"warn"),
    (exhook_log_level::EXHOOK_LOG_INFO, LogLevel::Info, c"info"),
    (
        exhook_log_level::EXHOOK_LOG_DEBUG,
        LogLevel::Debug,
        c"debug",
    ),
    (
        exhook_log_level::EXHOOK_LOG_TRACE,
        LogLevel::Trace,
        c"trace",
    ),
];

fn level_of(number: LogLevelNumber) -> Option<LogLevel> {
    let (_, level, _) = LEVELS.get(usize::try_from(number).ok()?)?;
    Some(*level)
}

fn send_to(level: LogLevelNumber, sink: Sink) -> Outcome {
    let Some(level) = level_of(level) else {
        let text = format!("there is no log level {level}; EXHOOK_LOG_TRACE is the last one");
        return Err(Error::new(ErrorCode::InvalidOption, text).into());
    };
    Ok(logger::send_to(level, sink)?)
}

/// Gives the log records of this process, from `level` on, to `callback`. It replaces what was
/// there before, whose `free_user` is called.
///
/// Records are delivered while there are servers, one at a time and in their order. Without this
/// function, warnings and errors go to standard error.
///
/// Ownership: `user` is the library's until `free_user` is called with it, also on failure;
/// `free_user` may be NULL.
/// Threads: any; `callback` runs on a thread of the library's, and must not call
/// `exhook_server_stop`, `exhook_server_wait` or `exhook_server_free`.
/// Valid until: `callback` is replaced.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_log_to(
    level: LogLevelNumber,
    callback: exhook_log_callback,
    user: *mut c_void,
    free_user: exhook_free,
) -> *mut exhook_error {
    guard(|| {
        let user = User::new(user, free_user);
        let outcome = callback
            .ok_or_else(|| exhook_error::of_argument(exhook_code::EXHOOK_ERR_NULL, "the callback"))
            .and_then(|function| send_to(level, Sink::Function(function, user)));
        handed_over(outcome)
    })
}

/// Writes the log records of this process, from `level` on, to standard error, a line each. It
/// replaces what `exhook_log_to` was given, whose `free_user` is called.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: something else is said.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_log_to_stderr(level: LogLevelNumber) -> *mut exhook_error {
    guard(|| handed_over(send_to(level, Sink::StandardError)))
}

/// Logs something of the program's, beside the records of the library. An unknown level is taken for
/// `EXHOOK_LOG_TRACE`.
///
/// Ownership: the message is copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_log(level: LogLevelNumber, message: exhook_str) -> exhook_code {
    guard(|| {
        // SAFETY: the message is kept during the call.
        let message = match unsafe { message.read() } {
            Ok(message) => message,
            Err(code) => return code,
        };
        match level_of(level).unwrap_or(LogLevel::Trace) {
            LogLevel::Off => {}
            LogLevel::Error => error!(target: PROGRAM, "{message}"),
            LogLevel::Warn => warn!(target: PROGRAM, "{message}"),
            LogLevel::Info => info!(target: PROGRAM, "{message}"),
            LogLevel::Debug => debug!(target: PROGRAM, "{message}"),
            LogLevel::Trace => trace!(target: PROGRAM, "{message}"),
        }
        exhook_code::EXHOOK_OK
    })
}

/// The name of a level, such as `warn`; empty where there is no such level.
///
/// Ownership: the text is the library's; it ends with a NUL.
/// Threads: any.
/// Valid until: always.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_log_level_name(level: LogLevelNumber) -> *const c_char {
    guard(|| {
        let level = usize::try_from(level)
            .ok()
            .and_then(|number| LEVELS.get(number));
        let name = level.map_or(c"", |(_, _, name)| name);
        name.as_ptr()
    })
}

/// How much a record matters; `EXHOOK_LOG_OFF` for NULL.
///
/// Ownership: the record stays the library's.
/// Threads: the one that runs the callback.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_log_record_level(
    record: *const exhook_log_record,
) -> exhook_log_level {
    guard(|| {
        // SAFETY: NULL, or the record that the callback was given.
        let record = unsafe { record.as_ref() };
        let level = record.map_or(LogLevel::Off, |record| record.0.level);
        let known = LEVELS.iter().find(|(_, other, _)| *other == level);
        known.map_or(exhook_log_level::EXHOOK_LOG_OFF, |(level, _, _)| *level)
    })
}

/// The part of the library that says it, such as `exhook::server`; `exhook::program` for what
/// `exhook_log` was given.
///
/// Ownership: the text belongs to the record.
/// Threads: the one that runs the callback.
/// Valid until: the callback returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_log_record_target(record: *const exhook_log_record) -> exhook_str {
    // SAFETY: NULL, or the record that the callback was given.
    guard(|| exhook_str::from(unsafe { record.as_ref() }.map_or("", |record| record.0.target)))
}

/// What happened, with what belongs to it. Passwords and payloads are never in it.
///
/// Ownership: the text belongs to the record.
/// Threads: the one that runs the callback.
/// Valid until: the callback returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_log_record_message(record: *const exhook_log_record) -> exhook_str {
    // SAFETY: NULL, or the record that the callback was given.
    guard(|| exhook_str::from(unsafe { record.as_ref() }.map_or("", |record| &*record.0.message)))
}
