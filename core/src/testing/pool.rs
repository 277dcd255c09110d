//! [`BrokerPool`]: the connections of one broker node, and which call goes over which.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::OwnedMutexGuard;

use super::{CallOutcome, Connection, Endpoint};
use crate::{
    hook::Hook,
    package::Package,
    sync::{Mutex, lock},
};

/// Several connections to one hook server. All calls of an MQTT client use the same one, one at a
/// time and in the order in which they were made.
#[derive(Debug)]
pub struct BrokerPool {
    connections: Vec<Connection>,
    next: AtomicUsize,
    turns: Turns,
}

impl BrokerPool {
    /// Opens `size` connections, at least one. EMQX has 8 a node.
    ///
    /// # Errors
    ///
    /// As [`Connection::open`].
    pub async fn open(endpoint: &Endpoint, size: usize) -> io::Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..size.max(1) {
            connections.push(Connection::open(endpoint).await?);
        }
        Ok(Self {
            connections,
            next: AtomicUsize::new(0),
            turns: Turns::default(),
        })
    }

    /// Calls `hook` for the client, once its calls before this one have ended. An empty
    /// `clientid` is nobody's: such calls wait for none and use the connections in turn.
    pub async fn call(
        &self,
        clientid: &str,
        package: Package,
        hook: Hook,
        request: &[u8],
        timeout: Duration,
    ) -> CallOutcome {
        if clientid.is_empty() {
            let number = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
            let connection = &self.connections[number];
            return connection.call(package, hook, request, timeout).await;
        }
        let _turn = self.turns.wait(clientid).await;
        self.connection_of(clientid)
            .call(package, hook, request, timeout)
            .await
    }

    /// The connection that the client's calls use.
    pub fn connection_of(&self, clientid: &str) -> &Connection {
        &self.connections[Self::place_of(clientid, self.connections.len())]
    }

    /// Which of `size` connections the client's calls use, counted from 0; `size` is at least one.
    pub fn place_of(clientid: &str, size: usize) -> usize {
        let mut hasher = DefaultHasher::new();
        clientid.hash(&mut hasher);
        usize::try_from(hasher.finish() % size as u64).unwrap_or_default()
    }
}

type Queue = Arc<tokio::sync::Mutex<()>>;

/// Whose turn it is, for each client with a call under way.
#[derive(Debug, Default)]
struct Turns {
    clients: Mutex<HashMap<String, Queue>>,
}

/// Held while a call of the client is under way.
struct Turn<'turns> {
    turns: &'turns Turns,
    clientid: &'turns str,
    held: OwnedMutexGuard<()>,
}

impl Turns {
    async fn wait<'turns>(&'turns self, clientid: &'turns str) -> Turn<'turns> {
        let queue = Arc::clone(lock(&self.clients).entry(clientid.to_owned()).or_default());
        Turn {
            turns: self,
            clientid,
            held: queue.lock_owned().await,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut clients = lock(&self.turns.clients);
        // The map and this turn hold it; anybody else waits.
        if Arc::strong_count(OwnedMutexGuard::mutex(&self.held)) == 2 {
            clients.remove(self.clientid);
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::{Call, Config, HandlerOptions, Registry, Request, Server, Verdict, proto};

    const TIMEOUT: Duration = Duration::from_secs(60);

    fn request(topic: &str) -> Vec<u8> {
        proto::ClientAuthorizeRequest {
            topic: topic.to_owned(),
            ..proto::ClientAuthorizeRequest::default()
        }
        .encode_to_vec()
    }

    // One thread, where tasks begin in the order in which they are spawned.
    #[tokio::test]
    async fn calls_of_one_client_run_one_after_another_in_order() {
        let topics = Arc::new(Mutex::new(Vec::new()));
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let target = {
            let (topics, running, most) = (topics.clone(), running.clone(), most.clone());
            move |call: Call| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                if let Request::ClientAuthorize(request) = call.request().as_ref() {
                    lock(&topics).push(request.topic.clone());
                }
                // Answered elsewhere, so that calls side by side would be seen here.
                let running = running.clone();
                std::thread::spawn(move || {
                    running.fetch_sub(1, Ordering::SeqCst);
                    call.reply(Verdict::Allow).expect("in time");
                });
            }
        };
        let mut registry = Registry::new();
        registry
            .register(
                Hook::ClientAuthorize,
                HandlerOptions::default(),
                Arc::new(target),
            )
            .expect("valid options");
        let server = Server::start(&Config::default(), registry, "127.0.0.1:0").expect("a port");
        let endpoint = server.address().to_string().parse().expect("an endpoint");
        let pool = Arc::new(BrokerPool::open(&endpoint, 3).await.expect("a listener"));
        let calls: Vec<_> = (0..50)
            .map(|number| {
                let pool = Arc::clone(&pool);
                tokio::spawn(async move {
                    let request = request(&number.to_string());
                    let hook = Hook::ClientAuthorize;
                    pool.call("one", Package::V3, hook, &request, TIMEOUT).await
                })
            })
            .collect();
        for call in calls {
            let outcome = call.await.expect("the call does not panic");
            assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
        }
        let expected: Vec<_> = (0..50).map(|number| number.to_string()).collect();
        assert_eq!(*lock(&topics), expected);
        assert_eq!(most.load(Ordering::SeqCst), 1, "never two at once");
        assert!(
            lock(&pool.turns.clients).is_empty(),
            "nothing is kept of idle clients"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn clients_spread_over_the_connections_and_stay_on_theirs() {
        let server =
            Server::start(&Config::default(), Registry::new(), "127.0.0.1:0").expect("a free port");
        let endpoint = server.address().to_string().parse().expect("an endpoint");
        let pool = BrokerPool::open(&endpoint, 4).await.expect("a listener");
        let mut used = [0; 4];
        for number in 0..200 {
            let clientid = format!("client-{number}");
            let connection = pool.connection_of(&clientid);
            assert!(std::ptr::eq(connection, pool.connection_of(&clientid)));
            let place = pool
                .connections
                .iter()
                .position(|other| std::ptr::eq(other, connection))
                .expect("one of the pool");
            used[place] += 1;
        }
        assert!(used.iter().all(|count| *count > 20), "{used:?}");
        let outcome = pool
            .call("", Package::V2, Hook::ProviderLoaded, &[], TIMEOUT)
            .await;
        assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
    }
}
