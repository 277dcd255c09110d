//! [`LogQueue`]: the log records of the core, on their way to the logging of another language.
//!
//! The threads of the core only push into a bounded ring; the language takes what is there. A
//! record that took an interpreter's lock itself could wait for a thread that waits for it.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use once_cell::sync::OnceCell;
use tracing::level_filters::LevelFilter;

use super::{LogLevel, LogRecord, subscriber::QueueSubscriber};
use crate::{
    dispatch::Wake,
    error::{Error, ErrorCode},
};

/// How many records wait; older ones make room for newer ones.
const CAPACITY: usize = 1_024;

static QUEUE: OnceCell<Arc<LogQueue>> = OnceCell::new();

/// The log records of this process, for readers that take them. A record goes to one of them.
pub struct LogQueue {
    level: AtomicU8,
    state: Mutex<State>,
    changed: Condvar,
}

/// What [`LogQueue::hold`] returns.
pub struct LogHold {
    _state: MutexGuard<'static, State>,
}

#[derive(Default)]
struct State {
    records: VecDeque<LogRecord>,
    dropped: u64,
    wakes: Vec<Arc<dyn Wake>>,
}

impl LogQueue {
    /// Lets records through from this level on; later calls change the level.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::WrongState`] where the process logs through another subscriber of `tracing`.
    pub fn install(level: LogLevel) -> Result<Arc<Self>, Error> {
        let queue = QUEUE.get_or_try_init(|| {
            let queue = Arc::new(Self {
                level: AtomicU8::new(level as u8),
                state: Mutex::default(),
                changed: Condvar::new(),
            });
            tracing::subscriber::set_global_default(QueueSubscriber(Arc::clone(&queue)))
                .map(|()| queue)
                .map_err(|error| Error::new(ErrorCode::WrongState, error.to_string()))
        })?;
        queue.level.store(level as u8, Ordering::Relaxed);
        tracing::callsite::rebuild_interest_cache();
        Ok(Arc::clone(queue))
    }

    /// Whether the process logs through a queue.
    pub(super) fn is_installed() -> bool {
        QUEUE.get().is_some()
    }

    /// Keeps everybody else from the queue of this process, if there is one, until what is returned
    /// is dropped. A child that is forked meanwhile then has a queue that nobody keeps.
    pub fn hold() -> Option<LogHold> {
        QUEUE.get().map(|queue| LogHold {
            _state: queue.lock(),
        })
    }

    /// Takes the records that are there.
    pub fn take(&self) -> Vec<LogRecord> {
        self.lock().take()
    }

    /// Waits for records and takes them; none are returned once `is_over` says so. Whoever makes
    /// it say so calls [`wake_readers`](Self::wake_readers) then.
    pub fn wait(&self, is_over: impl Fn() -> bool) -> Vec<LogRecord> {
        let mut state = self.lock();
        while state.records.is_empty() && !is_over() {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.take()
    }

    /// Lets those that wait look whether it is over.
    pub fn wake_readers(&self) {
        let _state = self.lock();
        self.changed.notify_all();
    }

    /// Calls `wake` whenever the queue becomes non-empty, until it is removed.
    pub fn add_wake(&self, wake: Arc<dyn Wake>) {
        self.lock().wakes.push(wake);
    }

    /// Calls `wake` no more.
    pub fn remove_wake(&self, wake: &Arc<dyn Wake>) {
        self.lock().wakes.retain(|other| !Arc::ptr_eq(other, wake));
    }

    pub(super) fn push(&self, record: LogRecord) {
        let mut state = self.lock();
        if state.records.len() == CAPACITY {
            state.records.pop_front();
            state.dropped += 1;
        }
        state.records.push_back(record);
        self.changed.notify_all();
        if state.records.len() == 1 {
            for wake in &state.wakes {
                wake.wake();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn filter(&self) -> LevelFilter {
        let level = usize::from(self.level.load(Ordering::Relaxed));
        LogLevel::ALL[level].filter()
    }
}

impl State {
    fn take(&mut self) -> Vec<LogRecord> {
        let dropped = std::mem::take(&mut self.dropped);
        let notice = (dropped > 0).then(|| LogRecord {
            level: LogLevel::Warn,
            target: "exhook",
            message: format!("{dropped} records dropped"),
        });
        notice.into_iter().chain(self.records.drain(..)).collect()
    }
}

impl fmt::Debug for LogQueue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LogQueue").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // One test, because the queue is the process's.
    #[test]
    fn records_from_the_level_on_are_taken_once_and_the_newest_are_kept() {
        struct Bell(AtomicU8);
        impl Wake for Bell {
            fn wake(&self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }

        let queue = LogQueue::install(LogLevel::Warn).expect("nobody else logs here");
        let bell = Arc::new(Bell(AtomicU8::new(0)));
        let wake: Arc<dyn Wake> = Arc::clone(&bell) as _;
        queue.add_wake(Arc::clone(&wake));
        tracing::info!(target: "exhook::test", "too little");
        tracing::warn!(target: "exhook::test", clientid = "c1", "first");
        tracing::warn!(target: "another::crate", "not ours");
        let mine = |records: Vec<LogRecord>| -> Vec<LogRecord> {
            let mine = |record: &LogRecord| record.target == "exhook::test";
            records.into_iter().filter(mine).collect()
        };
        let records = mine(queue.wait(|| false));
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].level, LogLevel::Warn);
        assert_eq!(records[0].message, "first clientid=c1");
        assert!(bell.0.load(Ordering::Relaxed) >= 1);

        queue.remove_wake(&wake);
        for number in 0..CAPACITY + 10 {
            tracing::warn!(target: "exhook::test", number, "many");
        }
        let records = queue.take();
        assert!(records[0].message.ends_with("records dropped"));
        let last = mine(records).pop().expect("records are there");
        assert_eq!(last.message, format!("many number={}", CAPACITY + 9));
        assert!(queue.wait(|| true).is_empty());
    }
}
