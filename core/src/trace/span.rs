//! [`Span`]: a part of a call that is over, on its way to the collector.

use std::time::Duration;

use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::{Span as ProtoSpan, Status, span::SpanKind, status::StatusCode},
};

use crate::{
    call::{Failure, HandlerId},
    hook::Hook,
    package::Package,
};

/// What happened, and when: times are nanoseconds since 1970.
pub(super) struct Span {
    pub(super) trace: u128,
    pub(super) id: u64,
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) part: Part,
}

/// Which part of a call it is.
pub(super) enum Part {
    /// From the arrival of the request to its answer.
    Server(Box<ServerPart>),
    /// From the beginning of user code to its answer.
    Handler {
        parent: u64,
        handler: HandlerId,
        waited: Duration,
        failure: Option<Failure>,
    },
}

/// What is told of a request, of which neither the password nor the payload is kept.
pub(super) struct ServerPart {
    pub(super) package: Package,
    pub(super) hook: Hook,
    pub(super) clientid: String,
    pub(super) topic: Option<String>,
    pub(super) node: String,
    pub(super) verdict: Option<&'static str>,
    pub(super) cause: &'static str,
    pub(super) handler: Option<HandlerId>,
    /// Whether a handler should have decided, and did not.
    pub(super) is_error: bool,
    /// How long user code waited and ran, where the broker waited for it.
    pub(super) waited_and_ran: Option<(Duration, Duration)>,
}

impl Span {
    pub(super) fn into_proto(self) -> ProtoSpan {
        let span = ProtoSpan {
            trace_id: self.trace.to_be_bytes().to_vec(),
            span_id: self.id.to_be_bytes().to_vec(),
            start_time_unix_nano: self.began,
            end_time_unix_nano: self.ended,
            // That the trace was sampled, as in `traceparent`.
            flags: 1,
            ..ProtoSpan::default()
        };
        match self.part {
            Part::Server(part) => ProtoSpan {
                name: part.hook.name().to_owned(),
                kind: SpanKind::Server.into(),
                status: part.is_error.then(|| failed(part.cause)),
                attributes: part.attributes(),
                ..span
            },
            Part::Handler {
                parent,
                handler,
                waited,
                failure,
            } => {
                let mut attributes = vec![
                    attribute("exhook.handler", Value::IntValue(handler.0.into())),
                    milliseconds("exhook.wait_ms", waited),
                ];
                if let Some(failure) = failure {
                    attributes.push(text("exhook.cause", failure.name()));
                }
                ProtoSpan {
                    parent_span_id: parent.to_be_bytes().to_vec(),
                    name: "handler".to_owned(),
                    kind: SpanKind::Internal.into(),
                    status: failure.map(|failure| failed(failure.name())),
                    attributes,
                    ..span
                }
            }
        }
    }
}

impl ServerPart {
    fn attributes(self) -> Vec<KeyValue> {
        let mut attributes = vec![
            text("exhook.hook", self.hook.name()),
            text("exhook.package", self.package.short_name()),
            text("exhook.cause", self.cause),
            text("messaging.system", "mqtt"),
        ];
        if let Some(verdict) = self.verdict {
            attributes.push(text("exhook.verdict", verdict));
        }
        if !self.node.is_empty() {
            attributes.push(text("exhook.node", self.node));
        }
        if !self.clientid.is_empty() {
            attributes.push(text("messaging.client.id", self.clientid));
        }
        if let Some(topic) = self.topic {
            attributes.push(text("messaging.destination.name", topic));
        }
        if let Some(handler) = self.handler {
            attributes.push(attribute(
                "exhook.handler",
                Value::IntValue(handler.0.into()),
            ));
        }
        if let Some((waited, ran)) = self.waited_and_ran {
            attributes.push(milliseconds("exhook.wait_ms", waited));
            attributes.push(milliseconds("exhook.run_ms", ran));
        }
        attributes
    }
}

pub(super) fn text(key: &str, value: impl Into<String>) -> KeyValue {
    attribute(key, Value::StringValue(value.into()))
}

fn milliseconds(key: &str, value: Duration) -> KeyValue {
    attribute(key, Value::DoubleValue(value.as_secs_f64() * 1_000.0))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

fn failed(cause: &str) -> Status {
    Status {
        message: cause.to_owned(),
        code: StatusCode::Error.into(),
    }
}
