//! [`LoopQueue`]: the calls that an event loop takes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use exhook::Inbox;
use pyo3::prelude::*;

use crate::{
    doorbell::Doorbell,
    errors::raised,
    fork::Birthplace,
    registry::Handlers,
    request::Request,
    work_queue::{begin_burst, end_burst},
};

/// Calls that wait for an event loop, which watches `fileno()` and then drains.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct LoopQueue {
    doorbell: Arc<Doorbell>,
    inbox: Arc<Inbox>,
    handlers: Arc<Handlers>,
    closed: AtomicBool,
    birthplace: Birthplace,
}

impl LoopQueue {
    /// An empty queue for calls to `handlers`.
    pub(crate) fn new(handlers: &Arc<Handlers>) -> PyResult<Self> {
        let doorbell = Doorbell::new().map_err(|error| {
            raised(&exhook::Error::io(
                "cannot make the queue of the event loop",
                error,
            ))
        })?;
        let doorbell = Arc::new(doorbell);
        let waker = Arc::clone(&doorbell);
        Ok(Self {
            inbox: Inbox::new(move || waker.ring()),
            doorbell,
            handlers: Arc::clone(handlers),
            closed: AtomicBool::new(false),
            birthplace: Birthplace::here(),
        })
    }

    /// Where the core puts the calls.
    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }
}

#[pymethods]
impl LoopQueue {
    /// The file descriptor (on Windows the socket) that is readable while calls wait.
    fn fileno(&self) -> u64 {
        self.doorbell.fileno()
    }

    /// Takes at most `most` calls; when more are left, the descriptor stays readable. Answers are
    /// gathered until `flush()`.
    #[pyo3(signature = (most = 256))]
    fn drain(&self, py: Python<'_>, most: usize) -> PyResult<Vec<Py<Request>>> {
        // The descriptor is shared with the parent: reading it here would take its wake-ups.
        if self.birthplace.is_elsewhere() || self.closed.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        // Silenced first: a call that comes after the drain finds the inbox empty and rings again.
        self.doorbell.silence();
        let calls = self.inbox.drain(most);
        if !self.inbox.is_empty() {
            self.doorbell.ring();
        }
        if !calls.is_empty() {
            begin_burst();
        }
        calls
            .into_iter()
            .map(|call| Request::for_call(py, call, &self.handlers))
            .collect()
    }

    /// Wakes the server for the answers given since `drain()`.
    #[expect(
        clippy::unused_self,
        reason = "the answers belong to the thread that drained"
    )]
    fn flush(&self) {
        end_burst();
    }

    /// Hands out nothing from now on.
    fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    fn __len__(&self) -> usize {
        if self.birthplace.is_elsewhere() {
            return 0;
        }
        self.inbox.len()
    }
}
