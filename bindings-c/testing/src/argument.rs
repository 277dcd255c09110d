//! What C gives, as Rust has it; and what is said where it is of no use.

use std::io::Write as _;

use crate::{
    error::{Outcome, exhook_test_error},
    view::{exhook_bytes, exhook_str},
};

/// The text of a view; `what` names it in errors.
///
/// # Safety
///
/// The view is kept for as long as the text is used.
pub(crate) unsafe fn text<'view>(view: exhook_str, what: &str) -> Outcome<&'view str> {
    // SAFETY: the caller keeps this function's promise.
    unsafe { view.read() }.map_err(|code| exhook_test_error::of_argument(code, what))
}

/// The bytes of a view; `what` names them in errors.
///
/// # Safety
///
/// The view is kept for as long as the bytes are used.
pub(crate) unsafe fn bytes<'view>(view: exhook_bytes, what: &str) -> Outcome<&'view [u8]> {
    // SAFETY: the caller keeps this function's promise.
    unsafe { view.read() }.map_err(|code| exhook_test_error::of_argument(code, what))
}

/// What is behind a pointer; NULL is an error that names it.
///
/// # Safety
///
/// The pointer is NULL, or what is behind it stays for as long as it is used.
pub(crate) unsafe fn object<'a, T>(pointer: *const T, what: &str) -> Outcome<&'a T> {
    // SAFETY: the caller keeps this function's promise.
    unsafe { pointer.as_ref() }.ok_or_else(|| {
        exhook_test_error::of_argument(crate::code::exhook_code::EXHOOK_ERR_NULL, what)
    })
}

/// The value, or else `otherwise`, and a line on standard error that says which function was used
/// wrongly: where a function has no error to return, the test that called it is read there.
pub(crate) fn said<T>(function: &str, outcome: Outcome<T>, otherwise: T) -> T {
    outcome.unwrap_or_else(|error| {
        // A test whose standard error is closed loses the line, and nothing else.
        let _ = writeln!(std::io::stderr(), "{function}: {}", error.text());
        otherwise
    })
}
