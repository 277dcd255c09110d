//! [`Operator`]: a simulated broker for the package `exhook.testing`.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use exhook::{
    Error, ErrorCode, Hook, Package,
    testing::{OperatorThread, Pending},
};
use pyo3::prelude::*;

use crate::{
    errors::{invalid_option, raised},
    fork::Birthplace,
    request::Request,
};

/// How often Ctrl-C is looked for.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// A simulated EMQX and its clients, worked by commands in JSON. Any thread may use it, several at
/// once.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct Operator {
    /// `None` once it was closed.
    thread: Mutex<Option<OperatorThread>>,
    package: Package,
    birthplace: Birthplace,
}

#[pymethods]
impl Operator {
    /// Starts a broker with settings in JSON; the first command waits until it has tried to load
    /// its providers.
    #[new]
    fn new(py: Python<'_>, settings: &str) -> PyResult<Self> {
        let thread = py
            .detach(|| OperatorThread::start_json(settings))
            .map_err(|error| raised(&error))?;
        Ok(Self {
            package: thread.settings().version.package(),
            thread: Mutex::new(Some(thread)),
            birthplace: Birthplace::here(),
        })
    }

    /// Performs a command in JSON, and returns what came of it in JSON. Ctrl-C ends the wait for
    /// it, not the command. Raises `WrongStateError` once it was closed, and `ForkedError` in a
    /// forked child.
    fn perform(&self, py: Python<'_>, command: String) -> PyResult<String> {
        let mut pending = self.begin(command)?;
        loop {
            let outcome;
            (pending, outcome) = py.detach(|| {
                let outcome = pending.wait(SIGNAL_INTERVAL);
                (pending, outcome)
            });
            if let Some(outcome) = outcome {
                return outcome.map_err(|error| raised(&error));
            }
            py.check_signals()?;
        }
    }

    /// The request of a call of `hook` from its `request_base64`, decoded from base64; also once
    /// the operator was closed.
    fn request(&self, py: Python<'_>, hook: &str, content: Vec<u8>) -> PyResult<Py<Request>> {
        let hook = Hook::from_name(hook)
            .ok_or_else(|| invalid_option(format!("there is no hook {hook}")))?;
        let content = exhook::Request::decode(hook, Bytes::from(content))
            .map_err(|error| invalid_option(format!("this is no request of {hook}: {error}")))?;
        Request::without_call(py, content, self.package)
    }

    /// Ends the broker without an unload; whoever waits for it gets a `WrongStateError`. A second
    /// call has no effect, nor has one in a forked child.
    fn close(&self) {
        if !self.birthplace.is_elsewhere() {
            self.lock().take();
        }
    }
}

impl Operator {
    fn begin(&self, command: String) -> PyResult<Pending> {
        let refused = |code, reason: &str| Err(raised(&Error::new(code, reason)));
        if self.birthplace.is_elsewhere() {
            return refused(
                ErrorCode::Forked,
                "this process was forked from the one that started the broker; start one after \
                 the fork",
            );
        }
        match &*self.lock() {
            Some(thread) => Ok(thread.begin_json(command)),
            None => refused(ErrorCode::WrongState, "the broker has stopped"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<OperatorThread>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        if self.birthplace.is_elsewhere() {
            // Its thread is not here, and may have held any lock.
            mem::forget(self.lock().take());
        }
    }
}
