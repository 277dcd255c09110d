//! [`Cluster`]: the nodes of a broker, and how a message gets from one client to the others.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering},
};

use tokio::task::JoinSet;

use super::{
    BrokerSettings, ClientSettings, MqttMessage, Published,
    chain::{Decision, Folded},
    channel::Channel,
    client::{reason_code, unauthorized},
    diary::{Diary, Observer, Trace},
    effect::blocks,
    node::Node,
    sessions::{Delivery, Sessions},
};
use crate::{
    hook::{Hook, Request},
    proto::{self, valued_response::Value},
};

/// Ports of clients, as a system hands them out.
const FIRST_PORT: u32 = 32_768;
const LAST_PORT: u32 = 60_999;

/// Everything that the clients of a broker share.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) settings: BrokerSettings,
    pub(super) nodes: Vec<Arc<Node>>,
    pub(super) sessions: Sessions,
    pub(super) diary: Arc<Diary>,
    pub(super) link_delay_ms: Arc<AtomicU64>,
    next_node: AtomicUsize,
    next_port: AtomicU32,
}

/// What goes with a message that is published, beside the message.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// Who publishes it; nobody, where the broker itself does.
    pub(super) clientinfo: Option<proto::ClientInfo>,
    pub(super) user_props: Vec<proto::Property>,
    pub(super) retain: bool,
}

/// A message on its way to its subscribers.
#[derive(Debug)]
pub(super) struct Routing {
    published: Published,
    deliveries: JoinSet<()>,
}

impl Routing {
    /// One that goes no further.
    pub(super) fn ended(published: Published) -> Self {
        Self {
            published,
            deliveries: JoinSet::new(),
        }
    }

    /// Waits until all subscribers have it.
    pub(super) async fn settle(mut self, trace: &Trace) -> Published {
        while self.deliveries.join_next().await.is_some() {}
        self.published.calls.extend(trace.take());
        self.published
    }
}

impl Cluster {
    pub(super) fn new(settings: BrokerSettings, observer: Option<Observer>) -> Arc<Self> {
        let diary = Arc::new(Diary::new(settings.keep_calls, observer));
        let link_delay_ms = Arc::default();
        let nodes = (1..=settings.nodes)
            .map(|number| Node::new(number, &settings, &diary, &link_delay_ms))
            .collect();
        Arc::new(Self {
            settings,
            nodes,
            sessions: Sessions::default(),
            diary,
            link_delay_ms,
            next_node: AtomicUsize::new(0),
            next_port: AtomicU32::new(FIRST_PORT),
        })
    }

    pub(super) fn node_for(&self, client: &ClientSettings) -> &Arc<Node> {
        let number = client
            .node
            .unwrap_or_else(|| self.next_node.fetch_add(1, Ordering::Relaxed));
        &self.nodes[number % self.nodes.len()]
    }

    pub(super) fn next_port(&self) -> u32 {
        let number = self.next_port.fetch_add(1, Ordering::Relaxed);
        FIRST_PORT + (number - FIRST_PORT) % (LAST_PORT - FIRST_PORT + 1)
    }

    /// Publishes what may be published: asks the hooks, and begins to deliver what they make of it.
    pub(super) async fn publish(
        &self,
        trace: &Trace,
        node: &Arc<Node>,
        message: proto::Message,
        asking: Asking,
    ) -> Routing {
        if !self.lets_in(trace, node, &message, &asking).await {
            return Routing::ended(unauthorized(trace));
        }
        // The retainer comes before the hook, and keeps what the client sent.
        if asking.retain {
            self.sessions.retain(&message);
        }
        let meta = node.identity.meta();
        let folded = node
            .ask(trace, Hook::MessagePublish, |value| {
                let message = match value {
                    Some(Value::Message(answer)) => patched(&message, answer),
                    Some(Value::BoolResult(_)) | None => message.clone(),
                };
                Request::MessagePublish(proto::MessagePublishRequest {
                    message: Some(message),
                    user_props: asking.user_props.clone(),
                    meta: meta.clone(),
                    ..proto::MessagePublishRequest::default()
                })
            })
            .await;
        let answer = match folded {
            Folded::NotInstalled | Folded::Passed(None) | Folded::Failed(None) => None,
            Folded::Passed(value) | Folded::Failed(value) => value,
            Folded::Stopped(value) => Some(value),
        };
        let message = match answer {
            Some(Value::Message(answer)) => {
                let is_lost = answer.topic.is_empty() && !node.release.is_4();
                let message = patched(&message, &answer);
                if is_lost || blocks(node.release, &message) {
                    let mut published = published(&message, false);
                    published.blocked = !is_lost;
                    return Routing::ended(published);
                }
                message
            }
            Some(Value::BoolResult(_)) | None => message,
        };
        self.route(trace, node, message, asking.retain).await
    }

