//! [`Slot`]: the place where one answer is left by one thread and taken by another.

use std::task::{Context, Poll, Waker};

use crate::sync::{Mutex, lock};

/// A one-shot answer: filled at most once, taken at most once, closed when nobody waits any more.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    state: Mutex<State<T>>,
}

#[derive(Debug)]
enum State<T> {
    Empty(Option<Waker>),
    Filled(T),
    Closed,
}

/// The slot was filled or closed before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SlotClosed;

impl<T> Slot<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State::Empty(None)),
        }
    }

    /// Leaves the answer, and returns whom to wake, if somebody waits already.
    pub(crate) fn fill(&self, answer: T) -> Result<Option<Waker>, SlotClosed> {
        let mut state = lock(&self.state);
        match &mut *state {
            State::Empty(waker) => {
                let waker = waker.take();
                *state = State::Filled(answer);
                Ok(waker)
            }
            State::Filled(_) | State::Closed => Err(SlotClosed),
        }
    }

    /// Takes the answer once it is there; the slot is closed from then on.
    ///
    /// A slot that was closed stays pending for ever.
    pub(crate) fn poll_take(&self, context: &mut Context<'_>) -> Poll<T> {
        if let State::Empty(waker) = &mut *lock(&self.state) {
            match waker {
                Some(waker) => waker.clone_from(context.waker()),
                None => *waker = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        self.close().map_or(Poll::Pending, Poll::Ready)
    }

    /// Takes the answer if it is there; the slot is closed then.
    pub(crate) fn take(&self) -> Option<T> {
        if self.is_open() { None } else { self.close() }
    }

    /// Closes the slot; an answer that came at the last moment is handed out.
    pub(crate) fn close(&self) -> Option<T> {
        match std::mem::replace(&mut *lock(&self.state), State::Closed) {
            State::Filled(answer) => Some(answer),
            State::Empty(_) | State::Closed => None,
        }
    }

    /// Whether an answer would still be taken.
    pub(crate) fn is_open(&self) -> bool {
        matches!(*lock(&self.state), State::Empty(_))
    }
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use super::*;

    fn poll<T>(slot: &Slot<T>) -> Poll<T> {
        slot.poll_take(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn an_answer_is_taken_once() {
        let slot = Slot::new();
        assert!(poll(&slot).is_pending());
        assert!(
            slot.fill(1).expect("open").is_some(),
            "the poll left a waker"
        );
        assert_eq!(poll(&slot), Poll::Ready(1));
        assert!(poll(&slot).is_pending());
        assert_eq!(slot.fill(2).err(), Some(SlotClosed));
    }

    #[test]
    fn closing_hands_out_an_answer_that_came_at_the_last_moment() {
        let slot = Slot::new();
        assert!(slot.fill(1).expect("open").is_none(), "nobody waited");
        assert_eq!(slot.fill(2).err(), Some(SlotClosed));
        assert_eq!(slot.close(), Some(1));
        assert_eq!(slot.close(), None);
    }
}

#[cfg(all(test, exhook_loom))]
mod model {
    use loom::{future::block_on, thread};

    use super::*;

    #[test]
    fn a_waiting_taker_always_gets_the_answer() {
        loom::model(|| {
            let slot = loom::sync::Arc::new(Slot::new());
            let filler = {
                let slot = slot.clone();
                thread::spawn(move || {
                    if let Some(waker) = slot.fill(7).expect("only one fills") {
                        waker.wake();
                    }
                })
            };
            let answer = block_on(std::future::poll_fn(|context| slot.poll_take(context)));
            assert_eq!(answer, 7);
            filler.join().expect("the filler does not panic");
        });
    }

    #[test]
    fn of_a_reply_and_a_deadline_exactly_one_wins() {
        loom::model(|| {
            let slot = loom::sync::Arc::new(Slot::new());
            let replier = {
                let slot = slot.clone();
                thread::spawn(move || slot.fill(7).is_ok())
            };
            let taken = slot.close();
            let filled = replier.join().expect("the replier does not panic");
            assert_eq!(taken.is_some(), filled, "an accepted reply is never lost");
        });
    }
}
