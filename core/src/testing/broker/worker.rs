//! [`Worker`]: one connection of a broker's pool, kept up as its release keeps it up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::{Mutex, oneshot};

use super::{
    effect::Received,
    release::{Recovery, Release},
};
use crate::{
    hook::Hook,
    testing::{CallOutcome, Connection, ConnectionHabits, Endpoint, Stage},
};

/// How long a broker of before 5.8.9 leaves a connection alone that it has lost.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// One request on its way through a worker.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) hook: Hook,
    pub(super) request: Bytes,
    pub(super) timeout: Duration,
}

/// A worker of the pool. Dropping it closes its connection.
#[derive(Debug)]
pub(super) struct Worker {
    endpoint: Endpoint,
    release: Release,
    habits: ConnectionHabits,
    retry_interval: Duration,
    link: Mutex<Link>,
}

#[derive(Debug, Default)]
struct Link {
    connection: Option<Arc<Connection>>,
    /// Calls that wait for the next attempt to connect; `None` where none is due.
    queue: Option<Vec<Queued>>,
}

#[derive(Debug)]
struct Queued {
    outgoing: Outgoing,
    outcome: oneshot::Sender<CallOutcome>,
}

impl Worker {
    pub(super) fn new(endpoint: &Endpoint, release: Release, pace: f64) -> Arc<Self> {
        Arc::new(Self {
            endpoint: endpoint.clone(),
            release,
            habits: release.connection_habits(pace),
            retry_interval: RETRY_INTERVAL.div_f64(pace),
            link: Mutex::default(),
        })
    }

    /// Connects, as at the load of a provider.
    pub(super) async fn connect(self: &Arc<Self>) -> Result<(), String> {
        let connection = self.open().await?;
        self.watch(&connection);
        self.link.lock().await.connection = Some(connection);
        Ok(())
    }

    /// Closes the connection, as a network does that fails.
    pub(super) async fn cut(self: &Arc<Self>) {
        let mut link = self.link.lock().await;
        if link.connection.take().is_some() && self.queues() {
            self.pause(&mut link);
        }
    }

    /// Whether its connection stands, as a health check sees it.
    pub(super) async fn is_up(&self) -> bool {
        let link = self.link.lock().await;
        link.connection
            .as_ref()
            .is_some_and(|connection| connection.stage() == Stage::Open)
    }

    fn queues(&self) -> bool {
        self.release.recovery() == Recovery::Queue
    }

    /// Makes a call, and waits for as long as the broker waits.
    pub(super) async fn call(self: &Arc<Self>, outgoing: Outgoing) -> Received {
        let began = Instant::now();
        let timeout = outgoing.timeout;
        let received = match self.exchange(outgoing).await {
            Ok(outcome) => Received::of(self.release, &outcome),
            Err(reason) => Received::Fails(reason),
        };
        match &received {
            Received::Hangs(_) => tokio::time::sleep_until((began + timeout).into()).await,
            // A new worker takes its place, and connects when it is needed.
            Received::Crashes(_) => self.link.lock().await.connection = None,
            Received::Message(_) | Received::Fails(_) => {}
        }
        received
    }

    async fn exchange(self: &Arc<Self>, outgoing: Outgoing) -> Result<CallOutcome, String> {
        let mut link = self.link.lock().await;
        if let Some(queue) = &mut link.queue {
            let answer = enqueue(queue, outgoing);
            drop(link);
            return Ok(answer.await);
        }
        let stage = link
            .connection
            .as_ref()
            .map(|connection| connection.stage());
        let connection = match (stage, &link.connection) {
            (Some(Stage::Open), Some(connection)) => Ok(Arc::clone(connection)),
            (Some(Stage::Leaving), _) => Err("the server has said good-bye".to_owned()),
            // It comes back only after its pause, which began when it was lost.
            (Some(Stage::Closed), _) if self.queues() => Err("the connection was lost".to_owned()),
            _ => self
                .open()
                .await
                .inspect(|connection| self.watch(connection)),
        };
        match connection {
            Ok(connection) => {
                link.connection = Some(Arc::clone(&connection));
                drop(link);
                Ok(self.send(&connection, outgoing).await)
            }
            Err(reason) if self.queues() => {
                link.connection = None;
                let answer = enqueue(self.pause(&mut link), outgoing);
                drop(link);
                match answer.await {
                    outcome if outcome.timed_out => Err(format!("no answer in time: {reason}")),
                    outcome => Ok(outcome),
                }
            }
            Err(reason) => Err(reason),
        }
    }

    async fn send(&self, connection: &Connection, outgoing: Outgoing) -> CallOutcome {
        let Outgoing {
            hook,
            request,
            timeout,
        } = outgoing;
        connection
            .call(self.release.package(), hook, &request, timeout)
            .await
    }

    async fn open(&self) -> Result<Arc<Connection>, String> {
        let opening = Connection::open_with(&self.endpoint, &self.habits);
        match tokio::time::timeout(CONNECT_TIMEOUT, opening).await {
            Ok(Ok(connection)) => Ok(Arc::new(connection)),
            Ok(Err(error)) => Err(format!("cannot connect to {}: {error}", self.endpoint)),
            Err(_) => Err(format!("{} does not accept the connection", self.endpoint)),
        }
    }
}

fn enqueue(
    queue: &mut Vec<Queued>,
    outgoing: Outgoing,
) -> impl Future<Output = CallOutcome> + use<> {
    let timeout = outgoing.timeout;
    let (outcome, answer) = oneshot::channel();
    queue.push(Queued { outgoing, outcome });
    async move {
        match tokio::time::timeout(timeout, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => CallOutcome {
                timed_out: true,
                ..CallOutcome::default()
            },
        }
    }
}

impl Worker {
    /// Begins the pause as soon as the connection is lost, whether or not anybody calls.
    fn watch(self: &Arc<Self>, connection: &Arc<Connection>) {
        if !self.queues() {
            return;
        }
        let worker = Arc::downgrade(self);
        let watched = Arc::downgrade(connection);
        let closed = connection.closed();
        tokio::spawn(async move {
            closed.await;
            let Some(worker) = worker.upgrade() else {
                return;
            };
            let mut link = worker.link.lock().await;
            let current = link.connection.as_ref().map(Arc::as_ptr);
            if current == Some(watched.as_ptr()) {
                link.connection = None;
                worker.pause(&mut link);
            }
        });
    }

    /// Keeps calls back until the next attempt to connect, which then sends all of them, expired
    /// or not.
    fn pause<'link>(self: &Arc<Self>, link: &'link mut Link) -> &'link mut Vec<Queued> {
        if link.queue.is_none() {
            let worker = Arc::downgrade(self);
            let pause = self.retry_interval;
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(pause).await;
                    let Some(worker) = worker.upgrade() else {
                        return;
                    };
                    if worker.resume().await {
                        return;
                    }
                }
            });
        }
        link.queue.get_or_insert_default()
    }

    /// Connects and sends what is queued; tells whether that was possible.
    async fn resume(self: &Arc<Self>) -> bool {
        let Ok(connection) = self.open().await else {
            return false;
        };
        self.watch(&connection);
        let mut link = self.link.lock().await;
        let queue = link.queue.take().unwrap_or_default();
        link.connection = Some(Arc::clone(&connection));
        drop(link);
        for Queued { outgoing, outcome } in queue {
            let (worker, connection) = (Arc::clone(self), Arc::clone(&connection));
            tokio::spawn(async move {
                // Whoever has given up does not hear of it.
                let _ = outcome.send(worker.send(&connection, outgoing).await);
            });
        }
        true
    }
}
