//! [`Queue`]: the calls that wait for one event loop.

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use exhook::{Burst, Call, Failure, Handler as _, Inbox, ReplyError};

use crate::{answers::Answers, bell::Bell, burst::write_call, open_calls::OpenCalls};

/// How many bytes the head of a burst takes: where it ends, how many bytes the next call needs
/// that did not fit, for how many microseconds the calls have waited for the loop, and whether
/// more calls wait.
const HEAD_BYTES: usize = 16;

/// Calls for one event loop, which is rung for and then drains.
pub(crate) struct Queue {
    inbox: Arc<Inbox>,
    bell: Mutex<Option<Bell>>,
    calls: Mutex<Calls>,
    idle: Condvar,
    closed: AtomicBool,
    clock: Clock,
    // Nanoseconds of the clock, plus one; 0 while no ring is unheard.
    rung: AtomicU64,
}

#[derive(Default)]
struct Calls {
    /// Taken from the inbox, but there was no room for them in the burst.
    unwritten: VecDeque<Call>,
    open: OpenCalls,
    /// How many threads wait until there are none of them.
    waiting: usize,
}

/// The clock of `performance.now()`.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    origin: Instant,
    milliseconds: f64,
}

impl Clock {
    /// The clock that shows `milliseconds` now.
    pub(crate) fn that_shows(milliseconds: f64) -> Self {
        Self {
            origin: Instant::now(),
            milliseconds,
        }
    }

    fn at(&self, time: Instant) -> f64 {
        let since = time.saturating_duration_since(self.origin);
        self.milliseconds + since.as_secs_f64() * 1e3
    }

    fn nanoseconds(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Queue {
    /// An empty queue.
    pub(crate) fn new(bell: Bell, clock: Clock) -> Arc<Self> {
        Arc::new_cyclic(|this: &Weak<Self>| {
            let this = Weak::clone(this);
            Self {
                inbox: Inbox::new(move || {
                    if let Some(queue) = this.upgrade() {
                        queue.ring();
                    }
                }),
                bell: Mutex::new(Some(bell)),
                calls: Mutex::default(),
                idle: Condvar::new(),
                closed: AtomicBool::new(false),
                clock,
                rung: AtomicU64::new(0),
            }
        })
    }

    /// Takes a call in; a closed queue lets it go, which answers the fallback.
    pub(crate) fn handle(&self, call: Call) {
        if self.closed.load(Ordering::SeqCst) {
            call.fail(Failure::Unanswered);
        } else {
            self.inbox.handle(call);
        }
    }

    fn ring(&self) {
        if self.closed.load(Ordering::SeqCst) {
            drop(self.inbox.drain(usize::MAX));
            return;
        }
        self.rung
            .store(self.clock.nanoseconds() + 1, Ordering::Relaxed);
        if let Some(bell) = &*lock(&self.bell) {
            bell();
        }
    }

    /// Writes at most `most` calls into `memory` from the byte `from` on, a head and then the
    /// entries, and returns how many there are. The memory is the slab of this number.
    pub(crate) fn drain(&self, memory: &mut [u8], slab: u32, from: usize, most: usize) -> u32 {
        let lag = self.lag();
        let mut calls = lock(&self.calls);
        let missing = most.saturating_sub(calls.unwritten.len());
        calls.unwritten.extend(self.inbox.drain(missing));
        let mut end = from + HEAD_BYTES;
        let mut needed = 0;
        let mut count = 0;
        while let Some(call) = calls.unwritten.pop_front() {
            let deadline = call.deadline().map(|deadline| self.clock.at(deadline));
            let entry = write_call(memory, end, &call, calls.open.next_id(), deadline);
            let Some(next) = entry.end() else {
                needed = entry.size();
                calls.unwritten.push_front(call);
                break;
            };
            end = next;
            calls.open.insert(call, slab);
            count += 1;
        }
        let more = !calls.unwritten.is_empty() || !self.inbox.is_empty();
        drop(calls);
        let head = [end, needed, lag, usize::from(more)];
        if let Some(place) = memory.get_mut(from..from + HEAD_BYTES) {
            for (place, value) in place.chunks_exact_mut(4).zip(head) {
                let value = u32::try_from(value).unwrap_or(u32::MAX);
                place.copy_from_slice(&value.to_ne_bytes());
            }
        }
        count
    }

    /// For how many microseconds the last ring was unheard.
    fn lag(&self) -> usize {
        let rung = self.rung.swap(0, Ordering::Relaxed);
        if rung == 0 {
            return 0;
        }
        let waited = (self.clock.nanoseconds() + 1).saturating_sub(rung);
        usize::try_from(waited / 1_000).unwrap_or(usize::MAX).max(1)
    }

    /// Gives the answers in `memory`, and returns what the core did not accept and why.
    pub(crate) fn answer(&self, memory: &[u8]) -> Vec<String> {
        let mut problems = Vec::new();
        let burst = Burst::begin();
        for (id, outcome) in Answers::new(memory) {
            // Not locked while the core works: it may hand the call to the next handler.
            let Some(call) = lock(&self.calls).open.take(id) else {
                continue;
            };
            match outcome {
                Ok(verdict) => match call.reply(verdict) {
                    // Late answers are counted by the core.
                    Ok(()) | Err(ReplyError::TooLate) => {}
                    Err(error) => problems.push(error.to_string()),
                },
                Err(failure) => call.fail(failure),
            }
        }
        // Brokers get their answers first.
        drop(burst);
        self.tell_if_idle();
        problems
    }

    /// Lets go of the calls in a slab that JavaScript has no more, so that nobody can answer them;
    /// returns how many they are. Brokers that still wait get the fallback.
    pub(crate) fn forget(&self, slab: u32) -> usize {
        let forgotten = lock(&self.calls).open.take_slab(slab);
        let count = forgotten.len();
        let burst = Burst::begin();
        // Not locked while the core works: it may hand calls to the next handler.
        drop(forgotten);
        drop(burst);
        self.tell_if_idle();
        count
    }

    /// Wakes those who wait for it; a system call, so not where nobody waits.
    fn tell_if_idle(&self) {
        let calls = lock(&self.calls);
        if calls.waiting > 0 && self.is_idle(&calls) {
            self.idle.notify_all();
        }
    }

    fn is_idle(&self, calls: &Calls) -> bool {
        calls.open.is_empty() && calls.unwritten.is_empty() && self.inbox.is_empty()
    }

    /// Waits until every call has been answered, `longest` at most.
    pub(crate) fn wait_until_idle(&self, longest: Duration) {
        let mut calls = lock(&self.calls);
        calls.waiting += 1;
        let (mut calls, _) = self
            .idle
            .wait_timeout_while(calls, longest, |calls| !self.is_idle(calls))
            .unwrap_or_else(PoisonError::into_inner);
        calls.waiting -= 1;
    }

    /// Ends the queue: what it holds and what comes is answered with the fallback, and nothing
    /// rings any more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        let bell = lock(&self.bell).take();
        drop(bell);
        drop(self.inbox.drain(usize::MAX));
        let mut calls = lock(&self.calls);
        let unanswered = (mem::take(&mut calls.unwritten), mem::take(&mut calls.open));
        drop(calls);
        drop(unanswered);
        self.idle.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
