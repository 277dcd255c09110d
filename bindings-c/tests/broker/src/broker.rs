//! [`Broker`]: a broker node with a thread of its own.

use std::{
    io,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use exhook::{
    Hook, Package,
    testing::{BrokerPool, CallOutcome, Endpoint},
};
use tokio::{
    runtime,
    sync::{mpsc, watch},
};

use crate::{
    handoff::{Giver, handoff},
    signals::block_signals,
};

/// A broker node: one package, several connections, as many calls at once as one likes.
pub struct Broker {
    pub(crate) package: Package,
    work: Option<mpsc::UnboundedSender<Work>>,
    cut: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What a call sends.
pub(crate) struct Work {
    pub(crate) clientid: String,
    pub(crate) target: Target,
    pub(crate) body: Vec<u8>,
    pub(crate) timeout: Duration,
    pub(crate) done: Giver<CallOutcome>,
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
        let (work, jobs) = mpsc::unbounded_channel();
        let (cut, cuts) = watch::channel(false);
        let (opened, opening) = handoff();
        let thread = thread::Builder::new()
            .name("test-broker".to_owned())
            .spawn(move || {
                block_signals();
                // Here, because the runtime takes a handle of its thread, which is never freed of
                // a thread of the program's. Tasks of one thread begin in the order in which they
                // are spawned, and so do calls.
                let runtime = runtime::Builder::new_current_thread().enable_all().build();
                let opened_pool = runtime.and_then(|runtime| {
                    let pool = runtime.block_on(BrokerPool::open(&endpoint, size))?;
                    Ok((runtime, pool))
                });
                match opened_pool {
                    Ok((runtime, pool)) => {
                        opened.give(Ok(()));
                        runtime.block_on(serve(pool, package, jobs, cuts));
                    }
                    Err(error) => {
                        opened.give(Err(error));
                    }
                }
            })?;
        let broker = Self {
            package,
            work: Some(work),
            cut,
            thread: Some(thread),
        };
        opening
            .take()
            .unwrap_or_else(|| Err(io::Error::other("its thread panicked")))?;
        Ok(broker)
    }

    /// Begins a call. Calls of one client are made one after another, in order.
    pub(crate) fn begin(&self, work: Work) {
        if let Some(jobs) = &self.work {
            // After a cut nobody takes it, which its caller sees by the channel's end.
            let _ = jobs.send(work);
        }
    }

    /// Closes the connections, whatever is under way on them.
    pub(crate) fn disconnect(&self) {
        self.cut.send_replace(true);
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
    mut jobs: mpsc::UnboundedReceiver<Work>,
    mut cuts: watch::Receiver<bool>,
) {
    let pool = Arc::new(pool);
    loop {
        let work = tokio::select! {
            work = jobs.recv() => work,
            _ = cuts.wait_for(|is_cut| *is_cut) => None,
        };
        let Some(work) = work else {
            return;
        };
        let pool = Arc::clone(&pool);
        let mut cuts = cuts.clone();
        tokio::spawn(async move {
            tokio::select! {
                outcome = call(&pool, package, &work) => work.done.give(outcome),
                _ = cuts.wait_for(|is_cut| *is_cut) => {}
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
