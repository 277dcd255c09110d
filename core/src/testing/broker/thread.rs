//! [`BrokerThread`]: where brokers live whose callers know no tokio.

use std::{fmt, io, thread, time::Duration};

use tokio::runtime::{Builder, Runtime};

use crate::{
    error::Error,
    sync::{Mutex, lock},
};

/// A thread `exhook-broker`, on which brokers and their clients work. Any thread may give it work,
/// which is done side by side.
///
/// Dropping it ends the thread without waiting. In a forked child, which has no such thread, it
/// must neither be used nor dropped.
pub struct BrokerThread {
    /// `None` once it was ended.
    runtime: Mutex<Option<Runtime>>,
}

impl BrokerThread {
    /// Starts the thread. `prepare` runs first on it, and on every thread that it starts.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Io`](crate::ErrorCode::Io) where the system refuses a thread.
    pub fn start(prepare: impl Fn() + Send + Sync + 'static) -> Result<Self, Error> {
        let refused = |error| Error::io("the system refuses a thread for the broker", error);
        // On a thread of its own, because the runtime asks for a handle of its builder, which is
        // never freed where that is the main thread of a program in another language.
        let building = thread::Builder::new().spawn(move || {
            Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("exhook-broker")
                .on_thread_start(prepare)
                .enable_all()
                .build()
        });
        let built = building.map_err(refused)?.join();
        let runtime = built
            .unwrap_or_else(|_| Err(io::Error::other("it panicked")))
            .map_err(refused)?;
        Ok(Self {
            runtime: Mutex::new(Some(runtime)),
        })
    }

    /// Begins some work, and drops it where the thread was ended.
    pub fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &*lock(&self.runtime) {
            runtime.spawn(work);
        }
    }

    /// Ends the thread and whatever it does. Waits until it has ended, `patience` at most: the
    /// look-up of a name cannot be interrupted.
    pub fn end(&self, patience: Duration) {
        let runtime = lock(&self.runtime).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_timeout(patience);
        }
    }
}

impl Drop for BrokerThread {
    fn drop(&mut self) {
        // This may be the thread itself, or one that may not wait.
        if let Some(runtime) = lock(&self.runtime).take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for BrokerThread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BrokerThread")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn work_of_several_threads_is_done_where_it_was_prepared_and_panics_end_nothing() {
        let (sender, prepared) = mpsc::channel();
        let broker = BrokerThread::start(move || sender.send(()).expect("the test listens"))
            .expect("the system has a thread");
        prepared.recv_timeout(LONG).expect("it is prepared");
        broker.begin(async { panic!("on purpose") });
        let (sender, done) = mpsc::channel();
        thread::scope(|scope| {
            for number in 0..4 {
                let (broker, sender) = (&broker, sender.clone());
                scope.spawn(move || {
                    broker.begin(async move { sender.send(number).expect("the test listens") });
                });
            }
        });
        let mut numbers: Vec<_> = (0..4)
            .filter_map(|_| done.recv_timeout(LONG).ok())
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3]);
    }

    #[test]
    fn work_is_dropped_when_the_thread_ends_and_what_comes_later_too() {
        let broker = BrokerThread::start(|| {}).expect("the system has a thread");
        let (sender, ended) = mpsc::channel::<()>();
        let later = sender.clone();
        broker.begin(async move {
            std::future::pending::<()>().await;
            drop(sender);
        });
        broker.end(LONG);
        broker.begin(async move { drop(later) });
        assert_eq!(
            ended.recv_timeout(LONG),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
    }
}
