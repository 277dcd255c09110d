//! [`Broker`]: a simulated EMQX, whose MQTT clients make it call its providers as the real one does.

mod arrival;
mod chain;
mod channel;
mod client;
mod cluster;
mod diary;
mod effect;
mod experience;
mod node;
mod operator;
mod operator_thread;
mod packets;
mod provider;
mod release;
mod routes;
mod sessions;
mod settings;
mod thread;
mod wording;
mod worker;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

pub use client::Client;
pub use experience::{
    CallResult, Connected, Done, Grant, HookCall, InstalledHook, MqttMessage, NodeStatus,
    ProviderStatus, Published, Subscribed,
};
pub use operator::{Command, Operator};
pub use operator_thread::{OperatorThread, Pending};
pub use packets::{ClientSettings, Publication, Subscription, UserProperties};
pub use release::Release;
pub use settings::{BrokerSettings, FailedAction, Permission, ProviderSettings};
pub use thread::BrokerThread;

use cluster::{Asking, Cluster};
use diary::{Observer, Trace};
use provider::Provider;

use crate::{
    error::{Error, ErrorCode},
    server::Server,
};

/// A simulated EMQX: one or more nodes, their providers, and whatever clients are made of it.
///
/// It runs on the tokio runtime on which it was started. Handles to it share one broker, which
/// lets go of its connections when the last one, and the last client, is dropped.
#[derive(Clone, Debug)]
pub struct Broker {
    cluster: Arc<Cluster>,
}

impl Broker {
    /// Starts the broker: each node loads its providers, one after the other. One that cannot be
    /// loaded is no error, as with EMQX, which lets clients in without asking it:
    /// [`Broker::status`] tells, and it is tried again as the release does.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where a setting has no meaning.
    pub async fn start(settings: BrokerSettings) -> Result<Self, Error> {
        Self::start_with(settings, None).await
    }

    /// The same, and tells `observer` of each call when it has ended, in the order of their
    /// numbers where one task runs at a time. It is called on the threads of the runtime, and must
    /// not block.
    ///
    /// # Errors
    ///
    /// As [`Broker::start`].
    pub async fn start_observed(
        settings: BrokerSettings,
        observer: impl Fn(&HookCall) + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Self::start_with(settings, Some(Observer::new(observer))).await
    }

    async fn start_with(
        settings: BrokerSettings,
        observer: Option<Observer>,
    ) -> Result<Self, Error> {
        settings.validate()?;
        let cluster = Cluster::new(settings, observer);
        for node in &cluster.nodes {
            node.load().await;
            node.check_health(&cluster.settings);
        }
        Ok(Self { cluster })
    }

    /// Starts one node of `version`, such as `5.8`, with EMQX's defaults, which calls `server`.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where EMQX has no such version or it has no exhook.
    pub async fn for_server(version: &str, server: &Server) -> Result<Self, Error> {
        let url = server.address().to_string().parse()?;
        Self::start(BrokerSettings {
            version: version.parse()?,
            providers: vec![ProviderSettings::new(url)],
            ..BrokerSettings::default()
        })
        .await
    }

    /// Its settings.
    pub fn settings(&self) -> &BrokerSettings {
        &self.cluster.settings
    }

    /// A client of it, which is not connected so far.
    pub fn client(&self, settings: ClientSettings) -> Client {
        Client::new(&self.cluster, settings)
    }

    /// Publishes as the broker's REST API does: no client, no authorization, no headers.
    pub async fn publish(&self, publication: &Publication) -> Published {
        let trace = Trace::default();
        let node = &self.cluster.nodes[0];
        let message = crate::proto::Message {
            topic: publication.topic.clone(),
            payload: publication.payload.clone(),
            qos: publication.qos,
            ..node.identity.message()
        };
        let asking = Asking {
            user_props: packets::properties(&publication.user_properties),
            retain: publication.retain,
            ..Asking::default()
        };
        let routing = self.cluster.publish(&trace, node, message, asking).await;
        routing.settle(&trace).await
    }

