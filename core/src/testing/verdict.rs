//! [`BrokerKind`]: what a broker makes of an answer.

use bytes::Bytes;

use super::CallOutcome;
use crate::{
    call::MessagePatch,
    hook::{AnswerKind, Hook},
    package::{BrokerVersion, Package},
    proto::{self, valued_response::Value},
};

const ALLOW_PUBLISH: &str = "allow_publish";

/// A broker as far as the reading of answers depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokerKind {
    /// The package it speaks.
    pub package: Package,
    /// Its version; an unknown one is taken for the newest of the package.
    pub version: Option<BrokerVersion>,
}

/// What a broker understands by an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Understood {
    /// Yes, and nobody else is asked.
    Allowed,
    /// No, and nobody else is asked.
    Denied,
    /// Yes or no so far; who comes next may change it.
    Continue(bool),
    /// No opinion. To `client.authenticate`, EMQX 5.0 to 5.8 then refuse the client.
    Ignored,
    /// These take the place of what the client published.
    Replaced {
        /// The topic.
        topic: String,
        /// The quality of service.
        qos: u32,
        /// The payload.
        payload: Bytes,
    },
    /// The message does not reach its subscribers.
    Blocked,
    /// A notification has been taken note of.
    Acknowledged,
    /// The hooks that the broker will call.
    Loaded(Vec<proto::HookSpec>),
    /// The broker cannot use the answer, or it breaks something there; says why.
    Illegal(String),
}

impl Understood {
    /// One word for it, as in reports.
    pub const fn name(&self) -> &'static str {
        match self {
            Understood::Allowed => "allow",
            Understood::Denied => "deny",
            Understood::Continue(true) => "continue true",
            Understood::Continue(false) => "continue false",
            Understood::Ignored => "ignore",
            Understood::Replaced { .. } => "replace",
            Understood::Blocked => "block",
            Understood::Acknowledged => "done",
            Understood::Loaded(_) => "loaded",
            Understood::Illegal(_) => "illegal",
        }
    }

    /// Whether the broker can use the answer.
    pub const fn is_legal(&self) -> bool {
        !matches!(self, Understood::Illegal(_))
    }
}

/// The three values of `ResponsedType`, whatever their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponsedType {
    Continue,
    Ignore,
    StopAndReturn,
}

impl ResponsedType {
    /// What a broker of `kind` reads this number as, if it knows it.
    pub(super) fn read(kind: BrokerKind, number: i32) -> Option<Self> {
        let swapped = kind.package == Package::V1
            && kind
                .version
                .is_some_and(BrokerVersion::swaps_verdict_numbers);
        match (number, swapped) {
            (0, false) | (1, true) => Some(Self::Continue),
            (1, false) | (0, true) => Some(Self::Ignore),
            (2, _) => Some(Self::StopAndReturn),
            _ => None,
        }
    }
}

impl BrokerKind {
    /// What the broker makes of the answer to `hook`.
    pub fn understand(&self, hook: Hook, outcome: &CallOutcome) -> Understood {
        match usable_message(outcome) {
            Ok(message) => self.read(hook, message).unwrap_or_else(Understood::Illegal),
            Err(reason) => Understood::Illegal(reason),
        }
    }

    fn read(&self, hook: Hook, message: Bytes) -> Result<Understood, String> {
        match hook.answer_kind() {
            AnswerKind::Provider if hook == Hook::ProviderLoaded => {
                self.loaded(decode(message, "LoadedResponse")?)
            }
            AnswerKind::Provider | AnswerKind::Notification => {
                let proto::EmptySuccess {} = decode(message, "EmptySuccess")?;
                Ok(Understood::Acknowledged)
            }
            AnswerKind::Bool | AnswerKind::Message => {
                self.valued(hook, decode(message, "ValuedResponse")?)
            }
        }
    }

    pub(super) fn loaded(&self, response: proto::LoadedResponse) -> Result<Understood, String> {
        for spec in &response.hooks {
            if !self.knows(&spec.name) {
                return Err(format!(
                    "{:?} is no hook of {}, and one unknown name fails the whole load",
                    spec.name, self.package
                ));
            }
        }
        Ok(Understood::Loaded(response.hooks))
    }

