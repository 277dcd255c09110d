//! [`LogQueue`]: the log records of the core, on their way to the logging of another language.
//!
//! The threads of the core only push into a bounded ring; the language takes what is there. A
//! record that took an interpreter's lock itself could wait for a thread that waits for it.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    str::FromStr,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use once_cell::sync::OnceCell;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
    subscriber::Interest,
};

use crate::{
    dispatch::Wake,
    error::{Error, ErrorCode},
};

/// How many records wait; older ones make room for newer ones.
const CAPACITY: usize = 1_024;

static QUEUE: OnceCell<Arc<LogQueue>> = OnceCell::new();

/// How much a record matters, and from where on records are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LogLevel {
    /// No records at all.
    Off,
    /// Something is lost, or wrong.
    Error,
    /// Something may become wrong.
    Warn,
    /// What one may want to know.
    Info,
    /// What helps to find mistakes.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    const ALL: [LogLevel; 6] = [
        LogLevel::Off,
        LogLevel::Error,
        LogLevel::Warn,
        LogLevel::Info,
        LogLevel::Debug,
        LogLevel::Trace,
    ];

    /// The level's name, such as `warn`.
    pub const fn name(self) -> &'static str {
        match self {
            LogLevel::Off => "off",
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }

    const fn filter(self) -> LevelFilter {
        match self {
            LogLevel::Off => LevelFilter::OFF,
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        }
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            Level::DEBUG => LogLevel::Debug,
            Level::TRACE => LogLevel::Trace,
        }
    }
}

impl FromStr for LogLevel {
    type Err = Error;

    /// Reads a level's name; `warning` and `critical` are known too.
    fn from_str(name: &str) -> Result<Self, Error> {
        let same = match name {
            "warning" => "warn",
            "critical" => "off",
            other => other,
        };
        let level = LogLevel::ALL.iter().find(|level| level.name() == same);
        level.copied().ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "{name:?} is no log level; expected trace, debug, info, warning, error or off"
                ),
            )
        })
    }
}

/// One log record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// How much it matters.
    pub level: LogLevel,
    /// The module that logged, such as `exhook::server`.
    pub target: &'static str,
    /// What happened, with the fields of the record.
    pub message: String,
}

/// The log records of this process, for readers that take them. A record goes to one of them.
pub struct LogQueue {
    level: AtomicU8,
    state: Mutex<State>,
    changed: Condvar,
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

    fn push(&self, record: LogRecord) {
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

    fn filter(&self) -> LevelFilter {
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

/// What `tracing` hands the records to.
struct QueueSubscriber(Arc<LogQueue>);

impl Subscriber for QueueSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_ours(metadata) {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_ours(metadata) && *metadata.level() <= self.0.filter()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0.filter())
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        let metadata = event.metadata();
        self.0.push(LogRecord {
            level: (*metadata.level()).into(),
            target: metadata.target(),
            message: text.message + &text.fields,
        });
    }

    // The core logs events only.
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("exhook")
}

#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        // Without the quotes and escapes of Debug.
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into a String cannot fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
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

    #[test]
    fn levels_are_read_by_name_and_unknown_ones_are_refused_with_the_known() {
        assert_eq!(
            "warning".parse::<LogLevel>().expect("a level"),
            LogLevel::Warn
        );
        let error = "loud".parse::<LogLevel>().expect_err("no level");
        assert!(error.to_string().contains("expected trace, debug"));
    }
}
