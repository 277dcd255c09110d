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

    /// Wakes the waiting tasks, and the languages whose inboxes became non-empty here; polled by a
    /// task of the I/O thread for as long as it runs.
    pub(crate) fn poll_wake(&self, context: &mut Context<'_>) -> Poll<()> {
        ring_bells(context.waker());
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

/// The languages that an I/O thread will wake when it has read what there is to read.
struct Ringing {
    bells: Vec<Arc<dyn Wake>>,
    // Wakes the task that rings.
    ringer: Waker,
}

thread_local! {
    static RINGING: RefCell<Option<Ringing>> = const { RefCell::new(None) };
}

/// Rings the bells that were left to this thread, and lets more be left to it.
fn ring_bells(ringer: &Waker) {
    let bells = RINGING.with_borrow_mut(|ringing| match ringing {
        Some(ringing) => std::mem::take(&mut ringing.bells),
        None => {
            *ringing = Some(Ringing {
                bells: Vec::new(),
                ringer: ringer.clone(),
            });
            Vec::new()
        }
    });
    for bell in bells {
        bell.wake();
    }
}

/// Leaves ringing `bell` to the end of what this I/O thread is about to do: the language is woken
/// once for a burst of calls, whatever connections they came on. False on other threads.
pub(crate) fn ring_later(bell: &Arc<dyn Wake>) -> bool {
    RINGING.with_borrow_mut(|ringing| match ringing {
        Some(ringing) => {
            if ringing.bells.is_empty() {
                ringing.ringer.wake_by_ref();
            }
            ringing.bells.push(Arc::clone(bell));
            true
        }
        None => false,
    })
}

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

/// The queues that wait for the end of a thread's burst to be rung.
struct Held {
    queues: Vec<Arc<WakeQueue>>,
    since: Option<Instant>,
}

impl Held {
    fn ring(&mut self) {
        self.since = None;
        for queue in self.queues.drain(..) {
            queue.ring();
        }
    }
}

// A thread may end within a burst.
impl Drop for Held {
    fn drop(&mut self) {
        self.ring();
    }
}

/// Does something with the thread's burst; `None` outside one, and while the thread ends.
fn with_held<R>(act: impl FnOnce(&mut Held) -> R) -> Option<R> {
    HELD.try_with(|held| held.borrow_mut().as_mut().map(act))
        .ok()
        .flatten()
}

/// Keeps the ringing of `queue` for the end of this thread's burst, if there is one.
fn hold(queue: &Arc<WakeQueue>) -> bool {
    with_held(|held| {
        held.queues.push(Arc::clone(queue));
        held.since.get_or_insert_with(Instant::now);
    })
    .is_some()
}

fn flush_if_due() {
    with_held(|held| {
        if held
            .since
            .is_some_and(|since| since.elapsed() >= LONGEST_BURST)
        {
            held.ring();
        }
    });
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
        let outermost = HELD.try_with(|held| {
            let mut held = held.borrow_mut();
            let outermost = held.is_none();
            held.get_or_insert_with(|| Held {
                queues: Vec::new(),
                since: None,
            });
            outermost
        });
        Self {
            outermost: outermost.unwrap_or(false),
            thread: PhantomData,
        }
    }

    /// Wakes the server for the answers given so far on this thread.
    pub fn flush() {
        with_held(Held::ring);
    }
}

impl Drop for Burst {
    fn drop(&mut self) {
        if self.outermost {
            let _ = HELD.try_with(|held| held.borrow_mut().take());
        }
    }
}