    fn knows(&self, name: &str) -> bool {
        Hook::ALL.iter().any(|hook| {
            hook.is_announced()
                && hook.since() <= self.package
                && hook.name_in(self.package) == name
                && (*hook != Hook::MessageIngress
                    || self.version.is_none_or(BrokerVersion::has_message_ingress))
        })
    }

    fn valued(&self, hook: Hook, response: proto::ValuedResponse) -> Result<Understood, String> {
        let number = response.r#type;
        let responsed_type = ResponsedType::read(*self, number)
            .ok_or_else(|| format!("{number} is no ResponsedType"))?;
        let stops = match responsed_type {
            ResponsedType::Ignore => return Ok(Understood::Ignored),
            ResponsedType::StopAndReturn => true,
            ResponsedType::Continue if hook == Hook::MessageIngress => {
                return Err(format!("CONTINUE means nothing to {hook}"));
            }
            ResponsedType::Continue => false,
        };
        match (hook.answer_kind(), response.value) {
            (_, None) => Err("the answer has no value; say IGNORE for no opinion".to_owned()),
            (AnswerKind::Message, Some(Value::Message(message))) => self.message(message),
            (AnswerKind::Message, Some(Value::BoolResult(_))) => {
                Err(format!("{hook} takes a message, the answer is a bool"))
            }
            (_, Some(Value::Message(_))) => {
                Err(format!("{hook} takes a bool, the answer is a message"))
            }
            (_, Some(Value::BoolResult(value))) => Ok(match (stops, value) {
                (true, true) => Understood::Allowed,
                (true, false) => Understood::Denied,
                (false, value) => Understood::Continue(value),
            }),
        }
    }

    fn message(&self, message: proto::Message) -> Result<Understood, String> {
        let blocks = message
            .headers
            .get(ALLOW_PUBLISH)
            .is_some_and(|value| value == "false");
        if blocks && self.has_headers() {
            return Ok(Understood::Blocked);
        }
        // EMQX itself checks nothing here: it publishes to such topics, and breaks later.
        MessagePatch::new()
            .topic(message.topic.as_str())
            .qos(message.qos)
            .validate()
            .map_err(|problem| format!("the message cannot be published: {problem}"))?;
        Ok(Understood::Replaced {
            topic: message.topic,
            qos: message.qos,
            payload: message.payload,
        })
    }

    /// EMQX 4.3 has no message headers.
    fn has_headers(&self) -> bool {
        self.package != Package::V1
            || self
                .version
                .is_none_or(|version| (version.major, version.minor) > (4, 3))
    }
}

fn decode<M: prost::Message + Default>(message: Bytes, name: &str) -> Result<M, String> {
    M::decode(message).map_err(|error| format!("the answer is no {name}: {error}"))
}

/// The message of an answer that came whole, in time and without an error.
fn usable_message(outcome: &CallOutcome) -> Result<Bytes, String> {
    if outcome.timed_out {
        return Err("no answer in time".to_owned());
    }
    if let Some(reason) = &outcome.reset {
        return Err(format!("no answer: {reason}"));
    }
    if let Some(status) = outcome.http_status.filter(|status| *status != 200) {
        return Err(format!("the answer has HTTP status {status}"));
    }
    if outcome.compressed {
        return Err("the answer is compressed, which crashes the broker's connection".to_owned());
    }
    match outcome.grpc_status {
        Some(0) => {}
        Some(status) => {
            let hangs = if outcome.trailers_only {
                ", in headers that end the stream: brokers of 4.x and 5.0 wait out their timeout"
            } else {
                ""
            };
            let text = &outcome.grpc_message;
            return Err(format!(
                "the answer is gRPC error {status} ({text:?}){hangs}"
            ));
        }
        None => return Err("the answer has no grpc-status".to_owned()),
    }
    outcome
        .message
        .clone()
        .ok_or_else(|| "the answer has no message".to_owned())
}

#[cfg(test)]
mod tests;
