//! [`Client`]: an MQTT client of a simulated broker.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::{
    ClientSettings, Connected, Done, Grant, MqttMessage, Publication, Published, Subscribed,
    Subscription,
    arrival::{begin_session, disconnected},
    channel::{Action, Channel},
    cluster::{Asking, Cluster, Routing, deliver},
    diary::Trace,
    packets::properties,
    sessions::Previous,
};
use crate::{
    hook::Request,
    proto,
    sync::{Mutex, lock},
};

const SUCCESS: u8 = 0;
const NO_MATCHING_SUBSCRIBERS: u8 = 0x10;
const NOT_AUTHORIZED: u8 = 0x87;
/// Messages of the broker itself never reach the hooks about messages.
const SYSTEM_TOPICS: &str = "$SYS/";

/// An MQTT client. What it does, it does one after the other; several may have the same client id,
/// of which the last to connect has it.
///
/// Nothing happens when it is dropped: it stays connected until the broker stops.
#[derive(Clone, Debug)]
pub struct Client {
    cluster: Arc<Cluster>,
    settings: Arc<ClientSettings>,
    channel: Arc<Mutex<Option<Arc<Channel>>>>,
    received: Arc<Mutex<Vec<MqttMessage>>>,
    received_count: Arc<AtomicU64>,
}

impl Client {
    pub(super) fn new(cluster: &Arc<Cluster>, settings: ClientSettings) -> Self {
        Self {
            cluster: Arc::clone(cluster),
            settings: Arc::new(settings),
            channel: Arc::default(),
            received: Arc::default(),
            received_count: Arc::default(),
        }
    }

    /// Its client id.
    pub fn clientid(&self) -> &str {
        &self.settings.clientid
    }

    /// Whether it is connected, and no other has taken its client id.
    pub fn is_connected(&self) -> bool {
        self.online().is_some()
    }

    /// The messages that it has received so far, in their order; empty where calls are not kept.
    pub fn received(&self) -> Vec<MqttMessage> {
        lock(&self.received).clone()
    }

    /// How many messages it has received so far, whether or not they are kept.
    pub fn received_count(&self) -> u64 {
        self.received_count.load(Ordering::Relaxed)
    }

    /// Connects. A client that is connected already takes its own session over.
    pub async fn connect(&self) -> Connected {
        let trace = Trace::default();
        let keeps = self.cluster.settings.keep_calls;
        let channel = Channel::new(
            self.cluster.node_for(&self.settings),
            &self.settings,
            self.cluster.next_port(),
            keeps.then(|| Arc::clone(&self.received)),
            Arc::clone(&self.received_count),
        );
        let turn = channel.turn.lock().await;
        channel.notify_connect(&trace).await;
        if !channel.authenticate(&trace, &self.cluster.settings).await {
            let reason = "not_authorized";
            channel.notify_connack(&trace, reason).await;
            return Connected {
                accepted: false,
                reason: reason.to_owned(),
                reason_code: NOT_AUTHORIZED,
                session_present: false,
                calls: trace.take(),
            };
        }
        let previous = self.cluster.sessions.open(&channel);
        *lock(&self.channel) = Some(Arc::clone(&channel));
        let session_present = matches!(previous, Previous::Resumed { .. });
        let queue = begin_session(&trace, &channel, previous).await;
        drop(turn);
        for delivery in queue {
            deliver(&trace, &channel, delivery).await;
        }
        Connected {
            accepted: true,
            reason: "success".to_owned(),
            reason_code: SUCCESS,
            session_present,
            calls: trace.take(),
        }
    }

    /// Subscribes. A client that is not connected is granted nothing.
    pub async fn subscribe(&self, subscriptions: &[Subscription]) -> Subscribed {
        let trace = Trace::default();
        let Some(channel) = self.online() else {
            return Subscribed {
                accepted: false,
                filters: refused(subscriptions),
                calls: Vec::new(),
            };
        };
        let turn = channel.turn.lock().await;
        let settings = &self.cluster.settings;
        let mut grants = Vec::new();
        let mut granted = Vec::new();
        for subscription in subscriptions {
            let (_, filter) = subscription.parts();
            let allowed = channel
                .authorize(&trace, settings, Action::Subscribe, filter)
                .await;
            grants.push(grant(subscription, allowed));
            if allowed {
                granted.push(subscription.clone());
            }
        }
        let meta = channel.node.identity.meta();
        let request = proto::ClientSubscribeRequest {
            clientinfo: Some(channel.clientinfo()),
            topic_filters: topic_filters(granted.iter()),
            meta: meta.clone(),
            ..proto::ClientSubscribeRequest::default()
        };
        channel
            .notify(&trace, Request::ClientSubscribe(request))
            .await;
        let mut retained = Vec::new();
        for subscription in granted {
            let request = proto::SessionSubscribedRequest {
                clientinfo: Some(channel.clientinfo()),
                topic: subscription.filter.clone(),
                subopts: Some(subscription.subopts()),
                meta: meta.clone(),
            };
            channel
                .notify(&trace, Request::SessionSubscribed(request))
                .await;
            retained.extend(self.cluster.sessions.retained(&subscription));
            self.cluster
                .sessions
                .subscribe(channel.clientid(), subscription);
        }
        drop(turn);
        for delivery in retained {
            deliver(&trace, &channel, delivery).await;
        }
        Subscribed {
            accepted: grants.iter().all(|grant| grant.granted),
            filters: grants,
            calls: trace.take(),
        }
    }

