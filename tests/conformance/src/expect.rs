//! What an answer has to be: what every broker needs of every answer, and what a case says.

use std::fmt::Write as _;

use bytes::Bytes;
use exhook::{
    Hook, Request,
    proto::{self, valued_response::Value},
    testing::{BrokerKind, CallOutcome, Understood},
};
use prost::Message as _;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::Problem;

/// What a case says about an answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerExpected {
    /// What the broker makes of it: `allow`, `deny`, `continue true`, `ignore`, `replace`, …
    understood: Option<String>,
    topic: Option<String>,
    qos: Option<u32>,
    payload: Option<String>,
    payload_bytes: Option<usize>,
    /// The number of its `ResponsedType`.
    number: Option<i32>,
    /// The bytes of the message, in hexadecimal.
    bytes: Option<String>,
    /// The hooks to be called: names of the package, each followed by its topic filters.
    hooks: Option<Vec<String>>,
    /// gRPC's status, where it is not 0.
    status: Option<u32>,
    /// Whether the answer need not keep the message: the request could not be read.
    #[serde(default)]
    forgets_message: bool,
}

impl AnswerExpected {
    /// Checks the outcome of a call of `hook` as brokers of `kind` read it.
    pub(crate) fn check(
        &self,
        kind: BrokerKind,
        hook: Hook,
        request: Option<&Request>,
        outcome: &CallOutcome,
    ) -> Result<(), Problem> {
        if let Some(status) = self.status {
            return check_error(status, outcome);
        }
        let message = check_wire(outcome)?;
        let understood = kind.understand(hook, outcome);
        if let Understood::Illegal(reason) = &understood {
            return Err(format!("the broker cannot use the answer: {reason}"));
        }
        same(
            "understood",
            self.understood.as_ref(),
            &understood.name().to_owned(),
        )?;
        self.check_replaced(&understood)?;
        if let Some(expected) = &self.hooks {
            same("hooks", Some(expected), &hooks_of(&understood))?;
        }
        same("bytes", self.bytes.as_ref(), &hexadecimal(&message))?;
        if let Ok(response) = proto::ValuedResponse::decode(message)
            && hook.is_valued()
        {
            same("number", self.number.as_ref(), &response.r#type)?;
            if let (Some(Value::Message(answered)), Some(Request::MessagePublish(asked))) =
                (&response.value, request)
                && !self.forgets_message
            {
                check_kept(asked.message.as_ref(), answered)?;
            }
        }
        Ok(())
    }

    fn check_replaced(&self, understood: &Understood) -> Result<(), Problem> {
        let Understood::Replaced {
            topic,
            qos,
            payload,
        } = understood
        else {
            return Ok(());
        };
        same("topic", self.topic.as_ref(), topic)?;
        same("qos", self.qos.as_ref(), qos)?;
        same("payload_bytes", self.payload_bytes.as_ref(), &payload.len())?;
        let payload = String::from_utf8_lossy(payload).into_owned();
        same("payload", self.payload.as_ref(), &payload)
    }
}

/// What brokers need of every answer, whatever the handler did.
fn check_wire(outcome: &CallOutcome) -> Result<Bytes, Problem> {
    if outcome.timed_out {
        return Err("there is no answer in the broker's time".to_owned());
    }
    if let Some(reason) = &outcome.reset {
        return Err(format!("there is no answer: {reason}"));
    }
    same("the HTTP status", Some(&Some(200)), &outcome.http_status)?;
    same("grpc-status", Some(&Some(0)), &outcome.grpc_status)?;
    if outcome.trailers_only {
        return Err("the headers end the stream, which 4.x waits out its timeout for".to_owned());
    }
    if outcome.compressed {
        return Err("the message is compressed, which crashes the broker's worker".to_owned());
    }
    outcome
        .message
        .clone()
        .ok_or_else(|| "there is no whole message".to_owned())
}

/// An error that no broker hangs on: headers, then trailers.
fn check_error(status: u32, outcome: &CallOutcome) -> Result<(), Problem> {
    if outcome.timed_out || outcome.reset.is_some() {
        return Err(format!("there is no answer: {outcome:?}"));
    }
    same("the HTTP status", Some(&Some(200)), &outcome.http_status)?;
    same("grpc-status", Some(&Some(status)), &outcome.grpc_status)?;
    if outcome.trailers_only {
        return Err("the headers end the stream, which 4.x waits out its timeout for".to_owned());
    }
    if outcome.grpc_message.contains('%') {
        let text = &outcome.grpc_message;
        return Err(format!(
            "grpc-message is {text:?}, which brokers show as it is"
        ));
    }
    Ok(())
}

/// Everything but topic, qos, payload and one header stays as the client sent it.
fn check_kept(asked: Option<&proto::Message>, answered: &proto::Message) -> Result<(), Problem> {
    let asked = asked.cloned().unwrap_or_default();
    let mut headers = answered.headers.clone();
    if !asked.headers.contains_key("allow_publish") {
        headers.remove("allow_publish");
    }
    let kept = proto::Message {
        topic: asked.topic.clone(),
        qos: asked.qos,
        payload: asked.payload.clone(),
        headers,
        ..answered.clone()
    };
    if kept == asked {
        return Ok(());
    }
    Err("the answer's message has another id, node, from, timestamp or header".to_owned())
}

fn hooks_of(understood: &Understood) -> Vec<String> {
    let Understood::Loaded(hooks) = understood else {
        return Vec::new();
    };
    hooks
        .iter()
        .map(|spec| {
            let mut words = vec![spec.name.clone()];
            words.extend(spec.topics.iter().cloned());
            words.join(" ")
        })
        .collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares, where something is expected.
fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: Option<&T>,
    found: &T,
) -> Result<(), Problem> {
    match expected {
        Some(expected) if expected != found => {
            Err(format!("{what} is {found:?}, expected {expected:?}"))
        }
        _ => Ok(()),
    }
}

/// Whether everything of `expected` is in `found`: keys of objects may be missing in `expected`,
/// lists are whole.
pub(crate) fn is_part_of(expected: &Json, found: &Json) -> Result<(), Problem> {
    match (expected, found) {
        (Json::Object(expected), Json::Object(found)) => {
            for (key, value) in expected {
                let Some(other) = found.get(key) else {
                    let known = found.keys().map(String::as_str);
                    return Err(format!(
                        "there is no {key}{}",
                        exhook::did_you_mean(key, known)
                    ));
                };
                is_part_of(value, other).map_err(|problem| format!("{key}: {problem}"))?;
            }
            Ok(())
        }
        (Json::Array(expected), Json::Array(found)) if expected.len() == found.len() => expected
            .iter()
            .zip(found)
            .try_for_each(|(one, other)| is_part_of(one, other)),
        (expected, found) if expected == found => Ok(()),
        _ => Err(format!("{found}, expected {expected}")),
    }
}
