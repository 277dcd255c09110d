//! What MQTT clients send, as settings: who they are, what they publish and subscribe to.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, de};

use crate::proto;

/// Names and values of MQTT 5 user properties, in their order.
pub type UserProperties = Vec<(String, String)>;

/// An MQTT client, and how it connects.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    /// Its client id.
    pub clientid: String,
    /// Its user name, if it gives one.
    #[serde(default)]
    pub username: Option<String>,
    /// Its password, if it gives one.
    #[serde(default)]
    pub password: Option<String>,
    /// 3 for MQTT 3.1, 4 for 3.1.1, 5.
    #[serde(default = "five")]
    pub protocol_version: u8,
    /// Whether it begins without its old session.
    #[serde(default = "yes")]
    pub clean_start: bool,
    /// How many seconds its session outlives its connection; 0 for not at all. The simulation
    /// tells only 0 from others: a session that lives on lives until the broker stops.
    #[serde(default)]
    pub session_expiry_interval: u32,
    /// Its keep alive, in seconds.
    #[serde(default = "sixty")]
    pub keepalive: u32,
    /// The address it comes from.
    #[serde(default = "loopback")]
    pub peerhost: String,
    /// What is published when its connection is lost.
    #[serde(default)]
    pub will: Option<Publication>,
    /// The user properties of its CONNECT.
    #[serde(default)]
    pub user_properties: UserProperties,
    /// The node it connects to, from 0; the nodes take turns where it does not say.
    #[serde(default)]
    pub node: Option<usize>,
}

impl ClientSettings {
    /// A client of MQTT 5 without user name.
    pub fn new(clientid: impl Into<String>) -> Self {
        Self {
            clientid: clientid.into(),
            username: None,
            password: None,
            protocol_version: five(),
            clean_start: yes(),
            session_expiry_interval: 0,
            keepalive: sixty(),
            peerhost: loopback(),
            will: None,
            user_properties: UserProperties::new(),
            node: None,
        }
    }

    /// The same with a user name.
    pub fn with_username(self, username: impl Into<String>) -> Self {
        Self {
            username: Some(username.into()),
            ..self
        }
    }

    /// The same with a password.
    pub fn with_password(self, password: impl Into<String>) -> Self {
        Self {
            password: Some(password.into()),
            ..self
        }
    }

    /// Whether its session outlives its connection.
    pub(super) fn keeps_session(&self) -> bool {
        if self.protocol_version >= 5 {
            self.session_expiry_interval > 0
        } else {
            !self.clean_start
        }
    }
}

/// A message that is published.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The topic.
    pub topic: String,
    /// The payload: a text, or bytes as `{ base64 = "…" }`.
    #[serde(default, deserialize_with = "payload")]
    pub payload: Bytes,
    /// The quality of service.
    #[serde(default)]
    pub qos: u32,
    /// Whether it is retained.
    #[serde(default)]
    pub retain: bool,
    /// Its user properties, which brokers since 5.9 show.
    #[serde(default)]
    pub user_properties: UserProperties,
}

impl Publication {
    /// A message of quality of service 0.
    pub fn new(topic: impl Into<String>, payload: impl Into<Bytes>) -> Self {
        Self {
            topic: topic.into(),
            payload: payload.into(),
            qos: 0,
            retain: false,
            user_properties: UserProperties::new(),
        }
    }

    /// The same with a quality of service.
    pub fn with_qos(self, qos: u32) -> Self {
        Self { qos, ..self }
    }

    /// The same, retained.
    pub fn retained(self) -> Self {
        Self {
            retain: true,
            ..self
        }
    }
}

/// What a client subscribes to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The topic filter; `$share/group/filter` for a shared one.
    pub filter: String,
    /// The best quality of service it wants.
    #[serde(default)]
    pub qos: u32,
    /// Whether it does not want what it publishes itself.
    #[serde(default)]
    pub no_local: bool,
}

impl Subscription {
    /// A subscription of quality of service 0.
    pub fn new(filter: impl Into<String>) -> Self {
        Self {
            filter: filter.into(),
            qos: 0,
            no_local: false,
        }
    }

    /// The same with a quality of service.
    pub fn with_qos(self, qos: u32) -> Self {
        Self { qos, ..self }
    }

    pub(super) fn subopts(&self) -> proto::SubOpts {
        proto::SubOpts {
            qos: self.qos,
            nl: u32::from(self.no_local),
            ..proto::SubOpts::default()
        }
    }

    /// The group of a shared subscription, and the filter without it.
    pub(super) fn parts(&self) -> (Option<&str>, &str) {
        if let Some(filter) = self.filter.strip_prefix("$queue/") {
            return (Some("$queue"), filter);
        }
        self.filter
            .strip_prefix("$share/")
            .and_then(|rest| rest.split_once('/'))
            .map_or((None, &self.filter), |(group, filter)| {
                (Some(group), filter)
            })
    }
}

pub(super) fn properties(pairs: &UserProperties) -> Vec<proto::Property> {
    pairs
        .iter()
        .map(|(name, value)| proto::Property {
            name: name.clone(),
            value: value.clone(),
        })
        .collect()
}

const fn five() -> u8 {
    5
}

const fn yes() -> bool {
    true
}

const fn sixty() -> u32 {
    60
}

fn loopback() -> String {
    "127.0.0.1".to_owned()
}

fn payload<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a payload is a text, or { base64 = \"…\" }")]
    enum Payload {
        Text(String),
        Bytes { base64: String },
    }

    match Payload::deserialize(deserializer)? {
        Payload::Text(text) => Ok(text.into()),
        Payload::Bytes { base64 } => STANDARD
            .decode(base64)
            .map(Bytes::from)
            .map_err(de::Error::custom),
    }
}