    /// Gives up subscriptions, those included that it does not have.
    pub async fn unsubscribe(&self, filters: &[String]) -> Done {
        let trace = Trace::default();
        let Some(channel) = self.online() else {
            return Done { calls: Vec::new() };
        };
        let _turn = channel.turn.lock().await;
        let meta = channel.node.identity.meta();
        let wanted: Vec<_> = filters.iter().map(Subscription::new).collect();
        let request = proto::ClientUnsubscribeRequest {
            clientinfo: Some(channel.clientinfo()),
            topic_filters: topic_filters(wanted.iter()),
            meta: meta.clone(),
            ..proto::ClientUnsubscribeRequest::default()
        };
        channel
            .notify(&trace, Request::ClientUnsubscribe(request))
            .await;
        for filter in filters {
            let removed = self
                .cluster
                .sessions
                .unsubscribe(channel.clientid(), filter);
            if removed.is_some() {
                let request = proto::SessionUnsubscribedRequest {
                    clientinfo: Some(channel.clientinfo()),
                    topic: filter.clone(),
                    meta: meta.clone(),
                };
                channel
                    .notify(&trace, Request::SessionUnsubscribed(request))
                    .await;
            }
        }
        Done {
            calls: trace.take(),
        }
    }

    /// Publishes, and waits until the subscribers have the message. A client that is not connected
    /// is not authorized.
    pub async fn publish(&self, publication: &Publication) -> Published {
        let trace = Trace::default();
        let Some(channel) = self.online() else {
            return unauthorized(&trace);
        };
        let turn = channel.turn.lock().await;
        let published = self.publish_as(&trace, &channel, publication, false).await;
        drop(turn);
        published.settle(&trace).await
    }

    async fn publish_as(
        &self,
        trace: &Trace,
        channel: &Arc<Channel>,
        publication: &Publication,
        is_will: bool,
    ) -> Routing {
        let settings = &self.cluster.settings;
        let topic = &publication.topic;
        let allowed = channel
            .authorize(trace, settings, Action::Publish, topic)
            .await;
        if !allowed {
            return Routing::ended(unauthorized(trace));
        }
        let message = channel.message(publication, is_will);
        if topic.starts_with(SYSTEM_TOPICS) {
            return self
                .cluster
                .route(trace, &channel.node, message, false)
                .await;
        }
        let asked = Asking {
            clientinfo: Some(channel.clientinfo()),
            user_props: properties(&publication.user_properties),
            retain: publication.retain,
        };
        self.cluster
            .publish(trace, &channel.node, message, asked)
            .await
    }

    /// Leaves with a DISCONNECT: its will is not published.
    pub async fn disconnect(&self) -> Done {
        self.leave("normal", false).await
    }

    /// Loses its connection: its will is published.
    pub async fn lose_connection(&self) -> Done {
        self.leave("tcp_closed", true).await
    }

    async fn leave(&self, reason: &str, publishes_will: bool) -> Done {
        let trace = Trace::default();
        let Some(channel) = self.online() else {
            return Done { calls: Vec::new() };
        };
        let turn = channel.turn.lock().await;
        let mut routing = None;
        if publishes_will && let Some(will) = &self.settings.will {
            routing = Some(self.publish_as(&trace, &channel, will, true).await);
        }
        let ended = self.cluster.sessions.close(&channel);
        if let Some(session_ended) = ended {
            disconnected(&trace, &channel, reason).await;
            if session_ended {
                let reason = if channel.node.release.is_4() {
                    reason.to_owned()
                } else {
                    format!("{{shutdown,{reason}}}")
                };
                let request = proto::SessionTerminatedRequest {
                    clientinfo: Some(channel.clientinfo()),
                    reason,
                    meta: channel.node.identity.meta(),
                };
                channel
                    .notify(&trace, Request::SessionTerminated(request))
                    .await;
            }
        }
        drop(turn);
        // Settling takes the calls so far.
        let calls = match routing {
            Some(routing) => routing.settle(&trace).await.calls,
            None => trace.take(),
        };
        Done { calls }
    }

    fn online(&self) -> Option<Arc<Channel>> {
        let channel = lock(&self.channel).clone()?;
        self.cluster.sessions.is_online(&channel).then_some(channel)
    }
}

fn topic_filters<'a>(
    subscriptions: impl Iterator<Item = &'a Subscription>,
) -> Vec<proto::TopicFilter> {
    subscriptions
        .map(|subscription| proto::TopicFilter {
            name: subscription.filter.clone(),
            subopts: Some(subscription.subopts()),
        })
        .collect()
}

fn refused(subscriptions: &[Subscription]) -> Vec<Grant> {
    subscriptions
        .iter()
        .map(|subscription| grant(subscription, false))
        .collect()
}

fn grant(subscription: &Subscription, granted: bool) -> Grant {
    let qos = u8::try_from(subscription.qos).unwrap_or(u8::MAX);
    Grant {
        filter: subscription.filter.clone(),
        granted,
        reason_code: if granted { qos } else { NOT_AUTHORIZED },
    }
}

/// What a client gets that may not publish.
pub(super) fn unauthorized(trace: &Trace) -> Published {
    Published {
        authorized: false,
        blocked: false,
        delivered_as: None,
        delivered_to: Vec::new(),
        reason_code: NOT_AUTHORIZED,
        calls: trace.take(),
    }
}

pub(super) const fn reason_code(has_subscribers: bool) -> u8 {
    if has_subscribers {
        SUCCESS
    } else {
        NO_MATCHING_SUBSCRIBERS
    }
}
