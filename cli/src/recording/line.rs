//! [`Line`]: one call as it stands in a `*.calls.jsonl` file.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use exhook::testing::CallOutcome;
use serde::{Deserialize, Serialize};

/// One line of the file; what a reader needs not, it does not read.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Line {
    pub(crate) t: f64,
    pub(crate) method: String,
    #[serde(skip_deserializing)]
    pub(crate) metadata: BTreeMap<String, String>,
    #[serde(skip_deserializing)]
    pub(crate) peer: String,
    #[serde(skip_deserializing)]
    pub(crate) time_remaining: Option<f64>,
    pub(crate) request_b64: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Answer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) redacted: Vec<String>,
}

/// What became of the call; what is absent was not there.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Answer {
    after: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grpc_status: Option<u32>,
    #[serde(skip_serializing_if = "String::is_empty")]
    grpc_message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_b64: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    compressed: bool,
    #[serde(skip_serializing_if = "is_false")]
    trailers_only: bool,
    #[serde(skip_serializing_if = "is_false")]
    timed_out: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_false(value: &bool) -> bool {
    !value
}

impl From<&CallOutcome> for Answer {
    fn from(outcome: &CallOutcome) -> Self {
        let message = outcome.message.as_ref();
        Self {
            after: outcome.elapsed.as_secs_f64(),
            http_status: outcome.http_status,
            grpc_status: outcome.grpc_status,
            grpc_message: outcome.grpc_message.clone(),
            message_b64: message.map(|message| BASE64_STANDARD.encode(message)),
            compressed: outcome.compressed,
            trailers_only: outcome.trailers_only,
            timed_out: outcome.timed_out,
            reset: outcome.reset.clone(),
        }
    }
}

impl Answer {
    /// The outcome that was recorded, without the time it took.
    pub(crate) fn into_outcome(self) -> Result<CallOutcome, String> {
        let message = self
            .message_b64
            .map(|message| BASE64_STANDARD.decode(message));
        let message = message
            .transpose()
            .map_err(|error| format!("message_b64 of the answer is no base64: {error}"))?;
        Ok(CallOutcome {
            http_status: self.http_status,
            grpc_status: self.grpc_status,
            grpc_message: self.grpc_message,
            message: message.map(Bytes::from),
            compressed: self.compressed,
            trailers_only: self.trailers_only,
            timed_out: self.timed_out,
            reset: self.reset,
            ..CallOutcome::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_as_they_were_written() {
        for outcome in [
            CallOutcome {
                http_status: Some(200),
                grpc_status: Some(0),
                message: Some(Bytes::from_static(&[8, 2, 24, 1])),
                ..CallOutcome::default()
            },
            CallOutcome {
                http_status: Some(200),
                grpc_status: Some(14),
                grpc_message: "b\u{fc}sy".into(),
                trailers_only: true,
                compressed: true,
                ..CallOutcome::default()
            },
            CallOutcome {
                timed_out: true,
                ..CallOutcome::default()
            },
            CallOutcome {
                reset: Some("the server reset the stream".into()),
                ..CallOutcome::default()
            },
        ] {
            let text = serde_json::to_string(&Answer::from(&outcome)).expect("JSON");
            let answer: Answer = serde_json::from_str(&text).expect("an answer");
            assert_eq!(answer.into_outcome(), Ok(outcome), "{text}");
        }
    }
}
