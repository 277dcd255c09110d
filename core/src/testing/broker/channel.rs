//! [`Channel`]: one MQTT connection to a node, and the calls that are made for it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    BrokerSettings, ClientSettings, MqttMessage, chain::Decision, diary::Trace, node::Node,
    packets::properties,
};
use crate::{
    hook::{Hook, Request},
    proto::{self, client_authorize_request::AuthorizeReqType},
    sync::{Mutex, lock},
};

const LISTENER_PORT: u32 = 1883;
const AUTHORIZATION_CACHE_TTL: Duration = Duration::from_secs(60);

/// What a channel may do with a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Publish,
    Subscribe,
}

/// A connection of an MQTT client. Its calls are made one at a time.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) node: Arc<Node>,
    pub(super) settings: ClientSettings,
    peerport: u32,
    /// Held while calls are made for it.
    pub(super) turn: tokio::sync::Mutex<()>,
    authorizations: Mutex<HashMap<(Action, String), (bool, Instant)>>,
    /// What it received, where that is kept.
    received: Option<Arc<Mutex<Vec<MqttMessage>>>>,
    received_count: Arc<AtomicU64>,
}

impl Channel {
    pub(super) fn new(
        node: &Arc<Node>,
        settings: &ClientSettings,
        peerport: u32,
        received: Option<Arc<Mutex<Vec<MqttMessage>>>>,
        received_count: Arc<AtomicU64>,
    ) -> Arc<Self> {
        Arc::new(Self {
            node: Arc::clone(node),
            settings: settings.clone(),
            peerport,
            turn: tokio::sync::Mutex::new(()),
            authorizations: Mutex::default(),
            received,
            received_count,
        })
    }

    pub(super) fn clientid(&self) -> &str {
        &self.settings.clientid
    }

    pub(super) fn take_in(&self, message: MqttMessage) {
        self.received_count.fetch_add(1, Ordering::Relaxed);
        if let Some(received) = &self.received {
            lock(received).push(message);
        }
    }

    pub(super) fn conninfo(&self) -> proto::ConnInfo {
        let version = self.settings.protocol_version;
        let name = if version == 3 { "MQIsdp" } else { "MQTT" };
        proto::ConnInfo {
            node: self.node.identity.name().to_owned(),
            clientid: self.settings.clientid.clone(),
            username: self.settings.username.clone().unwrap_or_default(),
            peerhost: self.settings.peerhost.clone(),
            sockport: LISTENER_PORT,
            proto_name: name.to_owned(),
            proto_ver: version.to_string(),
            keepalive: self.settings.keepalive,
            peerport: self.peerport,
        }
    }

    /// The client as it is after authentication, without its password.
    pub(super) fn clientinfo(&self) -> proto::ClientInfo {
        proto::ClientInfo {
            node: self.node.identity.name().to_owned(),
            clientid: self.settings.clientid.clone(),
            username: self.settings.username.clone().unwrap_or_default(),
            peerhost: self.settings.peerhost.clone(),
            sockport: LISTENER_PORT,
            protocol: "mqtt".to_owned(),
            // EMQX 4 knows after authentication that somebody vouched for the client.
            anonymous: !self.node.release.is_4(),
            peerport: self.peerport,
            ..proto::ClientInfo::default()
        }
    }

    pub(super) async fn notify(&self, trace: &Trace, request: Request) {
        self.node.notify(trace, request).await;
    }

    pub(super) async fn notify_connect(&self, trace: &Trace) {
        let mut props = Vec::new();
        if self.settings.session_expiry_interval > 0 {
            props.push(proto::Property {
                name: "Session-Expiry-Interval".to_owned(),
                value: self.settings.session_expiry_interval.to_string(),
            });
        }
        let request = proto::ClientConnectRequest {
            conninfo: Some(self.conninfo()),
            props,
            user_props: properties(&self.settings.user_properties),
            meta: self.node.identity.meta(),
        };
        self.notify(trace, Request::ClientConnect(request)).await;
    }

    pub(super) async fn notify_connack(&self, trace: &Trace, reason: &str) {
        let request = proto::ClientConnackRequest {
            conninfo: Some(self.conninfo()),
            result_code: reason.to_owned(),
            meta: self.node.identity.meta(),
            ..proto::ClientConnackRequest::default()
        };
        self.notify(trace, Request::ClientConnack(request)).await;
    }

