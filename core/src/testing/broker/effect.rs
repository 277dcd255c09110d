//! [`Effect`]: what a broker does with an answer, as lenient and as strict as it is.

use bytes::Bytes;
use prost::Message as _;

use super::{CallResult, Release};
use crate::{
    hook::{AnswerKind, Hook},
    proto::{self, valued_response::Value},
    testing::{CallOutcome, verdict::ResponsedType},
};

/// What an answer does to the chain of servers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    /// Nothing: the next server is asked.
    None,
    /// The value is what the next server gets.
    Continue(Value),
    /// The value is what holds, and nobody else is asked.
    Stop(Value),
    /// The call failed.
    Failed,
}

/// What a pool worker of the broker does with what came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// It hands on the message.
    Message(Bytes),
    /// The call fails at once.
    Fails(String),
    /// The caller waits out its timeout.
    Hangs(String),
    /// The worker crashes: the call fails, and its connection is closed.
    Crashes(String),
}

impl Received {
    /// A message counts, whatever status comes with it; a compressed one crashes the worker, as
    /// an answer does that is no gRPC.
    pub(super) fn of(release: Release, outcome: &CallOutcome) -> Self {
        if outcome.timed_out {
            return Received::Hangs("no answer in time".to_owned());
        }
        if let Some(reason) = &outcome.reset {
            return Received::Hangs(reason.clone());
        }
        if outcome.compressed {
            return Received::Crashes("the answer is compressed".to_owned());
        }
        if let Some(status) = outcome.http_status.filter(|status| *status != 200)
            && !outcome.trailers_only
        {
            return Received::Crashes(format!("the answer has HTTP status {status} and a body"));
        }
        if let Some(message) = &outcome.message {
            return Received::Message(message.clone());
        }
        let reason = match outcome.grpc_status {
            Some(0) | None => "the answer has no message".to_owned(),
            Some(status) => format!("gRPC error {status} ({:?})", outcome.grpc_message),
        };
        if outcome.trailers_only && release.hangs_on_trailers_only() {
            return Received::Hangs(format!("{reason} in headers that end the stream"));
        }
        Received::Fails(reason)
    }
}

/// Reads the message that answered `hook`.
pub(super) fn read(release: Release, hook: Hook, message: Bytes) -> (CallResult, Effect) {
    let kind = hook.answer_kind();
    if !matches!(kind, AnswerKind::Bool | AnswerKind::Message) {
        return match proto::EmptySuccess::decode(message) {
            Ok(_) => (answered("done"), Effect::None),
            Err(error) => failed(format!("the answer is no EmptySuccess: {error}")),
        };
    }
    let response = match proto::ValuedResponse::decode(message) {
        Ok(response) => response,
        Err(error) => return failed(format!("the answer is no ValuedResponse: {error}")),
    };
    let Some(responsed_type) = ResponsedType::read(release.kind(), response.r#type) else {
        let reason = format!("{} is no ResponsedType", response.r#type);
        return (CallResult::Unusable { reason }, Effect::None);
    };
    if responsed_type == ResponsedType::Ignore {
        return (answered("ignore"), Effect::None);
    }
    let value = match (kind, response.value) {
        (AnswerKind::Bool, Some(value @ Value::BoolResult(_)))
        | (AnswerKind::Message, Some(value @ Value::Message(_))) => value,
        (_, None) if hook == Hook::MessageIngress => {
            return failed("the answer has no value".to_owned());
        }
        (_, None) => return unusable("the answer has no value"),
        (AnswerKind::Bool, Some(_)) => return unusable("the answer is a message, not a bool"),
        (_, Some(_)) => return unusable("the answer is a bool, not a message"),
    };
    let stops = responsed_type == ResponsedType::StopAndReturn;
    let verdict = match (&value, stops) {
        (Value::BoolResult(true), true) => "allow",
        (Value::BoolResult(false), true) => "deny",
        (Value::BoolResult(true), false) => "continue true",
        (Value::BoolResult(false), false) => "continue false",
        (Value::Message(message), _) if blocks(release, message) => "block",
        (Value::Message(_), _) => "replace",
    };
    let effect = if stops {
        Effect::Stop(value)
    } else {
        Effect::Continue(value)
    };
    (answered(verdict), effect)
}

/// Whether subscribers do not get the message.
pub(super) fn blocks(release: Release, message: &proto::Message) -> bool {
    release.sends_headers()
        && message
            .headers
            .get("allow_publish")
            .is_some_and(|value| value == "false")
}

fn answered(verdict: &str) -> CallResult {
    CallResult::Answered {
        verdict: verdict.to_owned(),
    }
}

fn unusable(reason: &str) -> (CallResult, Effect) {
    let reason = reason.to_owned();
    (CallResult::Unusable { reason }, Effect::None)
}

fn failed(reason: String) -> (CallResult, Effect) {
    (CallResult::Failed { reason }, Effect::Failed)
}

#[cfg(test)]
mod tests;
