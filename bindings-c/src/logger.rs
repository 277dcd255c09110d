//! The thread that hands log records to the program.

use std::{
    cell::Cell,
    io::{self, Write as _},
    mem, process,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use exhook_core::{Error, LogHold, LogLevel, LogQueue, LogRecord};

use crate::{
    callback::Inside,
    fork,
    log::{exhook_log_record, log_function},
    signals::without_signals,
    user::User,
};

/// How long waiting for the delivery of records takes at most: a program's function may hang.
const LONGEST_FLUSH: Duration = Duration::from_secs(1);

/// Where records go.
pub(crate) enum Sink {
    /// Standard error, a line each.
    StandardError,
    /// A function of the program's.
    Function(log_function, User),
}

/// The one logger of the process. It runs while there are servers.
pub(crate) struct Logger {
    state: Mutex<State>,
    /// How often the thread has found nothing left to deliver.
    rests: Mutex<u64>,
    rested: Condvar,
}

struct State {
    level: LogLevel,
    sink: Option<Arc<Sink>>,
    servers: usize,
    thread: Option<LogThread>,
}

struct LogThread {
    handle: JoinHandle<()>,
    is_over: Arc<AtomicBool>,
    process: u32,
}

thread_local! {
    static DELIVERING: Cell<bool> = const { Cell::new(false) };
}

impl LogThread {
    fn is_ours(&self) -> bool {
        self.process == process::id()
    }
}

static LOGGER: Logger = Logger {
    state: Mutex::new(State {
        level: LogLevel::Warn,
        sink: None,
        servers: 0,
        thread: None,
    }),
    rests: Mutex::new(0),
    rested: Condvar::new(),
};

/// Sends records from this level on to `sink`; the one before gets none once this returns.
pub(crate) fn send_to(level: LogLevel, sink: Sink) -> Result<(), Error> {
    LogQueue::install(level)?;
    let before = {
        let mut state = LOGGER.state();
        state.level = level;
        state.sink.replace(Arc::new(sink))
    };
    drop(before);
    flush();
    Ok(())
}

/// Notes that there is one more server.
pub(crate) fn server_made() {
    LOGGER.state().servers += 1;
    start();
}

/// Makes sure that the thread runs: a forked child has none.
pub(crate) fn start() {
    fork::watch();
    let mut state = LOGGER.state();
    if state.servers == 0 || state.thread.as_ref().is_some_and(LogThread::is_ours) {
        return;
    }
    leave(state.thread.take());
    // A program that logs through a subscriber of its own needs no thread.
    let Ok(queue) = LogQueue::install(state.level) else {
        return;
    };
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let builder = thread::Builder::new().name("exhook-log".to_owned());
    // Without the thread records stay in the queue, of which the newest are kept.
    if let Ok(handle) = without_signals(|| builder.spawn(move || LOGGER.deliver(&queue, &over))) {
        state.thread = Some(LogThread {
            handle,
            is_over,
            process: process::id(),
        });
    }
}

/// Notes that there is one server less; with the last one the thread ends.
pub(crate) fn server_freed() {
    let thread = {
        let mut state = LOGGER.state();
        state.servers -= 1;
        if state.servers > 0 {
            return;
        }
        state.thread.take()
    };
    let Some(thread) = thread else { return };
    if !thread.is_ours() {
        leave(Some(thread));
        return;
    }
    thread.is_over.store(true, Ordering::SeqCst);
    wake();
    // It cannot have panicked in anything but a defect, and there is nobody left to tell.
    let _ = thread.handle.join();
}

/// Lets go of a thread that only the parent of this forked process has. Whoever dropped it would let
/// go of a thread that has the same number here.
fn leave(thread: Option<LogThread>) {
    mem::forget(thread);
}

/// Locks all that is locked here, in the order in which that is always done, so that a process that
/// is forked meanwhile can lock it too.
pub(crate) fn hold() -> Held {
    Held {
        _state: LOGGER.state(),
        _queue: LogQueue::hold(),
        _rests: LOGGER.rests(),
    }
}

/// What [`hold`] keeps until it is dropped.
pub(crate) struct Held {
    _state: MutexGuard<'static, State>,
    _queue: Option<LogHold>,
    _rests: MutexGuard<'static, u64>,
}

/// Waits until the records that are there have been delivered.
pub(crate) fn flush() {
    let is_there = LOGGER
        .state()
        .thread
        .as_ref()
        .is_some_and(LogThread::is_ours);
    if !is_there || DELIVERING.get() {
        return;
    }
    let before = *LOGGER.rests();
    wake();
    let rests = LOGGER.rests();
    let _waited = LOGGER
        .rested
        .wait_timeout_while(rests, LONGEST_FLUSH, |rests| *rests == before);
}

fn wake() {
    let level = LOGGER.state().level;
    if let Ok(queue) = LogQueue::install(level) {
        queue.wake_readers();
    }
}

impl Logger {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rests(&self) -> MutexGuard<'_, u64> {
        self.rests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, queue: &LogQueue, is_over: &AtomicBool) {
        DELIVERING.set(true);
        loop {
            // Asked only while no records are there.
            let records = queue.wait(|| {
                *self.rests() += 1;
                self.rested.notify_all();
                is_over.load(Ordering::SeqCst)
            });
            if records.is_empty() {
                return;
            }
            let sink = self.state().sink.clone();
            for record in records {
                sink.as_deref().unwrap_or(&Sink::StandardError).take(record);
            }
        }
    }
}

impl Sink {
    fn take(&self, record: LogRecord) {
        match self {
            Sink::StandardError => {
                // Where standard error is closed there is nobody left to tell.
                let _ = writeln!(
                    io::stderr(),
                    "exhook: {}: {}",
                    record.level.name(),
                    record.message
                );
            }
            Sink::Function(function, user) => {
                let record = exhook_log_record(record);
                let _inside = Inside::enter();
                // SAFETY: the function was given for this; the record is there until it returns.
                unsafe { function(&raw const record, user.pointer()) };
            }
        }
    }
}
