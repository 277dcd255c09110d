//! [`LogReader`]: the log records of the core, on their way to a logger of JavaScript's.

use std::sync::{Arc, Weak};

use exhook::{LogLevel, LogQueue, Wake};
use napi::{Env, Result, bindgen_prelude::Function};
use napi_derive::napi;

use crate::{bell::bell, errors::thrown};

/// Takes log records of the core. Of several readers of a process one gets a record.
#[napi]
pub struct LogReader {
    queue: Arc<LogQueue>,
    wake: Arc<dyn Wake>,
}

/// One log record.
#[napi(object)]
pub struct LogRecord {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// What happened.
    pub message: String,
}

/// Reads log records from this level on; `ring` is called on the event loop when there are any.
///
/// # Errors
///
/// Where there is no such level.
#[napi]
pub fn read_logs(env: &Env, level: String, ring: Function<'_, (), ()>) -> Result<LogReader> {
    let level: LogLevel = level.parse().map_err(|error| thrown(&error))?;
    let queue = LogQueue::install(level).map_err(|error| thrown(&error))?;
    let wake: Arc<dyn Wake> = Arc::new(bell(&ring)?);
    // Added after the bell, so that it runs before the bell is taken away.
    env.add_env_cleanup_hook(
        (Arc::clone(&queue), Arc::downgrade(&wake)),
        |(queue, wake): (Arc<LogQueue>, Weak<dyn Wake>)| {
            if let Some(wake) = wake.upgrade() {
                queue.remove_wake(&wake);
            }
        },
    )?;
    queue.add_wake(Arc::clone(&wake));
    Ok(LogReader { queue, wake })
}

#[napi]
impl LogReader {
    /// Takes the records that are there.
    #[napi]
    pub fn take(&self) -> Vec<LogRecord> {
        let records = self.queue.take().into_iter();
        let records = records.map(|record| LogRecord {
            level: record.level.name().to_owned(),
            message: record.message,
        });
        records.collect()
    }

    /// Reads no more.
    #[napi]
    pub fn close(&self) {
        self.queue.remove_wake(&self.wake);
    }
}
