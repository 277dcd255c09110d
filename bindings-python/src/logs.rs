//! [`LogQueue`]: the log records of the core, on their way to Python's `logging`.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use exhook::{LogLevel, LogRecord};
use pyo3::prelude::*;

use crate::errors::raised;

/// Level number of Python, logger name, message.
type Record = (u8, String, String);

/// The log records of the core, for one reader.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct LogQueue {
    queue: Arc<exhook::LogQueue>,
    closed: AtomicBool,
}

#[pymethods]
impl LogQueue {
    /// Waits for records and returns those that are there: level number, logger name and message
    /// of each. None once the queue is closed and empty.
    fn next(&self, py: Python<'_>) -> Option<Vec<Record>> {
        let records = py.detach(|| self.queue.wait(|| self.closed.load(Ordering::Relaxed)));
        let records: Vec<_> = records.into_iter().map(record_of).collect();
        (!records.is_empty()).then_some(records)
    }

    /// Ends the waiting; records that are there are still handed out.
    fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.queue.wake_readers();
    }
}

fn record_of(record: LogRecord) -> Record {
    let level = match record.level {
        LogLevel::Trace => 5,
        LogLevel::Debug => 10,
        LogLevel::Info => 20,
        LogLevel::Warn => 30,
        LogLevel::Error | LogLevel::Off => 40,
    };
    (level, record.target.replace("::", "."), record.message)
}

/// Lets the records of the core through from this level on: "trace", "debug", "info", "warning",
/// "error" or "off". Later calls change the level.
#[pyfunction]
pub(crate) fn install_logs(level: &str) -> PyResult<LogQueue> {
    let level: LogLevel = level.parse().map_err(|error| raised(&error))?;
    let queue = exhook::LogQueue::install(level).map_err(|error| raised(&error))?;
    Ok(LogQueue {
        queue,
        closed: AtomicBool::new(false),
    })
}
