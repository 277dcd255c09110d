//! [`handoff`]: one value from one thread to another.
//!
//! The channels of the standard library take a handle of the thread that waits, which is never
//! freed of a thread of the program's, and would be seen as a leak.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Gives the value, or none where it is dropped before.
pub(crate) struct Giver<V>(Arc<Shared<V>>);

/// Waits for the value.
pub(crate) struct Taker<V>(Arc<Shared<V>>);

struct Shared<V> {
    state: Mutex<State<V>>,
    ended: Condvar,
}

struct State<V> {
    value: Option<V>,
    is_over: bool,
}

/// Both ends of a handoff.
pub(crate) fn handoff<V>() -> (Giver<V>, Taker<V>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            value: None,
            is_over: false,
        }),
        ended: Condvar::new(),
    });
    (Giver(Arc::clone(&shared)), Taker(shared))
}

impl<V> Shared<V> {
    fn state(&self) -> MutexGuard<'_, State<V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Giver<V> {
    /// Gives the value.
    pub(crate) fn give(self, value: V) {
        self.0.state().value = Some(value);
    }
}

impl<V> Drop for Giver<V> {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.ended.notify_all();
    }
}

impl<V> Taker<V> {
    /// The value; `None` where the other end was dropped without giving one.
    pub(crate) fn take(self) -> Option<V> {
        let state = self
            .0
            .ended
            .wait_while(self.0.state(), |state| !state.is_over);
        state.unwrap_or_else(PoisonError::into_inner).value.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reaches_another_thread_and_the_end_without_one_does_too() {
        let (giver, taker) = handoff();
        let thread = std::thread::spawn(move || taker.take());
        giver.give(7);
        assert_eq!(thread.join().expect("no panic"), Some(7));
        let (giver, taker) = handoff::<u8>();
        drop(giver);
        assert_eq!(taker.take(), None);
    }
}
