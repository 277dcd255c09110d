//! [`LogQueue`]: the log records of the core, on their way to Python's `logging`.
//!
//! The threads of the core only push into a bounded ring; a Python thread takes what is there. A
//! record that took the interpreter's lock itself could wait for a thread that waits for it.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use pyo3::{prelude::*, sync::PyOnceLock};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
    subscriber::Interest,
};

use crate::errors::{invalid_option, raised};

/// How many records wait for Python; older ones make room for newer ones.
const CAPACITY: usize = 1_024;

/// Level number of Python, logger name, message.
type Record = (u8, String, String);

static RING: PyOnceLock<Arc<Ring>> = PyOnceLock::new();

struct Ring {
    level: AtomicU8,
    state: Mutex<RingState>,
    changed: Condvar,
}

#[derive(Default)]
struct RingState {
    records: VecDeque<Record>,
    dropped: u64,
}

impl Ring {
    fn lock(&self) -> MutexGuard<'_, RingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, record: Record) {
        let mut state = self.lock();
        if state.records.len() == CAPACITY {
            state.records.pop_front();
            state.dropped += 1;
        }
        state.records.push_back(record);
        self.changed.notify_all();
    }

    fn filter(&self) -> LevelFilter {
        match self.level.load(Ordering::Relaxed) {
            0 => LevelFilter::OFF,
            number if number <= 5 => LevelFilter::TRACE,
            10 => LevelFilter::DEBUG,
            20 => LevelFilter::INFO,
            30 => LevelFilter::WARN,
            _ => LevelFilter::ERROR,
        }
    }
}

/// What `tracing` hands the records to.
struct RingSubscriber(Arc<Ring>);

impl Subscriber for RingSubscriber {
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
        self.0.push((
            level_number(*metadata.level()),
            metadata.target().replace("::", "."),
            text.message + &text.fields,
        ));
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

const fn level_number(level: Level) -> u8 {
    match level {
        Level::TRACE => 5,
        Level::DEBUG => 10,
        Level::INFO => 20,
        Level::WARN => 30,
        Level::ERROR => 40,
    }
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

/// The log records of the core, for one reader.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct LogQueue {
    ring: Arc<Ring>,
    closed: AtomicBool,
}

#[pymethods]
impl LogQueue {
    /// Waits for records and returns those that are there: level number, logger name and message
    /// of each. None once the queue is closed and empty.
    fn next(&self, py: Python<'_>) -> Option<Vec<Record>> {
        py.detach(|| {
            let mut state = self.ring.lock();
            while state.records.is_empty() {
                if self.closed.load(Ordering::Relaxed) {
                    return None;
                }
                state = self
                    .ring
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            let mut records = Vec::with_capacity(state.records.len() + 1);
            if state.dropped > 0 {
                let dropped = std::mem::take(&mut state.dropped);
                records.push((
                    30,
                    "exhook".to_owned(),
                    format!("{dropped} records dropped"),
                ));
            }
            records.extend(state.records.drain(..));
            Some(records)
        })
    }

    /// Ends the waiting; records that are there are still handed out.
    fn close(&self) {
        let _state = self.ring.lock();
        self.closed.store(true, Ordering::Relaxed);
        self.ring.changed.notify_all();
    }
}

/// Lets the records of the core through from this level on: "trace", "debug", "info", "warning",
/// "error" or "off". Later calls change the level.
#[pyfunction]
pub(crate) fn install_logs(py: Python<'_>, level: &str) -> PyResult<LogQueue> {
    let number = match level {
        "trace" => 5,
        "debug" => 10,
        "info" => 20,
        "warning" | "warn" => 30,
        "error" => 40,
        "off" | "critical" => 0,
        other => {
            return Err(invalid_option(format!(
                "{other:?} is no log level; expected trace, debug, info, warning, error or off"
            )));
        }
    };
    let ring = RING.get_or_try_init(py, || {
        let ring = Arc::new(Ring {
            level: AtomicU8::new(number),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        tracing::subscriber::set_global_default(RingSubscriber(Arc::clone(&ring)))
            .map(|()| ring)
            .map_err(|error| {
                raised(&exhook::Error::new(
                    exhook::ErrorCode::WrongState,
                    error.to_string(),
                ))
            })
    })?;
    ring.level.store(number, Ordering::Relaxed);
    tracing::callsite::rebuild_interest_cache();
    Ok(LogQueue {
        ring: Arc::clone(ring),
        closed: AtomicBool::new(false),
    })
}
