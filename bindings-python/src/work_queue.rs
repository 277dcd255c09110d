//! [`WorkQueue`]: the calls that Python threads come to take.

use std::{cell::RefCell, sync::Arc};

use exhook::{Burst, Inbox, WorkQueue as CoreQueue};
use pyo3::prelude::*;

use crate::{fork::Birthplace, registry::Handlers, request::Request};

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
    queue: CoreQueue,
    handlers: Arc<Handlers>,
    answers: Answers,
    birthplace: Birthplace,
}

impl WorkQueue {
    /// An empty queue for calls to `handlers`.
    pub(crate) fn new(handlers: &Arc<Handlers>, answers: Answers) -> Self {
        Self {
            queue: CoreQueue::new(),
            handlers: Arc::clone(handlers),
            answers,
            birthplace: Birthplace::here(),
        }
    }

    /// Where the core puts the calls.
    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        self.queue.inbox()
    }
}

#[pymethods]
impl WorkQueue {
    /// Waits for the next call; None once the queue is closed, or in a forked child.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Py<Request>>> {
        if self.birthplace.is_elsewhere() {
            return Ok(None);
        }
        // The thread stays attached while calls are there: detaching and attaching again costs
        // more than a quick handler, and invites other threads in between.
        let call = self.queue.next(|wait| {
            end_burst();
            py.detach(wait);
        });
        let Some(call) = call else {
            end_burst();
            return Ok(None);
        };
        if self.answers == Answers::Together {
            begin_burst();
        }
        Request::for_call(py, call, &self.handlers).map(Some)
    }

    /// Ends all waiting: every `next()` returns None from now on.
    fn close(&self) {
        if !self.birthplace.is_elsewhere() {
            self.queue.close();
        }
    }

    /// Waits until one more worker thread is wanted (True) or the queue is closed (False).
    fn wait_for_backlog(&self, py: Python<'_>) -> bool {
        !self.birthplace.is_elsewhere() && py.detach(|| self.queue.wait_for_backlog())
    }

    fn __len__(&self) -> usize {
        if self.birthplace.is_elsewhere() {
            return 0;
        }
        self.inbox().len()
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
