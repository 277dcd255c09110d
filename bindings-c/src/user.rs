//! [`User`]: a pointer of the program's that callbacks are given back.

use std::ffi::c_void;

/// Called once with the pointer that was given with it, when that is needed no more.
pub type exhook_free = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// The pointer, and what is to be called when nobody needs it any more.
pub(crate) struct User {
    pointer: *mut c_void,
    free: exhook_free,
}

// SAFETY: whoever gives the pointer away promises that callbacks may use it on any thread.
unsafe impl Send for User {}
// SAFETY: as above; the library itself never looks at what the pointer points to.
unsafe impl Sync for User {}

impl User {
    pub(crate) const fn new(pointer: *mut c_void, free: exhook_free) -> Self {
        Self { pointer, free }
    }

    pub(crate) const fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

impl Drop for User {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: the program gave both for this, and nobody has the pointer any more.
            unsafe { free(self.pointer) };
        }
    }
}
