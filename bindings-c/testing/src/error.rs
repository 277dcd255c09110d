//! Errors of functions about brokers: a number and a text.

use std::ffi::{CString, c_char};

use crate::{
    code::exhook_code,
    guard::{Neutral, guard},
};

/// What went wrong, where, and what to do about it. It is of a type of its own because it belongs
/// to this library: `exhook_error_free` of `libexhook` must not free it.
#[derive(Clone, Debug)]
pub struct exhook_test_error {
    code: exhook_code,
    text: CString,
}

/// What an exported function's body ends with where it may fail.
pub(crate) type Outcome<T = ()> = Result<T, exhook_test_error>;

impl exhook_test_error {
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

    /// A value that has no meaning.
    pub(crate) fn of_value(text: &str) -> Self {
        Self::new(exhook_code::EXHOOK_ERR_INVALID_OPTION, text)
    }

    /// Something that is done too early or too late.
    pub(crate) fn of_state(text: &str) -> Self {
        Self::new(exhook_code::EXHOOK_ERR_WRONG_STATE, text)
    }

    pub(crate) const fn code(&self) -> exhook_code {
        self.code
    }

    pub(crate) fn text(&self) -> String {
        self.text.to_string_lossy().into_owned()
    }
}

impl From<exhook_core::Error> for exhook_test_error {
    fn from(error: exhook_core::Error) -> Self {
        Self::new(error.code().into(), &error.to_string())
    }
}

impl Neutral for *mut exhook_test_error {
    fn neutral() -> Self {
        std::ptr::null_mut()
    }

    fn after_panic() -> Self {
        let code = exhook_code::EXHOOK_ERR_PANIC;
        handed_over(Err(exhook_test_error::new(
            code,
            &code.text().to_string_lossy(),
        )))
    }
}

/// The outcome as C gets it: NULL for success.
pub(crate) fn handed_over(outcome: Outcome) -> *mut exhook_test_error {
    match outcome {
        Ok(()) => std::ptr::null_mut(),
        Err(error) => Box::into_raw(Box::new(error)),
    }
}

/// The number of an error; `EXHOOK_OK` for NULL, which is success.
///
/// Ownership: the error stays the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_error_code(error: *const exhook_test_error) -> exhook_code {
    // SAFETY: NULL, or an error of the caller's that is not yet freed.
    guard(|| unsafe { error.as_ref() }.map_or(exhook_code::EXHOOK_OK, exhook_test_error::code))
}

/// The text of an error, ended by a NUL: what happened, where, and what to do.
///
/// Ownership: the text belongs to the error.
/// Threads: any.
/// Valid until: the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_error_text(error: *const exhook_test_error) -> *const c_char {
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
pub unsafe extern "C" fn exhook_test_error_free(error: *mut exhook_test_error) {
    guard(|| {
        if !error.is_null() {
            // SAFETY: an error of `handed_over`, which the caller frees once.
            drop(unsafe { Box::from_raw(error) });
        }
    });
}
