//! [`Entry`]: a call as it is written down.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use exhook::{Hook, Package, Request, testing::CallOutcome};

use super::{
    redact::{Secret, redact_answer, redact_request},
    tap::Exchange,
};
use crate::recording::{Answer, Line, clientid, parse_method};

/// A line of the recording, and what it is about.
pub(super) struct Entry {
    pub(super) package: Package,
    pub(super) hook: Hook,
    pub(super) outcome: CallOutcome,
    /// Ends with a line break.
    pub(super) text: String,
}

/// Why there is no line.
pub(super) enum Unrecorded {
    /// It is no hook of EMQX that was called.
    NoHook { path: String },
    /// Nobody could replay the request.
    Unreadable { hook: Hook },
}

impl Entry {
    /// A call of `peer` that began `at` seconds after the recording did.
    pub(super) fn new(
        exchange: Exchange,
        peer: &str,
        at: f64,
        secrets: &[Secret],
    ) -> Result<Self, Unrecorded> {
        let Some((package, hook)) = parse_method(&exchange.path) else {
            return Err(Unrecorded::NoHook {
                path: exchange.path,
            });
        };
        let request = message(&exchange.request)
            .filter(|request| clientid(hook, request.clone()).is_ok())
            .ok_or(Unrecorded::Unreadable { hook })?;
        let mut outcome = exchange.outcome;
        let request = if secrets.is_empty() {
            request
        } else {
            outcome.message = outcome.message.map(|message| {
                let mut message = message.to_vec();
                redact_answer(secrets, hook, &mut message);
                message.into()
            });
            redacted(secrets, hook, &request)
        };
        let line = Line {
            // To the microsecond, beyond which clocks tell nothing.
            t: (at * 1e6).round() / 1e6,
            method: exchange.path,
            metadata: exchange.metadata,
            peer: peer.to_owned(),
            time_remaining: exchange.timeout.map(|timeout| timeout.as_secs_f64()),
            request_b64: BASE64_STANDARD.encode(request),
            answer: Some(Answer::from(&outcome)),
            redacted: secrets
                .iter()
                .map(|secret| secret.name().to_owned())
                .collect(),
        };
        let mut text = serde_json::to_string(&line).expect("numbers and texts, keyed by texts");
        text.push('\n');
        Ok(Self {
            package,
            hook,
            outcome,
            text,
        })
    }
}

/// The message in the content of a request.
fn message(content: &Bytes) -> Option<Bytes> {
    let mut framed = CallOutcome::default();
    framed.take_message(content.clone());
    framed.message.filter(|_| !framed.compressed)
}

fn redacted(secrets: &[Secret], hook: Hook, request: &Bytes) -> Bytes {
    let mut bytes = request.to_vec();
    // Only a broker's introduction, which has no secrets, differs too much to be read.
    if let Ok(decoded) = Request::decode(hook, request.clone()) {
        redact_request(secrets, &decoded, &mut bytes);
    }
    bytes.into()
}
