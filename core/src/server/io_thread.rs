//! [`IoThread`]: one thread with a runtime of its own, which serves its share of connections.

use std::{
    cell::Cell,
    future::poll_fn,
    io,
    rc::Rc,
    sync::Arc,
    thread::{self, JoinHandle},
};

use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc::UnboundedReceiver,
    task::{LocalSet, spawn_local},
};
use tracing::warn;

use super::{
    Phase, connection,
    context::ConnectionContext,
    heartbeat::Heartbeats,
    listen::{Acceptor, Admitted},
};
use crate::{dispatch::WakeQueue, error::Error};

thread_local! {
    static IS_IO_THREAD: Cell<bool> = const { Cell::new(false) };
}

/// Whether the caller runs on an I/O thread of a server.
pub(crate) fn is_current() -> bool {
    IS_IO_THREAD.get()
}

/// What an I/O thread starts with.
pub(crate) struct IoThread {
    pub(crate) number: usize,
    pub(crate) context: Arc<ConnectionContext>,
    pub(crate) incoming: UnboundedReceiver<Admitted>,
    /// The first thread accepts for all.
    pub(crate) acceptor: Option<Acceptor>,
    /// Where it shows that it turns, if somebody can ask.
    pub(crate) heartbeats: Option<Arc<Heartbeats>>,
}

impl IoThread {
    pub(crate) fn start(self) -> Result<JoinHandle<()>, Error> {
        let runtime = build_runtime()?;
        thread::Builder::new()
            .name(format!("exhook-io-{}", self.number))
            .spawn(move || {
                IS_IO_THREAD.set(true);
                LocalSet::new().block_on(&runtime, self.run());
            })
            .map_err(|error| Error::io("cannot start an I/O thread", error))
    }

    async fn run(mut self) {
        let wakes = Arc::new(WakeQueue::default());
        let waking = {
            let wakes = Arc::clone(&wakes);
            spawn_local(poll_fn(move |context| wakes.poll_wake(context)))
        };
        if let Some(acceptor) = self.acceptor.take() {
            spawn_local(acceptor.run());
        }
        if let Some(heartbeats) = self.heartbeats.take() {
            let number = self.number;
            spawn_local(async move { heartbeats.beat(number).await });
        }
        let mut phases = self.context.phases();
        let open = Rc::new(Cell::new(0_usize));
        let serving = async {
            // Ends with the acceptor, so that no connection is left behind that it has accepted.
            while let Some(admitted) = self.incoming.recv().await {
                self.serve(admitted, &wakes, &open);
            }
            none_open(&open, &self.context).await;
        };
        tokio::select! {
            () = serving => {}
            _ = phases.wait_for(|phase| *phase >= Phase::Ended) => {}
        }
        waking.abort();
    }

    fn serve(&self, (accepted, permit): Admitted, wakes: &Arc<WakeQueue>, open: &Rc<Cell<usize>>) {
        let context = Arc::clone(&self.context);
        let wakes = Arc::clone(wakes);
        let open = Rc::clone(open);
        open.set(open.get() + 1);
        spawn_local(async move {
            if let Err(error) = connection::serve(accepted, context, wakes).await {
                warn!(%error, "a connection could not be served");
            }
            drop(permit);
            open.set(open.get() - 1);
        });
    }
}

/// A runtime for one thread. Whoever builds it asks for a handle of its thread, which stays allocated
/// where the thread is not Rust's, such as that of a C program: so a thread of our own does it.
pub(super) fn build_runtime() -> Result<Runtime, Error> {
    let failed = |error| Error::io("cannot start the I/O runtime", error);
    let builder = thread::Builder::new().name("exhook-start".to_owned());
    let built = builder.spawn(|| {
        Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
    });
    let built = built.map_err(failed)?.join();
    built
        .unwrap_or_else(|_| Err(io::Error::other("building it panicked")))
        .map_err(failed)
}

/// Completes when the last connection has ended and the server takes no new ones.
async fn none_open(open: &Cell<usize>, context: &ConnectionContext) {
    let mut phases = context.phases();
    let _ = phases.wait_for(|phase| *phase >= Phase::Draining).await;
    while open.get() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