    /// Every call so far, in the order in which they ended; none where they are not kept.
    pub fn calls(&self) -> Vec<HookCall> {
        self.cluster.diary.calls()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.cluster.diary.clear();
    }

    /// How each node stands with each provider.
    pub fn status(&self) -> Vec<NodeStatus> {
        self.cluster
            .nodes
            .iter()
            .flat_map(|node| node.providers.iter())
            .map(|provider| provider.status())
            .collect()
    }

    /// Waits until every node has loaded every provider, at most for `patience`; tells whether
    /// they have.
    pub async fn wait_until_loaded(&self, patience: Duration) -> bool {
        self.wait_until(patience, |broker| {
            let mut statuses = broker.status().into_iter();
            statuses.all(|status| status.status == ProviderStatus::Connected)
        })
        .await
    }

    /// Waits until `holds`, at most for `patience`; tells whether it does. It is looked at again and
    /// again.
    pub async fn wait_until(&self, patience: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        const LOOK: Duration = Duration::from_millis(5);
        let waiting = async {
            while !holds(self) {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(patience, waiting).await.is_ok()
    }

    /// Unloads a provider on every node, as disabling it in EMQX does.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where none is called `name`.
    pub async fn disable(&self, name: &str) -> Result<(), Error> {
        for provider in self.providers(name)? {
            provider.unload(&Trace::default()).await;
        }
        Ok(())
    }

    /// Loads a provider on every node, as enabling it in EMQX does.
    ///
    /// # Errors
    ///
    /// As [`Broker::disable`]. That it cannot be loaded is no error: [`Broker::status`] tells.
    pub async fn enable(&self, name: &str) -> Result<(), Error> {
        self.providers(name)?;
        for node in &self.cluster.nodes {
            node.load_one(name).await;
        }
        Ok(())
    }

    /// Restarts every node: with an unload where `orderly`, else as if it were killed. Sessions
    /// and what is retained stay.
    pub async fn restart(&self, orderly: bool) {
        for node in &self.cluster.nodes {
            for provider in &node.providers {
                if orderly {
                    provider.unload(&Trace::default()).await;
                }
                provider.kill();
            }
            node.load().await;
        }
    }

    /// Cuts every connection to the providers, as a network does that fails.
    pub async fn cut_connections(&self) {
        for provider in self.all_providers() {
            provider.cut().await;
        }
    }

    /// Makes every call take this much longer, as a slow network does; counts against the timeout.
    pub fn delay_calls(&self, delay: Duration) {
        let milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.cluster
            .link_delay_ms
            .store(milliseconds, Ordering::Relaxed);
    }

    /// Changes how long the broker waits for answers.
    pub fn set_request_timeout(&self, timeout: Duration) {
        for provider in self.all_providers() {
            provider.set_request_timeout(timeout);
        }
    }

    /// Makes the broker wait for answers as long as its settings say.
    pub fn reset_request_timeout(&self) {
        for provider in self.all_providers() {
            provider.reset_request_timeout();
        }
    }

    /// Stops: unloads every provider, and closes the connections.
    pub async fn stop(&self) {
        for provider in self.all_providers() {
            provider.unload(&Trace::default()).await;
        }
    }

    fn all_providers(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.cluster
            .nodes
            .iter()
            .flat_map(|node| node.providers.iter())
    }

    fn providers(&self, name: &str) -> Result<Vec<&Arc<Provider>>, Error> {
        let found: Vec<_> = self
            .all_providers()
            .filter(|provider| provider.name() == name)
            .collect();
        if found.is_empty() {
            let known = self.cluster.settings.providers.iter();
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "there is no provider {name}{}",
                    crate::did_you_mean(name, known.map(|provider| provider.name.as_str()))
                ),
            ));
        }
        Ok(found)
    }
}