    /// Whether the client is let in.
    pub(super) async fn authenticate(&self, trace: &Trace, broker: &BrokerSettings) -> bool {
        if let Some(permission) = broker.authentication {
            return permission.allows();
        }
        let release = self.node.release;
        let clientinfo = proto::ClientInfo {
            password: self.settings.password.clone().unwrap_or_default(),
            anonymous: true,
            ..self.clientinfo()
        };
        let meta = self.node.identity.meta();
        let decision = self
            .node
            .ask_permission(
                trace,
                Hook::ClientAuthenticate,
                release.first_authentication(),
                |result| {
                    Request::ClientAuthenticate(proto::ClientAuthenticateRequest {
                        clientinfo: Some(clientinfo.clone()),
                        result,
                        meta: meta.clone(),
                    })
                },
            )
            .await;
        match decision {
            Decision::NotAsked => true,
            Decision::None => !release.refuses_ignored_authentication(),
            Decision::Final(accepted) | Decision::SoFar(accepted) => accepted,
            Decision::Failed => false,
        }
    }

    /// Whether the client may do this with `topic`.
    pub(super) async fn authorize(
        &self,
        trace: &Trace,
        broker: &BrokerSettings,
        action: Action,
        topic: &str,
    ) -> bool {
        let ttl = broker.paced(AUTHORIZATION_CACHE_TTL);
        let key = (action, topic.to_owned());
        if broker.authorization_cache
            && let Some((allowed, since)) = lock(&self.authorizations).get(&key)
            && since.elapsed() < ttl
        {
            return *allowed;
        }
        let allowed = self
            .decide_authorization(trace, broker, action, topic)
            .await;
        if broker.authorization_cache {
            lock(&self.authorizations).insert(key, (allowed, Instant::now()));
        }
        allowed
    }

    async fn decide_authorization(
        &self,
        trace: &Trace,
        broker: &BrokerSettings,
        action: Action,
        topic: &str,
    ) -> bool {
        let is_4 = self.node.release.is_4();
        if let Some(permission) = broker.authorization
            && !is_4
        {
            return permission.allows();
        }
        let meta = self.node.identity.meta();
        let r#type = match action {
            Action::Publish => AuthorizeReqType::Publish,
            Action::Subscribe => AuthorizeReqType::Subscribe,
        };
        let before = broker.no_match.allows();
        let decision = self
            .node
            .ask_permission(trace, Hook::ClientAuthorize, before, |result| {
                Request::ClientAuthorize(proto::ClientAuthorizeRequest {
                    clientinfo: Some(self.clientinfo()),
                    r#type: r#type.into(),
                    topic: without_delay(topic).to_owned(),
                    result,
                    meta: meta.clone(),
                })
            })
            .await;
        // In EMQX 4 the hook comes before the sources, which override what is not final.
        let default = broker.authorization.unwrap_or(broker.no_match).allows();
        match decision {
            Decision::NotAsked | Decision::None => default,
            Decision::SoFar(_) if broker.authorization.is_some() => default,
            Decision::Final(allowed) | Decision::SoFar(allowed) => allowed,
            Decision::Failed => false,
        }
    }

    /// The message that the client publishes. A will's headers tell less.
    pub(super) fn message(
        &self,
        publication: &super::Publication,
        is_will: bool,
    ) -> proto::Message {
        let mut headers = BTreeMap::new();
        if let Some(username) = &self.settings.username {
            headers.insert("username".to_owned(), username.clone());
        }
        if !is_will {
            headers.insert("protocol".to_owned(), "mqtt".to_owned());
            headers.insert("peerhost".to_owned(), self.settings.peerhost.clone());
        }
        proto::Message {
            from: self.settings.clientid.clone(),
            topic: publication.topic.clone(),
            payload: publication.payload.clone(),
            qos: publication.qos,
            headers,
            ..self.node.identity.message()
        }
    }
}

/// The topic of a message that is to be published later is asked without its delay.
fn without_delay(topic: &str) -> &str {
    topic
        .strip_prefix("$delayed/")
        .and_then(|rest| rest.split_once('/'))
        .map_or(topic, |(_, topic)| topic)
}
