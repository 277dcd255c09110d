//! [`WorkQueue`]: the calls that Python threads come to take.

use std::{cell::RefCell, sync::Arc};

use exhook::{Burst, Inbox};
use pyo3::prelude::*;

use crate::{fork::Birthplace, pool::Pool, registry::Handlers, request::Request};

/// When the server is woken for the answers that a thread gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// At each answer: the next handler may block for long.
    AtOnce,
    /// Before the thread sleeps, or after 100 µs: its handlers promise not to block.
    Together,
}

thread_local! {
    static BURST: RefCell<Option<Burst>> = const { RefCell::new(None) };
}

/// Calls that wait for Python threads. Each thread asks for the `next()` one in a loop.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct WorkQueue {
    pool: Arc<Pool>,
    inbox: Arc<Inbox>,
    handlers: Arc<Handlers>,
    answers: Answers,
    birthplace: Birthplace,
}

impl WorkQueue {
    /// An empty queue for calls to `handlers`.
    pub(crate) fn new(handlers: &Arc<Handlers>, answers: Answers) -> Self {
        let pool = Pool::new();
        let waker = Arc::clone(&pool);
        Self {
            inbox: Inbox::new(move || waker.wake()),
            pool,
            handlers: Arc::clone(handlers),
            answers,
            birthplace: Birthplace::here(),
        }
    }

    /// Where the core puts the calls.
    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }
}

#[pymethods]
impl WorkQueue {
    /// Waits for the next call; None once the queue is closed, or in a forked child.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Py<Request>>> {
        if self.birthplace.is_elsewhere() {
            return Ok(None);
        }
        let worker = self.pool.worker();
        self.pool.finish(&worker);
        while !self.pool.is_closed() {
            // The thread stays attached while calls are there: detaching and attaching again
            // costs more than a quick handler, and invites other threads in between.
            if let Some(call) = self.inbox.take() {
                self.pool.begin(&worker);
                if self.pool.is_slow() && !self.inbox.is_empty() {
                    // The inbox rings only when it becomes non-empty, so the turn is passed on.
                    self.pool.wake();
                }
                if self.answers == Answers::Together {
                    begin_burst();
                }
                return Request::for_call(py, call, &self.handlers).map(Some);
            }
            end_burst();
            py.detach(|| self.pool.park(&worker, || self.inbox.is_empty()));
        }
        end_burst();
        Ok(None)
    }

    /// Ends all waiting: every `next()` returns None from now on.
    fn close(&self) {
        if !self.birthplace.is_elsewhere() {
            self.pool.close();
        }
    }

    /// Waits until one more worker thread is wanted (True) or the queue is closed (False).
    fn wait_for_backlog(&self, py: Python<'_>) -> bool {
        !self.birthplace.is_elsewhere()
            && py.detach(|| self.pool.wait_for_backlog(|| self.inbox.oldest_wait()))
    }

    fn __len__(&self) -> usize {
        if self.birthplace.is_elsewhere() {
            return 0;
        }
        self.inbox.len()
    }
}

/// Begins to gather this thread's answers, unless it does so already.
pub(crate) fn begin_burst() {
    let burst = Burst::begin();
    BURST.with_borrow_mut(|current| {
        current.get_or_insert(burst);
    });
}

/// Wakes the server for this thread's answers, and gathers no more.
pub(crate) fn end_burst() {
    // Here and above the core's thread-local is touched before ours, so that it outlives ours: a
    // thread may end within a burst, whose end needs it.
    Burst::flush();
    BURST.with_borrow_mut(Option::take);
}
