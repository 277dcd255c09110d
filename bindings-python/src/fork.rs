//! Noticing that this process is a forked child, which has none of the parent's threads.

use std::{
    cell::RefCell,
    sync::atomic::{AtomicU32, Ordering},
};

use exhook::{LogHold, LogQueue};
use pyo3::{prelude::*, types::PyDict};

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// The process in which something was made: forks count generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Birthplace(u32);

impl Birthplace {
    /// The current process.
    pub(crate) fn here() -> Self {
        Self(GENERATION.load(Ordering::Relaxed))
    }

    /// Whether this is another process. What was made in the parent must not be locked then: a
    /// thread that does not exist here may hold the lock.
    pub(crate) fn is_elsewhere(self) -> bool {
        self != Self::here()
    }
}

/// Counts a generation in each child that Python forks. Asking the system for the process id
/// would cost a system call for each call of a handler.
pub(crate) fn watch(py: Python<'_>) -> PyResult<()> {
    let os = py.import("os")?;
    if !os.hasattr("register_at_fork")? {
        return Ok(());
    }
    let arguments = PyDict::new(py);
    arguments.set_item("before", wrap_pyfunction!(hold_logs, py)?)?;
    arguments.set_item("after_in_parent", wrap_pyfunction!(release_logs, py)?)?;
    arguments.set_item("after_in_child", wrap_pyfunction!(forked, py)?)?;
    os.call_method("register_at_fork", (), Some(&arguments))?;
    Ok(())
}

thread_local! {
    static HELD: RefCell<Option<LogHold>> = const { RefCell::new(None) };
}

/// Keeps other threads from the log queue: one that has it would have it for ever in the child.
#[pyfunction]
fn hold_logs() {
    HELD.set(LogQueue::hold());
}

#[pyfunction]
fn release_logs() {
    HELD.take();
}

#[pyfunction]
fn forked() {
    release_logs();
    GENERATION.fetch_add(1, Ordering::Relaxed);
}
