//! [`Traffic`]: brokers of several generations with their clients, all calling one server.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use exhook::testing::{
    Broker, BrokerSettings, CallResult, Client, ClientSettings, Endpoint, ProviderSettings,
    Publication, Published, Subscription,
};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    ledger::{Disturbance, Ledger},
    words::{Question, choose, delivered},
};

/// One of each generation of the protocol.
pub(crate) const VERSIONS: [&str; 3] = ["4.4.19", "5.8.9", "5.9.2"];
const CLIENTS: u32 = 4;
const MESSAGES_OF_A_VISIT: u32 = 20;
/// How many calls a message makes, those around it included.
const CALLS_OF_A_MESSAGE: f64 = 4.0;
/// The broker's own waits pass faster, so that more is tried in the time.
const PACE: f64 = 20.0;
const POOL_SIZE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);

/// How much is called, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Calls a second of all brokers of a server together, as far as it has nothing to wait for.
    pub(crate) rate: f64,
    /// The share of valued calls whose handler fails on purpose.
    pub(crate) failures: f64,
    /// How long the brokers wait for an answer.
    pub(crate) request_timeout: Duration,
}

/// The brokers of one server, and their clients.
#[derive(Debug)]
pub(crate) struct Traffic {
    brokers: Vec<(Broker, Arc<Disturbance>)>,
    clients: JoinSet<()>,
    end: watch::Sender<bool>,
    next_disturbance: usize,
}

impl Traffic {
    /// Starts the brokers, and lets their clients come.
    ///
    /// # Errors
    ///
    /// When a broker cannot load the server.
    pub(crate) async fn start(
        address: &Endpoint,
        load: Load,
        ledger: &Arc<Ledger>,
    ) -> Result<Self, String> {
        let (end, ended) = watch::channel(false);
        let mut traffic = Self {
            brokers: Vec::new(),
            clients: JoinSet::new(),
            end,
            next_disturbance: 0,
        };
        for version in VERSIONS {
            let broker = traffic.add_broker(version, address, load, ledger).await?;
            for number in 1..=CLIENTS {
                let visitor = Visitor {
                    broker: broker.clone(),
                    clientid: format!("{version}-c{number}"),
                    load,
                    ledger: Arc::clone(ledger),
                    end: ended.clone(),
                    published: 0,
                };
                traffic.clients.spawn(visitor.stay());
            }
        }
        Ok(traffic)
    }

    async fn add_broker(
        &mut self,
        version: &str,
        address: &Endpoint,
        load: Load,
        ledger: &Arc<Ledger>,
    ) -> Result<Broker, String> {
        let disturbance = Arc::new(Disturbance::default());
        let timeout = load.request_timeout.as_millis();
        let settings = BrokerSettings {
            version: version.parse().map_err(|error| format!("{error}"))?,
            providers: vec![ProviderSettings {
                request_timeout_ms: u64::try_from(timeout).unwrap_or(u64::MAX),
                pool_size: POOL_SIZE,
                ..ProviderSettings::new(address.clone())
            }],
            authorization_cache: false,
            pace: PACE,
            keep_calls: false,
            ..BrokerSettings::default()
        };
        let (ledger, explaining) = (Arc::clone(ledger), Arc::clone(&disturbance));
        let observer = move |call: &exhook::testing::HookCall| ledger.enter(call, &explaining);
        let broker = Broker::start_observed(settings, observer)
            .await
            .map_err(|error| error.to_string())?;
        if !broker.wait_until_loaded(PATIENCE).await {
            return Err(format!(
                "EMQX {version} could not load it: {:?}",
                broker.status()
            ));
        }
        self.brokers.push((broker.clone(), disturbance));
        Ok(broker)
    }

    /// Says that the server is about to be gone, or is there again.
    pub(crate) fn server_is_gone(&self, gone: bool) {
        for (_, disturbance) in &self.brokers {
            disturbance.lasts(gone);
        }
    }

