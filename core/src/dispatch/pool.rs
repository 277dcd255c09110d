//! [`Pool`]: which worker threads sleep, which are awake, and when one more is wanted.
//!
//! One thread that stays awake serves quick handlers best: no other thread fights it for an
//! interpreter or a cache. Only when handlers block are more of them worth waking. The pool decides that; it
//! knows neither calls nor languages.

use std::{
    cell::RefCell,
    process,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

/// From this average on handlers count as slow, and every burst of calls wakes another worker.
const SLOW: Duration = Duration::from_micros(500);
/// A worker that has been busy for so long with one call does not come back soon.
const STUCK: Duration = Duration::from_millis(1);
/// The wait of the oldest call from which on more workers are wanted.
const BACKLOG: Duration = Duration::from_millis(2);
/// How often the supervisor looks while calls flow.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// After so long without calls the supervisor sleeps until it is woken.
const QUIET: Duration = Duration::from_millis(200);
/// How long a worker that was asked for may take to appear before another one is asked for.
const STARTUP: Duration = Duration::from_millis(100);

/// The worker threads of one queue.
///
/// The lock of the pool may be held while the queue is asked something, never the other way
/// round: [`wake`](Pool::wake) is called without the lock of the queue.
pub(crate) struct Pool {
    beginning: Instant,
    process: u32,
    closed: AtomicBool,
    /// Moving average of what handlers take, in nanoseconds.
    average: AtomicU64,
    taken: AtomicU64,
    state: Mutex<State>,
    supervisor: Condvar,
}

#[derive(Default)]
struct State {
    sleeping: Vec<Arc<Worker>>,
    awake: Vec<Arc<Worker>>,
    supervisor_sleeps: bool,
    asked_for_worker: Option<Instant>,
}

/// One thread of a pool.
pub(crate) struct Worker {
    thread: Thread,
    roused: AtomicBool,
    /// Nanoseconds from the beginning of the pool to the beginning of the current call, 0 for none.
    busy_since: AtomicU64,
}

/// What ties a thread to a pool for as long as the thread lives.
struct Membership {
    pool: Weak<Pool>,
    worker: Arc<Worker>,
}

thread_local! {
    static MEMBERSHIPS: RefCell<Vec<Membership>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Membership {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.leave(&self.worker);
        }
    }
}

