//! Waking others seldom: once for a burst, not once for a call.

use std::{
    cell::RefCell,
    marker::PhantomData,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use crate::sync::{Mutex, lock};

/// Tells a language that its [`Inbox`](crate::Inbox) has calls again.
pub trait Wake: Send + Sync + 'static {
    /// Called when the inbox is no longer empty, from any thread. It must neither block nor take
    /// an interpreter's lock.
    fn wake(&self);
}

impl<F> Wake for F
where
    F: Fn() + Send + Sync + 'static,
{
    fn wake(&self) {
        self();
    }
}

/// The longest that a [`Burst`] holds an answer back.
const LONGEST_BURST: Duration = Duration::from_micros(100);

/// The way back into one I/O thread: tasks to wake there, gathered so that another thread wakes
/// the I/O thread once for many answers.
#[derive(Debug, Default)]
pub(crate) struct WakeQueue {
    state: Mutex<WakeState>,
}

#[derive(Debug, Default)]
struct WakeState {
    waiting: Vec<Waker>,
    thread: Option<Waker>,
}

impl WakeQueue {
    /// Wakes a task of the I/O thread, now or at the end of the current [`Burst`].
    pub(crate) fn push(self: &Arc<Self>, waker: Waker) {
        let first = {
            let mut state = lock(&self.state);
            state.waiting.push(waker);
            state.waiting.len() == 1
        };
        if first && !hold(self) {
            self.ring();
        }
        flush_if_due();
    }

    fn ring(&self) {
        let thread = lock(&self.state).thread.clone();
        if let Some(thread) = thread {
            thread.wake();
        }
    }

    /// Wakes the waiting tasks; polled by a task of the I/O thread for as long as it runs.
    pub(crate) fn poll_wake(&self, context: &mut Context<'_>) -> Poll<()> {
        let waiting = {
            let mut state = lock(&self.state);
            match &mut state.thread {
                Some(thread) => thread.clone_from(context.waker()),
                None => state.thread = Some(context.waker().clone()),
            }
            std::mem::take(&mut state.waiting)
        };
        for waker in waiting {
            waker.wake();
        }
        Poll::Pending
    }
}

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

struct Held {
    queues: Vec<Arc<WakeQueue>>,
    since: Option<Instant>,
}

/// Keeps the ringing of `queue` for the end of this thread's burst, if there is one.
fn hold(queue: &Arc<WakeQueue>) -> bool {
    HELD.with_borrow_mut(|held| match held {
        Some(held) => {
            held.queues.push(Arc::clone(queue));
            held.since.get_or_insert_with(Instant::now);
            true
        }
        None => false,
    })
}

fn flush_if_due() {
    let due = HELD.with_borrow(|held| {
        held.as_ref()
            .and_then(|held| held.since)
            .is_some_and(|since| since.elapsed() >= LONGEST_BURST)
    });
    if due {
        Burst::flush();
    }
}

/// While it lives, answers given on this thread wake the server together: at its end, or 100 µs
/// after the first of them, checked at each answer.
///
/// It is for threads whose handlers promise not to block: an answer given before a handler that
/// blocks would wait for it.
#[derive(Debug)]
pub struct Burst {
    outermost: bool,
    // Bound to the thread that began it.
    thread: PhantomData<*const ()>,
}

impl Burst {
    /// Begins a burst on this thread; inside another it changes nothing.
    pub fn begin() -> Self {
        let outermost = HELD.with_borrow_mut(|held| {
            let outermost = held.is_none();
            held.get_or_insert_with(|| Held {
                queues: Vec::new(),
                since: None,
            });
            outermost
        });
        Self {
            outermost,
            thread: PhantomData,
        }
    }

    /// Wakes the server for the answers given so far on this thread.
    pub fn flush() {
        let queues = HELD.with_borrow_mut(|held| match held {
            Some(held) => {
                held.since = None;
                std::mem::take(&mut held.queues)
            }
            None => Vec::new(),
        });
        for queue in queues {
            queue.ring();
        }
    }
}

impl Drop for Burst {
    fn drop(&mut self) {
        if self.outermost {
            Self::flush();
            HELD.with_borrow_mut(|held| *held = None);
        }
    }
}
