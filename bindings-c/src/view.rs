//! Texts and bytes as C sees them: where they are, and how long.

use std::{ffi::c_char, slice, str};

use crate::{code::exhook_code, guard::Neutral};

/// A text in UTF-8 that belongs to somebody else. It is not terminated by a NUL, and may contain
/// one.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct exhook_str {
    /// The first byte; never NULL in what the library returns.
    pub data: *const c_char,
    /// How many bytes there are.
    pub len: usize,
}

/// Bytes that belong to somebody else.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct exhook_bytes {
    /// The first byte; never NULL in what the library returns.
    pub data: *const u8,
    /// How many bytes there are.
    pub len: usize,
}

impl From<&str> for exhook_str {
    fn from(text: &str) -> Self {
        // An empty text of Rust's may be anywhere, which is odd to look at in a debugger.
        let text = if text.is_empty() { "" } else { text };
        Self {
            data: text.as_ptr().cast(),
            len: text.len(),
        }
    }
}

impl From<&[u8]> for exhook_bytes {
    fn from(bytes: &[u8]) -> Self {
        let bytes = if bytes.is_empty() { b"" } else { bytes };
        Self {
            data: bytes.as_ptr(),
            len: bytes.len(),
        }
    }
}

impl Neutral for exhook_str {
    fn neutral() -> Self {
        Self::from("")
    }
}

impl Neutral for exhook_bytes {
    fn neutral() -> Self {
        Self::from(&b""[..])
    }
}

impl exhook_str {
    /// The text of a caller's view.
    ///
    /// # Safety
    ///
    /// The view is as its documentation says, and stays so for as long as the text is used.
    pub(crate) unsafe fn read<'view>(self) -> Result<&'view str, exhook_code> {
        let bytes = exhook_bytes {
            data: self.data.cast(),
            len: self.len,
        };
        // SAFETY: the caller keeps this function's promise.
        let bytes = unsafe { bytes.read() }?;
        str::from_utf8(bytes).map_err(|_| exhook_code::EXHOOK_ERR_NOT_UTF8)
    }
}

impl exhook_bytes {
    /// The bytes of a caller's view.
    ///
    /// # Safety
    ///
    /// As for [`exhook_str::read`].
    pub(crate) unsafe fn read<'view>(self) -> Result<&'view [u8], exhook_code> {
        match (self.data.is_null(), self.len) {
            (_, 0) => Ok(&[]),
            (true, _) => Err(exhook_code::EXHOOK_ERR_NULL),
            // SAFETY: the view says that so many bytes are there, and is kept.
            (false, len) => Ok(unsafe { slice::from_raw_parts(self.data, len) }),
        }
    }
}
