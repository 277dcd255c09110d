//! What came of a call, and what MQTT clients experienced: everything that a simulation tells.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::{
    hook::{Hook, Request},
    proto,
};

/// A call of a hook, as the broker made it.
#[derive(Clone, Debug, Serialize)]
pub struct HookCall {
    /// Its place among all calls of the broker, from 0, in the order in which they ended.
    pub number: u64,
    /// The node that called.
    pub node: String,
    /// The provider that was called.
    pub provider: String,
    /// The hook.
    #[serde(serialize_with = "name")]
    pub hook: Hook,
    /// The MQTT client that it is about; empty where there is none.
    pub clientid: String,
    /// The topic that it is about, where there is one.
    pub topic: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub result: CallResult,
    /// How long the client waited for it.
    #[serde(rename = "elapsed_ms", serialize_with = "milliseconds")]
    pub elapsed: Duration,
    /// What was asked, in the types of package v3. Texts do not have it.
    #[serde(skip)]
    pub request: Request,
}

/// What a broker makes of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum CallResult {
    /// It was answered, and the broker can use the answer.
    Answered {
        /// `allow`, `deny`, `continue true`, `continue false`, `ignore`, `replace`, `block`, `done`
        /// or `loaded`.
        verdict: String,
    },
    /// It was answered, but the broker takes the answer for none: a warning in its log.
    Unusable {
        /// What is wrong with the answer.
        reason: String,
    },
    /// It failed: the broker does what `failed_action` says.
    Failed {
        /// Why.
        reason: String,
    },
}

impl CallResult {
    /// Whether the broker could use the answer.
    pub const fn is_answered(&self) -> bool {
        matches!(self, CallResult::Answered { .. })
    }
}

/// A message as MQTT clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MqttMessage {
    /// The topic.
    pub topic: String,
    /// The payload.
    #[serde(rename = "payload_base64", serialize_with = "base64")]
    pub payload: Bytes,
    /// The quality of service.
    pub qos: u32,
    /// Whether it is a retained one.
    pub retain: bool,
    /// The client that published it; empty where none did.
    pub from: String,
}

impl MqttMessage {
    pub(super) fn of(message: &proto::Message, retain: bool) -> Self {
        Self {
            topic: message.topic.clone(),
            payload: message.payload.clone(),
            qos: message.qos,
            retain,
            from: message.from.clone(),
        }
    }
}

/// What a client experienced that connects.
#[derive(Clone, Debug, Serialize)]
pub struct Connected {
    /// Whether the broker let it in.
    pub accepted: bool,
    /// The reason in its CONNACK: `success`, `not_authorized`.
    pub reason: String,
    /// The number of that reason in MQTT 5.
    pub reason_code: u8,
    /// Whether the broker had a session of it.
    pub session_present: bool,
    /// The calls that were made for it.
    pub calls: Vec<HookCall>,
}

/// What a client experienced that subscribes.
#[derive(Clone, Debug, Serialize)]
pub struct Subscribed {
    /// Whether all filters were granted.
    pub accepted: bool,
    /// One entry for each filter, in the order of the request.
    pub filters: Vec<Grant>,
    /// The calls that were made for it.
    pub calls: Vec<HookCall>,
}

/// What became of one filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// The filter as the client gave it.
    pub filter: String,
    /// Whether it was granted.
    pub granted: bool,
    /// The number in the SUBACK: the quality of service, or 135, not authorized.
    pub reason_code: u8,
}

/// What a client experienced that publishes.
#[derive(Clone, Debug, Serialize)]
pub struct Published {
    /// Whether it was allowed to.
    pub authorized: bool,
    /// Whether a hook blocked the message.
    pub blocked: bool,
    /// What subscribers of its topic get; nothing where it was not authorized, or blocked, or
    /// lost.
    pub delivered_as: Option<MqttMessage>,
    /// The clients that got it.
    pub delivered_to: Vec<String>,
    /// The number in the PUBACK that a client of MQTT 5 gets: 0, 16 for no matching subscribers,
    /// which is what it gets for a blocked message too, 135 for not authorized.
    pub reason_code: u8,
    /// The calls that were made for it, those for its subscribers included.
    pub calls: Vec<HookCall>,
}

/// What a client experienced otherwise: that unsubscribes, or leaves.
#[derive(Clone, Debug, Serialize)]
pub struct Done {
    /// The calls that were made for it.
    pub calls: Vec<HookCall>,
}

/// How a node stands with a provider, in EMQX's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderStatus {
    /// It is loaded.
    Connected,
    /// It could not be loaded, or was lost; the broker tries again.
    Connecting,
    /// It could not be loaded, and the broker does not try again.
    Disconnected,
    /// It was unloaded.
    Disabled,
}

/// How one node stands with one provider.
#[derive(Clone, Debug, Serialize)]
pub struct NodeStatus {
    /// The node.
    pub node: String,
    /// The provider.
    pub provider: String,
    /// How they stand.
    pub status: ProviderStatus,
    /// Why it is not connected.
    pub reason: Option<String>,
    /// The hooks that the node calls, with their topic filters.
    pub hooks: Vec<InstalledHook>,
    /// How often it was loaded.
    pub loads: u64,
}

/// A hook that a node calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InstalledHook {
    /// The hook.
    #[serde(serialize_with = "name")]
    pub hook: Hook,
    /// The filters that its topics have to match; none for every topic.
    pub topics: Vec<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn name<S: Serializer>(hook: &Hook, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(hook.name())
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64() * 1_000.0)
}

fn base64<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

/// The protobuf bytes of a request of package v3, in base64.
pub(super) fn encoded(request: &Request) -> String {
    STANDARD.encode(request.encode_to_vec())
}
