//! [`Runtime`]: the thread on which a broker lives.

use std::time::Duration;

use exhook_core::{Error, testing::BrokerThread};

use crate::{handoff::handoff, signals::block_signals};

/// How long its end is waited for: the look-up of a name cannot be interrupted.
const LONGEST_END: Duration = Duration::from_secs(1);

/// A thread for a broker. It ends when this is dropped.
pub(crate) struct Runtime {
    thread: BrokerThread,
}

impl Runtime {
    /// Starts the thread.
    pub(crate) fn start() -> Result<Self, Error> {
        let thread = BrokerThread::start(block_signals)?;
        Ok(Self { thread })
    }

    /// Does something on the thread, and waits for its end; `None` where it panics, or the thread
    /// ends before.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (giver, taker) = handoff();
        self.thread.begin(async move { giver.give(work.await) });
        taker.take()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.thread.end(LONGEST_END);
    }
}
