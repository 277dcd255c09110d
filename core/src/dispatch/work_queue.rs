//! [`WorkQueue`]: calls that worker threads come to take.

use std::{sync::Arc, time::Duration};

use super::{Inbox, pool::Pool};
use crate::call::Call;

/// How many threads shadow handlers may keep; real calls have the others.
const SHADOWS: usize = 4;

/// Calls that wait for worker threads. Each thread asks for the [`next`](Self::next) one in a loop.
///
/// While handlers are quick one thread does all the work and the others sleep; as handlers block,
/// more threads are woken, and more are asked for by
/// [`wait_for_backlog`](Self::wait_for_backlog).
pub struct WorkQueue {
    pool: Arc<Pool>,
    inbox: Arc<Inbox>,
}

impl Default for WorkQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl WorkQueue {
    /// An empty queue without threads.
    pub fn new() -> Self {
        let pool = Pool::new();
        let waker = Arc::clone(&pool);
        Self {
            inbox: Inbox::with_shadows(move || waker.wake(), SHADOWS),
            pool,
        }
    }

    /// Where the calls come in: the handler to register.
    pub fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }

    /// Waits for the next call; `None` once the queue is closed. The call before it counts as done.
    ///
    /// `sleep` is called where the thread has to wait, with what waits: it may let go of what the
    /// thread holds meanwhile.
    pub fn next(&self, sleep: impl Fn(&(dyn Fn() + Sync))) -> Option<Call> {
        let worker = self.pool.worker();
        self.pool.finish(&worker);
        while !self.pool.is_closed() {
            if let Some(call) = self.inbox.take() {
                self.pool.begin(&worker);
                if self.pool.is_slow() && !self.inbox.is_empty() {
                    // The inbox rings only when it becomes non-empty, so the turn is passed on.
                    self.pool.wake();
                }
                return Some(call);
            }
            sleep(&|| self.pool.park(&worker, || self.inbox.is_empty()));
        }
        None
    }

    /// Waits until one more worker thread is wanted (`true`) or the queue is closed (`false`).
    pub fn wait_for_backlog(&self) -> bool {
        self.pool.wait_for_backlog(|| self.oldest_wait())
    }

    /// Ends all waiting: every `next` returns `None` from now on. Calls that are left stay in the
    /// inbox until it is dropped.
    pub fn close(&self) {
        self.pool.close();
    }

    fn oldest_wait(&self) -> Option<Duration> {
        self.inbox.oldest_wait()
    }
}
