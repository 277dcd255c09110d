//! [`Callback`]: a function of the program's, and the threads that are inside one.

use std::{
    cell::Cell,
    ffi::c_void,
    sync::{Arc, Weak},
};

use exhook_core::{Call, Handler};

use crate::{call::exhook_call, code::exhook_code, error::exhook_error, user::User};

/// Handles a call: answers it with one of the `exhook_reply_…` functions, defers it, or returns
/// without either. `user` is what was registered with the function.
///
/// It returns in the end: one that ends its thread instead, as `pthread_exit()` does, ends the process.
pub type exhook_callback = Option<unsafe extern "C" fn(call: *mut exhook_call, user: *mut c_void)>;

/// A registered function.
pub(crate) struct Callback {
    pub(crate) function: unsafe extern "C" fn(call: *mut exhook_call, user: *mut c_void),
    pub(crate) user: User,
}

impl Callback {
    /// Runs the function for `call` on this thread.
    pub(crate) fn run(&self, call: Call) {
        let call = Arc::new(exhook_call::new(call));
        let _inside = Inside::enter();
        // SAFETY: the function was registered for this. The call is there until it returns, and
        // longer where it is deferred.
        unsafe { (self.function)(Arc::as_ptr(&call).cast_mut(), self.user.pointer()) };
        call.returned();
    }
}

/// Runs a function where the calls come in. Open calls hold it, but not what the program registered.
pub(crate) struct Inline(pub(crate) Weak<Callback>);

impl Handler for Inline {
    fn handle(&self, call: Call) {
        // Without it the server is freed, and the call is answered with the fallback.
        if let Some(callback) = self.0.upgrade() {
            callback.run(call);
        }
    }
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Notes that this thread is inside a function of the program's.
pub(crate) struct Inside {
    before: bool,
}

impl Inside {
    pub(crate) fn enter() -> Self {
        Self {
            before: INSIDE.replace(true),
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.before);
    }
}

/// Fails inside a callback: a function that waits for callbacks to end would wait for itself.
pub(crate) fn check_outside(function: &str) -> Result<(), exhook_error> {
    if !INSIDE.get() {
        return Ok(());
    }
    Err(exhook_error::new(
        exhook_code::EXHOOK_ERR_WRONG_STATE,
        &format!(
            "{function}() was called inside a callback, for whose end it would wait; call it from \
             another thread"
        ),
    ))
}