impl Pool {
    /// A pool without workers.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            beginning: Instant::now(),
            process: process::id(),
            closed: AtomicBool::new(false),
            average: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            state: Mutex::new(State::default()),
            supervisor: Condvar::new(),
        })
    }

    /// The current thread as a worker; the first time it joins the pool.
    pub(crate) fn worker(self: &Arc<Self>) -> Arc<Worker> {
        MEMBERSHIPS.with_borrow_mut(|memberships| {
            let mine = memberships
                .iter()
                .find(|membership| std::ptr::eq(membership.pool.as_ptr(), Arc::as_ptr(self)));
            if let Some(mine) = mine {
                return Arc::clone(&mine.worker);
            }
            let worker = Arc::new(Worker {
                thread: thread::current(),
                roused: AtomicBool::new(false),
                busy_since: AtomicU64::new(0),
            });
            memberships.push(Membership {
                pool: Arc::downgrade(self),
                worker: Arc::clone(&worker),
            });
            let mut state = self.lock();
            state.awake.push(Arc::clone(&worker));
            state.asked_for_worker = None;
            worker
        })
    }

    /// Whether the pool was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Whether handlers take so long that one thread cannot be expected to take everything.
    pub(crate) fn is_slow(&self) -> bool {
        self.average() > SLOW
    }

    /// Notes that `worker` begins with a call.
    pub(crate) fn begin(&self, worker: &Worker) {
        worker.busy_since.store(self.now(), Ordering::Relaxed);
        self.taken.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that `worker` is done with its call, if it has one.
    pub(crate) fn finish(&self, worker: &Worker) {
        let since = worker.busy_since.swap(0, Ordering::Relaxed);
        if since == 0 {
            return;
        }
        let took = self.now() - since;
        // Two workers may overwrite each other's share; an average can bear that.
        let average = self.average.load(Ordering::Relaxed);
        self.average
            .store(average - average / 8 + took / 8, Ordering::Relaxed);
    }

    /// Sleeps until there may be something to do, or not at all when there is something already.
    ///
    /// No wake-up is lost: the queue is looked at after the pool is locked and before the worker
    /// counts as asleep. A call that comes before the look is seen; one that comes after it finds
    /// the queue empty, so it is followed by [`wake`](Pool::wake), which waits for the lock and
    /// then sees this worker asleep. While the worker still counted as awake wake-ups were spent
    /// on nobody, but each of them came after its call was queued, and so before this look.
    pub(crate) fn park(&self, worker: &Arc<Worker>, queue_is_empty: impl Fn() -> bool) {
        {
            let mut state = self.lock();
            if self.is_closed() || !queue_is_empty() {
                return;
            }
            state.awake.retain(|other| !Arc::ptr_eq(other, worker));
            state.sleeping.push(Arc::clone(worker));
        }
        while !worker.roused.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }

    /// Called when the queue has become non-empty, from any thread; it does not block.
    pub(crate) fn wake(&self) {
        let mut state = self.lock();
        if std::mem::take(&mut state.supervisor_sleeps) {
            self.supervisor.notify_all();
        }
        // An awake worker takes calls until none is left; if it blocks, the supervisor notices.
        let roused = if state.awake.is_empty() || self.is_slow() {
            state.rouse()
        } else {
            None
        };
        drop(state);
        if let Some(worker) = roused {
            worker.thread.unpark();
        }
    }

    /// Waits until one more worker thread is wanted (`true`) or the pool is closed (`false`).
    /// `oldest_wait` is how long the oldest call of the queue has waited.
    pub(crate) fn wait_for_backlog(&self, oldest_wait: impl Fn() -> Option<Duration>) -> bool {
        let mut state = self.lock();
        let mut taken = self.taken.load(Ordering::Relaxed);
        let mut moved = Instant::now();
        while !self.is_closed() {
            let waited = oldest_wait();
            let now = Instant::now();
            let taken_now = self.taken.load(Ordering::Relaxed);
            if taken_now != taken || waited.is_some() {
                (taken, moved) = (taken_now, now);
            }
            if waited.is_some_and(|waited| waited > BACKLOG) && self.is_stuck(&state) {
                if let Some(worker) = state.rouse() {
                    worker.thread.unpark();
                } else if state.may_ask(now) {
                    state.asked_for_worker = Some(now);
                    return true;
                }
            }
            if now - moved < QUIET {
                state = self.wait(state, LOOK_EVERY);
                continue;
            }
            // The queue was empty under the lock, so the next call is followed by `wake`, which
            // sees this flag: the supervisor can sleep without a limit.
            state.supervisor_sleeps = true;
            while state.supervisor_sleeps && !self.is_closed() {
                state = self
                    .supervisor
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            moved = Instant::now();
        }
        false
    }

    /// Wakes everybody for good.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        // Under the lock, so that nobody looks before and sleeps after.
        self.closed.store(true, Ordering::Release);
        while let Some(worker) = state.rouse() {
            worker.thread.unpark();
        }
        self.supervisor.notify_all();
    }

    fn leave(&self, worker: &Arc<Worker>) {
        // In a forked child a thread that does not exist there may hold the lock.
        if process::id() != self.process {
            return;
        }
        let mut state = self.lock();
        state.awake.retain(|other| !Arc::ptr_eq(other, worker));
        // Wake-ups may have been spent on this worker, so another one has to look.
        if let Some(other) = state.rouse() {
            other.thread.unpark();
        }
    }

    fn is_stuck(&self, state: &State) -> bool {
        let now = self.now();
        self.average() > STUCK
            || state.awake.iter().all(|worker| {
                let since = worker.busy_since.load(Ordering::Relaxed);
                since != 0 && Duration::from_nanos(now.saturating_sub(since)) > STUCK
            })
    }

    fn average(&self) -> Duration {
        Duration::from_nanos(self.average.load(Ordering::Relaxed))
    }

    /// Nanoseconds since the beginning, never 0.
    fn now(&self) -> u64 {
        u64::try_from(self.beginning.elapsed().as_nanos()).map_or(u64::MAX, |now| now.max(1))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'state>(
        &self,
        state: MutexGuard<'state, State>,
        limit: Duration,
    ) -> MutexGuard<'state, State> {
        self.supervisor
            .wait_timeout(state, limit)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

impl State {
    /// Makes the worker that fell asleep last count as awake; the caches know it best.
    fn rouse(&mut self) -> Option<Arc<Worker>> {
        let worker = self.sleeping.pop()?;
        worker.roused.store(true, Ordering::Release);
        self.awake.push(Arc::clone(&worker));
        Some(worker)
    }

    fn may_ask(&self, now: Instant) -> bool {
        self.asked_for_worker
            .is_none_or(|asked| now.saturating_duration_since(asked) > STARTUP)
    }
}

#[cfg(all(test, not(exhook_loom)))]
#[path = "pool_tests.rs"]
mod tests;
