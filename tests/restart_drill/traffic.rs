//! [`Traffic`]: a simulated broker whose clients connect, publish and leave, steadily.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use exhook::testing::{
    Broker, BrokerSettings, CallResult, ClientSettings, HookCall, ProviderSettings, Publication,
};
use tokio::task::JoinSet;

const PUBLISHERS: usize = 8;
const VISITORS: usize = 4;
const THINK_TIME: Duration = Duration::from_millis(25);
/// What is slower was held up by the restart.
const SLOW: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(120);

/// What became of the calls of one broker.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) failed: BTreeMap<String, u64>,
    pub(crate) slow: u64,
    pub(crate) slowest: Duration,
    /// When the last call ended that failed or was slow.
    pub(crate) last_trouble: Option<Instant>,
}

impl Tally {
    fn add(&mut self, call: &HookCall) {
        self.calls += 1;
        let failed = match &call.result {
            CallResult::Failed { reason } => {
                // Without the address, which is another one each time.
                let reason = reason.split(" 127.0.0.1").next().unwrap_or(reason);
                *self.failed.entry(reason.to_owned()).or_default() += 1;
                true
            }
            _ => false,
        };
        let slow = call.elapsed >= SLOW;
        self.slow += u64::from(slow);
        self.slowest = self.slowest.max(call.elapsed);
        if failed || slow {
            self.last_trouble = Some(Instant::now());
        }
    }
}

/// A broker with clients.
pub(crate) struct Traffic {
    pub(crate) version: &'static str,
    broker: Broker,
    tally: Arc<Mutex<Tally>>,
    ends: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

impl Traffic {
    /// A broker of `version`, with EMQX's defaults, which finds its hook program at `port`.
    pub(crate) async fn start(version: &'static str, port: u16) -> Self {
        let url = format!("127.0.0.1:{port}").parse().expect("an address");
        let settings = BrokerSettings {
            version: version.parse().expect("a version"),
            providers: vec![ProviderSettings::new(url)],
            authorization_cache: false,
            keep_calls: false,
            ..BrokerSettings::default()
        };
        let tally: Arc<Mutex<Tally>> = Arc::default();
        let observer = {
            let tally = Arc::clone(&tally);
            move |call: &HookCall| tally.lock().expect("no panic").add(call)
        };
        let broker = Broker::start_observed(settings, observer)
            .await
            .expect("valid settings");
        assert!(broker.wait_until_loaded(PATIENCE).await, "{version}");
        let ends = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for number in 0..PUBLISHERS {
            clients.spawn(publish(broker.clone(), number, Arc::clone(&ends)));
        }
        for number in 0..VISITORS {
            clients.spawn(visit(broker.clone(), number, Arc::clone(&ends)));
        }
        Self {
            version,
            broker,
            tally,
            ends,
            clients,
        }
    }

    /// What has been counted since this was asked last.
    pub(crate) fn take(&self) -> Tally {
        std::mem::take(&mut *self.tally.lock().expect("no panic"))
    }

    /// Stops the clients, and tells whether another one is let in by the hook program after all.
    pub(crate) async fn end(mut self) -> bool {
        self.ends.store(true, Ordering::Relaxed);
        while self.clients.join_next().await.is_some() {}
        let begun = Instant::now();
        loop {
            self.take();
            let last = self.broker.client(settings("the last one"));
            let accepted = last.connect().await.accepted;
            if accepted && self.take().failed.is_empty() {
                return true;
            }
            if begun.elapsed() >= PATIENCE {
                return false;
            }
        }
    }
}

/// A client that the examples let in.
fn settings(clientid: impl Into<String>) -> ClientSettings {
    ClientSettings::new(clientid)
        .with_username("alice")
        .with_password("secret")
}

async fn publish(broker: Broker, number: usize, ends: Arc<AtomicBool>) {
    let client = broker.client(settings(format!("publisher-{number}")));
    let publication = Publication::new("sensors/1", vec![b'x'; 300]).with_qos(1);
    while !ends.load(Ordering::Relaxed) {
        if client.is_connected() {
            client.publish(&publication).await;
        } else {
            client.connect().await;
        }
        tokio::time::sleep(THINK_TIME).await;
    }
}

/// A client each time, because the connection to the hook program goes by its id.
async fn visit(broker: Broker, number: usize, ends: Arc<AtomicBool>) {
    for visit in 0_u64.. {
        if ends.load(Ordering::Relaxed) {
            return;
        }
        let client = broker.client(settings(format!("visitor-{number}-{visit}")));
        client.connect().await;
        tokio::time::sleep(THINK_TIME).await;
        client.disconnect().await;
    }
}
