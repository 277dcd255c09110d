//! Which library this is.

use std::ffi::{CStr, c_char};

use crate::{abi::EXHOOK_ABI_VERSION, guard::guard};

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL"),
    };

/// The version of the interface of the library that is running. Compare it with
/// `EXHOOK_ABI_VERSION`, the one that the program was built with, where the library is loaded by
/// hand: the linker's own loading compares them already.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: always.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_abi_version() -> u32 {
    guard(|| EXHOOK_ABI_VERSION)
}

/// The version of the library that is running, such as `0.1.0`; `EXHOOK_VERSION` is the one that
/// the program was built with.
///
/// Ownership: the text is the library's.
/// Threads: any.
/// Valid until: always.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_version() -> *const c_char {
    guard(|| VERSION.as_ptr())
}
