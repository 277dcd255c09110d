//! Forking: what is locked by threads that the child does not have must not be locked when it begins.

use std::{cell::RefCell, sync::Once};

use crate::logger;

thread_local! {
    static HELD: RefCell<Option<logger::Held>> = const { RefCell::new(None) };
}

/// Holds, from now on, what is shared by the whole process whenever it forks.
pub(crate) fn watch() {
    static WATCHING: Once = Once::new();
    // Where there is no memory for this a child of a fork may find a lock taken, as without it.
    WATCHING.call_once(|| {
        // SAFETY: the functions neither panic nor unwind, and stay where they are: the library is
        // never unloaded.
        unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
    });
}

extern "C" fn before() {
    let held = logger::hold();
    HELD.with_borrow_mut(|place| *place = Some(held));
}

extern "C" fn after() {
    HELD.with_borrow_mut(Option::take);
}
