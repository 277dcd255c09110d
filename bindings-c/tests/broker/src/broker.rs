//! [`Broker`]: a broker node with a thread of its own.

use std::{
    io,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use exhook::{
    Hook, Package,
    testing::{BrokerPool, CallOutcome, Endpoint},
};
use tokio::{
    runtime,
    sync::{mpsc as async_mpsc, watch},
};

/// A broker node: one package, several connections, as many calls at once as one likes.
pub struct Broker {
    pub(crate) package: Package,
    work: Option<async_mpsc::UnboundedSender<Work>>,
    broken: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What a call sends.
pub(crate) struct Work {
    pub(crate) clientid: String,
    pub(crate) target: Target,
    pub(crate) body: Vec<u8>,
    pub(crate) timeout: Duration,
    pub(crate) done: mpsc::Sender<CallOutcome>,
}

/// Which method is called.
pub(crate) enum Target {
    Hook(Hook),
    /// Any path, such as that of a method that no server has.
    Path(String),
}

impl Broker {
    /// Connects to `address`.
    pub(crate) fn connect(address: &str, package: Package, size: usize) -> io::Result<Self> {
        let endpoint: Endpoint = address.parse().map_err(io::Error::other)?;
        // Tasks of one thread begin in the order in which they are spawned, and so do calls.
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (work, jobs) = async_mpsc::unbounded_channel();
        let (broken, breaks) = watch::channel(false);
        let (opened, opening) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("test-broker".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    match BrokerPool::open(&endpoint, size).await {
                        Ok(pool) => {
                            let _ = opened.send(Ok(()));
                            serve(pool, package, jobs, breaks).await;
                        }
                        Err(error) => {
                            let _ = opened.send(Err(error));
                        }
                    }
                });
            })?;
        let broker = Self {
            package,
            work: Some(work),
            broken,
            thread: Some(thread),
        };
        opening.recv().map_err(io::Error::other)??;
        Ok(broker)
    }

    /// Begins a call. Calls of one client are made one after another, in order.
    pub(crate) fn begin(&self, work: Work) {
        if let Some(jobs) = &self.work {
            // After a break nobody takes it, which its caller sees by the channel's end.
            let _ = jobs.send(work);
        }
    }

    /// Closes the connections, whatever is under way on them.
    pub(crate) fn disconnect(&self) {
        self.broken.send_replace(true);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed.
            let _ = thread.join();
        }
    }
}

async fn serve(
    pool: BrokerPool,
    package: Package,
    mut jobs: async_mpsc::UnboundedReceiver<Work>,
    mut broken: watch::Receiver<bool>,
) {
    let pool = Arc::new(pool);
    loop {
        let work = tokio::select! {
            work = jobs.recv() => work,
            _ = broken.wait_for(|broken| *broken) => None,
        };
        let Some(work) = work else {
            return;
        };
        let pool = Arc::clone(&pool);
        let mut broken = broken.clone();
        tokio::spawn(async move {
            tokio::select! {
                outcome = call(&pool, package, &work) => {
                    // Nobody may be interested in it any more.
                    let _ = work.done.send(outcome);
                }
                _ = broken.wait_for(|broken| *broken) => {}
            }
        });
    }
}

async fn call(pool: &BrokerPool, package: Package, work: &Work) -> CallOutcome {
    let clientid = &work.clientid;
    match &work.target {
        Target::Hook(hook) => {
            pool.call(clientid, package, *hook, &work.body, work.timeout)
                .await
        }
        Target::Path(path) => {
            pool.connection_of(clientid)
                .call_path(path, "any", &work.body, work.timeout)
                .await
        }
    }
}