    /// What EMQX 6.3 and later ask first.
    async fn lets_in(
        &self,
        trace: &Trace,
        node: &Arc<Node>,
        message: &proto::Message,
        asking: &Asking,
    ) -> bool {
        let meta = node.identity.meta();
        let decision = node
            .ask_permission(trace, Hook::MessageIngress, true, |_| {
                Request::MessageIngress(proto::MessageIngressRequest {
                    clientinfo: asking.clientinfo.clone(),
                    message: Some(message.clone()),
                    user_props: asking.user_props.clone(),
                    meta: meta.clone(),
                    ..proto::MessageIngressRequest::default()
                })
            })
            .await;
        !matches!(decision, Decision::Final(false))
    }

    /// Begins to deliver a message to its subscribers.
    pub(super) async fn route(
        &self,
        trace: &Trace,
        node: &Arc<Node>,
        message: proto::Message,
        retain: bool,
    ) -> Routing {
        let routed = self.sessions.route(&message);
        let mut published = published(&message, routed.count > 0);
        published.delivered_as = Some(MqttMessage::of(&message, retain));
        published.delivered_to = routed
            .now
            .iter()
            .map(|subscriber| subscriber.channel.clientid().to_owned())
            .collect();
        if routed.count == 0 {
            let request = proto::MessageDroppedRequest {
                message: Some(message),
                reason: "no_subscribers".to_owned(),
                meta: node.identity.meta(),
            };
            node.notify(trace, Request::MessageDropped(request)).await;
        }
        let mut deliveries = JoinSet::new();
        for subscriber in routed.now {
            let trace = trace.clone();
            deliveries.spawn(async move {
                deliver(&trace, &subscriber.channel, subscriber.delivery).await;
            });
        }
        Routing {
            published,
            deliveries,
        }
    }
}

/// Gives a message to a subscriber, which acknowledges it where that is due.
pub(super) async fn deliver(trace: &Trace, channel: &Arc<Channel>, delivery: Delivery) {
    let Delivery {
        message,
        is_retained,
    } = delivery;
    let meta = channel.node.identity.meta();
    let turn = channel.turn.lock().await;
    let request = proto::MessageDeliveredRequest {
        clientinfo: Some(channel.clientinfo()),
        message: Some(message.clone()),
        meta: meta.clone(),
    };
    channel
        .notify(trace, Request::MessageDelivered(request))
        .await;
    channel.take_in(MqttMessage::of(&message, is_retained));
    drop(turn);
    if message.qos > 0 {
        let _turn = channel.turn.lock().await;
        let request = proto::MessageAckedRequest {
            clientinfo: Some(channel.clientinfo()),
            message: Some(message),
            meta,
        };
        channel.notify(trace, Request::MessageAcked(request)).await;
    }
}

/// The message with what a provider may change: topic, quality of service, payload, and whether
/// it may be published.
fn patched(message: &proto::Message, answer: &proto::Message) -> proto::Message {
    let mut headers = message.headers.clone();
    if let Some(allowed) = answer.headers.get("allow_publish") {
        headers.insert("allow_publish".to_owned(), allowed.clone());
    }
    proto::Message {
        topic: answer.topic.clone(),
        qos: answer.qos,
        payload: answer.payload.clone(),
        headers,
        ..message.clone()
    }
}

fn published(message: &proto::Message, has_subscribers: bool) -> Published {
    Published {
        authorized: true,
        blocked: false,
        delivered_as: None,
        delivered_to: Vec::new(),
        reason_code: if message.qos == 0 {
            0
        } else {
            reason_code(has_subscribers)
        },
        calls: Vec::new(),
    }
}
