//! Views made and compared.

use std::ffi::{CStr, c_char, c_void};

use crate::{
    guard::{Neutral, guard},
    view::{exhook_bytes, exhook_str},
};

/// The view of a text that ends with a NUL. NULL gives the empty text.
///
/// Ownership: the text stays the caller's.
/// Threads: any.
/// Valid until: the text is changed or freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_str_of(text: *const c_char) -> exhook_str {
    guard(|| {
        if text.is_null() {
            return exhook_str::neutral();
        }
        // SAFETY: the caller's text ends with a NUL.
        let len = unsafe { CStr::from_ptr(text) }.count_bytes();
        exhook_str { data: text, len }
    })
}

/// Whether two texts are the same.
///
/// Ownership: both stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_str_eq(one: exhook_str, other: exhook_str) -> bool {
    guard(|| {
        let bytes = |text: exhook_str| exhook_bytes {
            data: text.data.cast(),
            len: text.len,
        };
        // SAFETY: the views are the caller's, and are kept during the call.
        match unsafe { (bytes(one).read(), bytes(other).read()) } {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
    })
}

/// The view of `len` bytes at `data`.
///
/// Ownership: the bytes stay the caller's.
/// Threads: any.
/// Valid until: the bytes are changed or freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_bytes_of(data: *const c_void, len: usize) -> exhook_bytes {
    guard(|| exhook_bytes {
        data: data.cast(),
        len,
    })
}