    /// Disturbs one broker after the other: cuts its connections, kills it, restarts it.
    pub(crate) async fn disturb(&mut self) {
        let number = self.next_disturbance;
        self.next_disturbance += 1;
        let (broker, disturbance) = &self.brokers[number % self.brokers.len()];
        disturbance.happens();
        match (number / self.brokers.len() + number) % 3 {
            0 => broker.cut_connections().await,
            kind => broker.restart(kind == 1).await,
        }
        disturbance.happens();
    }

    /// Lets all clients leave, and stops the brokers.
    pub(crate) async fn stop(mut self) {
        self.end.send_replace(true);
        while self.clients.join_next().await.is_some() {}
        for (broker, _) in &self.brokers {
            broker.stop().await;
        }
    }
}

/// A client that comes, publishes, leaves and comes again.
struct Visitor {
    broker: Broker,
    clientid: String,
    load: Load,
    ledger: Arc<Ledger>,
    end: watch::Receiver<bool>,
    published: u64,
}

impl Visitor {
    async fn stay(mut self) {
        while !*self.end.borrow() {
            let word = choose(Question::Permission, self.load.failures);
            let settings = ClientSettings::new(&self.clientid).with_username(word);
            let client = self.broker.client(settings);
            let began = Instant::now();
            if client.connect().await.accepted {
                self.visit(&client).await;
            }
            self.rest(began).await;
        }
    }

    async fn visit(&mut self, client: &Client) {
        let filter = format!("soak/{}/{}/own", self.permission(), self.clientid);
        let mut own = Subscription::new(&filter);
        own.qos = 1;
        client.subscribe(&[own]).await;
        for _ in 0..MESSAGES_OF_A_VISIT {
            if *self.end.borrow() {
                break;
            }
            let began = Instant::now();
            self.publish(client, &filter).await;
            self.rest(began).await;
        }
        client.unsubscribe(&[filter]).await;
        if fastrand::bool() {
            client.disconnect().await;
        } else {
            client.lose_connection().await;
        }
    }

    async fn publish(&mut self, client: &Client, own: &str) {
        self.published += 1;
        let word = choose(Question::Publish, self.load.failures);
        let payload = format!("{word} {} {}", self.clientid, self.published);
        let topic = if fastrand::bool() {
            own.to_owned()
        } else {
            format!("soak/{}/{}/other", self.permission(), self.clientid)
        };
        let qos = fastrand::u32(..=1);
        let message = Publication::new(topic, payload.clone()).with_qos(qos);
        let published = client.publish(&message).await;
        self.check(&payload, &published);
    }

    /// What subscribers get is what the answers say.
    fn check(&self, payload: &str, published: &Published) {
        let mut asked = published.calls.iter();
        let asked = asked.find(|call| call.hook == exhook::Hook::MessagePublish);
        let Some(CallResult::Answered { verdict }) = asked.map(|call| &call.result) else {
            return;
        };
        let delivered = delivered(payload);
        // At a deadline that passed, the message goes on as it is: that is counted elsewhere.
        let is_judged = verdict != "ignore" || delivered.as_deref() == Some(payload);
        let got = published
            .delivered_as
            .as_ref()
            .map(|message| &message.payload[..]);
        if is_judged && got != delivered.as_ref().map(String::as_bytes) {
            let got = got.map(String::from_utf8_lossy);
            self.ledger.counts().wrong.add(format!(
                "subscribers got {got:?} of {payload:?} after {verdict}"
            ));
        }
    }

    fn permission(&self) -> &'static str {
        choose(Question::Permission, self.load.failures)
    }

    /// Waits until it is time for the next message.
    async fn rest(&mut self, began: Instant) {
        #[expect(clippy::cast_precision_loss, reason = "there are three versions")]
        let clients = VERSIONS.len() as f64 * f64::from(CLIENTS);
        let interval = Duration::from_secs_f64(clients * CALLS_OF_A_MESSAGE / self.load.rate);
        let until = began + interval.mul_f64(0.5 + fastrand::f64());
        let _ = tokio::time::timeout_at(until.into(), self.end.wait_for(|end| *end)).await;
    }
}
