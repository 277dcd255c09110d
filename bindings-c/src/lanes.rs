//! [`Lanes`]: the threads on which callbacks run that are not inline.

use std::{
    io,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use exhook_core::{Handler, WorkQueue};
use tracing::warn;

use crate::callback::Callback;

/// How long stopping waits for callbacks that go on although the server has drained.
const LAST_CALLBACKS: Duration = Duration::from_millis(500);

/// What C programs are used to; memory is only taken as it is used.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Threads that take calls from one queue: one while callbacks are quick, more as they block.
pub(crate) struct Lanes {
    shared: Arc<Shared>,
    /// Starts more threads, and hands out all of them when it ends.
    supervisor: JoinHandle<Vec<JoinHandle<()>>>,
}

/// What the threads have in common.
pub(crate) struct Shared {
    queue: WorkQueue,
    /// By the number of their registration.
    callbacks: Vec<Arc<Callback>>,
}

impl Shared {
    pub(crate) fn new(callbacks: Vec<Arc<Callback>>) -> Self {
        Self {
            queue: WorkQueue::new(),
            callbacks,
        }
    }

    /// Where calls for the threads are left.
    pub(crate) fn target(&self) -> Arc<dyn Handler> {
        Arc::clone(self.queue.inbox()) as _
    }

    fn work(&self) {
        while let Some(call) = self.queue.next(|wait| wait()) {
            self.callbacks[call.handler().0 as usize].run(call);
        }
    }

    /// Starts threads as they are wanted, at most so many.
    fn supervise(self: &Arc<Self>, first: JoinHandle<()>, most: usize) -> Vec<JoinHandle<()>> {
        let mut threads = vec![first];
        while threads.len() < most && self.queue.wait_for_backlog() {
            match self.spawn(threads.len()) {
                Ok(thread) => threads.push(thread),
                Err(error) => {
                    warn!(%error, threads = threads.len(), "no further thread can be started");
                    break;
                }
            }
        }
        threads
    }

    fn spawn(self: &Arc<Self>, number: usize) -> io::Result<JoinHandle<()>> {
        let shared = Arc::clone(self);
        let builder = thread::Builder::new()
            .name(format!("exhook-lane-{number}"))
            .stack_size(STACK_BYTES);
        builder.spawn(move || shared.work())
    }
}

impl Lanes {
    /// Starts the first thread; `most` is at least 1.
    pub(crate) fn start(shared: Arc<Shared>, most: usize) -> io::Result<Self> {
        let first = shared.spawn(0)?;
        let supervised = Arc::clone(&shared);
        let builder = thread::Builder::new().name("exhook-lanes".to_owned());
        match builder.spawn(move || supervised.supervise(first, most)) {
            Ok(supervisor) => Ok(Self { shared, supervisor }),
            Err(error) => {
                shared.queue.close();
                Err(error)
            }
        }
    }

    /// Ends the threads. A callback that does not return is left to itself: its thread keeps what it
    /// uses.
    pub(crate) fn stop(self) {
        self.shared.queue.close();
        // They refer to the queue that holds them.
        drop(self.shared.queue.inbox().drain(usize::MAX));
        let threads = self.supervisor.join().unwrap_or_default();
        let end = Instant::now() + LAST_CALLBACKS;
        while Instant::now() < end && !threads.iter().all(JoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(1));
        }
        let (ended, stuck): (Vec<_>, Vec<_>) =
            threads.into_iter().partition(JoinHandle::is_finished);
        for thread in ended {
            if thread.join().is_err() {
                warn!("a lane had panicked; this is a defect of exhook, please report it");
            }
        }
        if !stuck.is_empty() {
            warn!(
                callbacks = stuck.len(),
                "callbacks have not returned although the server has stopped; they are left alone, \
                 and what belongs to them is not freed before they return"
            );
        }
    }
}
