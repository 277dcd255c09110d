//! A server under test and the broker that calls it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use exhook::{
    App, BoundAddress, BrokerVersion, Config, Hook, MetricsSnapshot, Package, Server, proto,
    testing::{BrokerKind, CallOutcome, Connection, Understood},
};
use prost::Message as _;
use tokio::sync::Semaphore;

/// How long the broker waits in most tests; only a failing test waits so long.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// A running server and one connection to it.
pub(crate) struct Provider {
    pub(crate) server: Server,
    pub(crate) connection: Connection,
}

impl Provider {
    /// Serves the hooks that `register` adds.
    pub(crate) async fn start(config: Config, register: impl FnOnce(&mut App)) -> Self {
        let mut app = App::with_config(config);
        register(&mut app);
        let server = app.start("127.0.0.1:0").expect("a free port");
        let connection = connect(&server).await;
        Self { server, connection }
    }

    /// The address of the server.
    pub(crate) fn address(&self) -> SocketAddr {
        match self.server.address() {
            BoundAddress::Tcp(address) => *address,
            BoundAddress::Unix(path) => panic!("{} is no TCP address", path.display()),
        }
    }

    /// Calls `hook` and returns what is seen on the wire.
    pub(crate) async fn call(
        &self,
        package: Package,
        hook: Hook,
        request: &impl prost::Message,
    ) -> CallOutcome {
        let request = request.encode_to_vec();
        self.connection.call(package, hook, &request, TIMEOUT).await
    }

    /// Calls `hook` and returns what a current broker of `package` makes of the answer.
    pub(crate) async fn ask(
        &self,
        package: Package,
        hook: Hook,
        request: &impl prost::Message,
    ) -> Understood {
        let outcome = self.call(package, hook, request).await;
        understand(package, None, hook, &outcome)
    }

    /// What the server has counted.
    pub(crate) fn metrics(&self) -> MetricsSnapshot {
        self.server.metrics()
    }

    /// The named failures of a hook in a package.
    pub(crate) fn failures(&self, package: Package, hook: Hook, failure: &str) -> u64 {
        self.metrics()
            .hooks
            .iter()
            .filter(|metrics| metrics.hook == hook && metrics.package == package)
            .flat_map(|metrics| &metrics.failures)
            .filter(|(name, _)| *name == failure)
            .map(|(_, count)| count)
            .sum()
    }
}

/// A connection as the broker opens it.
pub(crate) async fn connect(server: &Server) -> Connection {
    let endpoint = server.address().to_string().parse().expect("an endpoint");
    Connection::open(&endpoint).await.expect("a listener")
}

/// What a broker of this package and version makes of an answer.
pub(crate) fn understand(
    package: Package,
    version: Option<&str>,
    hook: Hook,
    outcome: &CallOutcome,
) -> Understood {
    let version = version.and_then(BrokerVersion::parse);
    BrokerKind { package, version }.understand(hook, outcome)
}

/// Lets `app` allow clients as the gate has permits for them; a call waits for its own.
pub(crate) fn authenticate_at(app: &mut App, gate: &Arc<Semaphore>) {
    let gate = Arc::clone(gate);
    app.on_client_authenticate_async(move |_| {
        let gate = Arc::clone(&gate);
        async move { gate.acquire().await.is_ok() }
    });
}

/// Waits until `condition` holds; panics when it takes unreasonably long.
pub(crate) async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < TIMEOUT, "not in {TIMEOUT:?}: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A client with this id.
pub(crate) fn clientinfo(clientid: &str) -> proto::ClientInfo {
    proto::ClientInfo {
        clientid: clientid.to_owned(),
        username: "alice".to_owned(),
        password: "correct horse battery staple".to_owned(),
        ..proto::ClientInfo::default()
    }
}

/// A request to authenticate a client.
pub(crate) fn authenticate(clientid: &str) -> proto::ClientAuthenticateRequest {
    proto::ClientAuthenticateRequest {
        clientinfo: Some(clientinfo(clientid)),
        ..proto::ClientAuthenticateRequest::default()
    }
}

/// A client that is connected.
pub(crate) fn connected(clientid: &str) -> proto::ClientConnectedRequest {
    proto::ClientConnectedRequest {
        clientinfo: Some(clientinfo(clientid)),
        meta: None,
    }
}

/// A message that is published.
pub(crate) fn publish(
    topic: &str,
    payload: impl Into<bytes::Bytes>,
) -> proto::MessagePublishRequest {
    proto::MessagePublishRequest {
        message: Some(proto::Message {
            id: "0006".to_owned(),
            node: "emqx@127.0.0.1".to_owned(),
            from: "publisher".to_owned(),
            topic: topic.to_owned(),
            payload: payload.into(),
            qos: 1,
            timestamp: 1_781_958_313_414,
            headers: [("username".to_owned(), "alice".to_owned())].into(),
        }),
        ..proto::MessagePublishRequest::default()
    }
}

/// A broker of `version` that loads the provider.
pub(crate) fn load(version: &str) -> proto::ProviderLoadedRequest {
    proto::ProviderLoadedRequest {
        broker: Some(proto::BrokerInfo {
            version: version.to_owned(),
            ..proto::BrokerInfo::default()
        }),
        meta: None,
    }
}

/// The hooks in an answer to `OnProviderLoaded`.
pub(crate) fn hooks(outcome: &CallOutcome) -> Vec<(String, Vec<String>)> {
    let message = outcome.message.clone().expect("a message");
    proto::LoadedResponse::decode(message)
        .expect("a LoadedResponse")
        .hooks
        .into_iter()
        .map(|hook| (hook.name, hook.topics))
        .collect()
}

/// What happened, in order, noted by handlers on any thread.
#[derive(Default)]
pub(crate) struct Notes(Mutex<Vec<String>>);

impl Notes {
    /// Adds a note.
    pub(crate) fn push(&self, note: impl Into<String>) {
        self.0.lock().expect("no panic").push(note.into());
    }

    /// All notes.
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().expect("no panic").clone()
    }

    /// How many notes there are.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().expect("no panic").len()
    }
}
