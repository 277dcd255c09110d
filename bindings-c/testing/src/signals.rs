//! Signals, which are the program's and not the broker's.

use std::{mem, ptr};

/// Leaves signals to the program under test: not even a broken connection of ours may send it one.
pub(crate) fn block_signals() {
    let mut all = mem::MaybeUninit::uninit();
    // SAFETY: the first call fills the set that the second one reads.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), ptr::null_mut());
    }
}
