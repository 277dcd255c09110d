//! The locks of the crate; under `--cfg exhook_loom` they are loom's, which tries every interleaving.

#[cfg(exhook_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard};
#[cfg(not(exhook_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard};

/// Locks `mutex`; what it guards is whole between any two statements, so a panic elsewhere while
/// it was held does not matter.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
