//! Errors of functions about servers: a number and a text.

use std::ffi::{CString, c_char};

use crate::{
    code::{CodeNumber, exhook_code},
    guard::{Neutral, guard},
};

/// What went wrong, where, and what to do about it.
pub struct exhook_error {
    code: exhook_code,
    text: CString,
}

/// What an exported function's body ends with where it may fail.
pub(crate) type Outcome = Result<(), exhook_error>;

impl exhook_error {
    pub(crate) fn new(code: exhook_code, text: &str) -> Self {
        let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != 0).collect();
        Self {
            code,
            text: CString::new(bytes).unwrap_or_default(),
        }
    }

    /// An argument that is wrong: NULL, or no UTF-8.
    pub(crate) fn of_argument(code: exhook_code, argument: &str) -> Self {
        let text = match code {
            exhook_code::EXHOOK_ERR_NULL => format!("{argument} is NULL"),
            exhook_code::EXHOOK_ERR_NOT_UTF8 => format!("{argument} is not UTF-8"),
            other => format!("{argument}: {}", other.text().to_string_lossy()),
        };
        Self::new(code, &text)
    }

    pub(crate) const fn code(&self) -> exhook_code {
        self.code
    }
}

impl From<exhook_core::Error> for exhook_error {
    fn from(error: exhook_core::Error) -> Self {
        Self::new(error.code().into(), &error.to_string())
    }
}

impl Neutral for *mut exhook_error {
    fn neutral() -> Self {
        std::ptr::null_mut()
    }

    fn after_panic() -> Self {
        let code = exhook_code::EXHOOK_ERR_PANIC;
        handed_over(Err(exhook_error::new(code, &code.text().to_string_lossy())))
    }
}

/// The outcome as C gets it: NULL for success.
pub(crate) fn handed_over(outcome: Outcome) -> *mut exhook_error {
    match outcome {
        Ok(()) => std::ptr::null_mut(),
        Err(error) => Box::into_raw(Box::new(error)),
    }
}

/// What a code means, and what to do about it. Unknown numbers have a text too.
///
/// Ownership: the text is the library's.
/// Threads: any.
/// Valid until: always.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_code_text(code: CodeNumber) -> *const c_char {
    guard(|| {
        let text = exhook_code::of(code).map_or(c"there is no such code", exhook_code::text);
        text.as_ptr()
    })
}

/// The number of an error; `EXHOOK_OK` for NULL, which is success.
///
/// Ownership: the error stays the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_error_code(error: *const exhook_error) -> exhook_code {
    // SAFETY: NULL, or an error of the caller's that is not yet freed.
    guard(|| unsafe { error.as_ref() }.map_or(exhook_code::EXHOOK_OK, |error| error.code))
}

/// The text of an error, ended by a NUL: what happened, where, and what to do.
///
/// Ownership: the text belongs to the error.
/// Threads: any.
/// Valid until: the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_error_text(error: *const exhook_error) -> *const c_char {
    guard(|| {
        // SAFETY: NULL, or an error of the caller's that is not yet freed.
        let error = unsafe { error.as_ref() };
        let text = error.map_or(exhook_code::EXHOOK_OK.text(), |error| &error.text);
        text.as_ptr()
    })
}

/// Frees an error. NULL is fine.
///
/// Ownership: the error is the library's again.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_error_free(error: *mut exhook_error) {
    guard(|| {
        if !error.is_null() {
            // SAFETY: an error of `handed_over`, which the caller frees once.
            drop(unsafe { Box::from_raw(error) });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let error = guard(|| -> *mut exhook_error { panic!("on purpose") });
        // SAFETY: `guard` has just made the error, and nobody else knows it.
        let error = unsafe { Box::from_raw(error) };
        assert_eq!(error.code(), exhook_code::EXHOOK_ERR_PANIC);
    }
}
