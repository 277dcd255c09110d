//! [`Entry`]: what the decision log keeps of a decision.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::{Cause, Decision};
use crate::{
    hook::{Hook, Request},
    package::Package,
};

/// A decision without its request, of which neither the password nor the payload is kept.
pub(super) struct Entry {
    pub(super) arrived: SystemTime,
    pub(super) package: Package,
    pub(super) hook: Hook,
    pub(super) clientid: String,
    pub(super) username: String,
    pub(super) topic: Option<String>,
    pub(super) verdict: &'static str,
    pub(super) cause: Cause,
    pub(super) handler: Option<u32>,
    pub(super) took: Duration,
    pub(super) shadow: Option<bool>,
}

#[derive(Serialize)]
struct Line<'entry> {
    ts: String,
    hook: &'static str,
    package: &'static str,
    clientid: &'entry str,
    username: &'entry str,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'entry str>,
    verdict: &'static str,
    cause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<u32>,
    ms: f64,
    shadow: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    agrees: Option<bool>,
}

impl Entry {
    pub(super) fn of(decision: &Decision<'_>) -> Self {
        let request = &**decision.request;
        Self {
            arrived: SystemTime::now() - decision.took,
            package: decision.package,
            hook: decision.hook,
            clientid: request.clientid().to_owned(),
            username: username(request).to_owned(),
            topic: request.topic().map(str::to_owned),
            verdict: decision.verdict,
            cause: decision.cause,
            handler: decision.handler.map(|handler| handler.0),
            took: decision.took,
            shadow: decision.shadow,
        }
    }

    /// Milliseconds, to the microsecond.
    pub(super) fn milliseconds(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "nothing takes that long")]
        let microseconds = self.took.as_micros() as f64;
        microseconds / 1_000.0
    }

    /// The entry as a line of JSON, without the end of the line.
    pub(super) fn json(&self) -> String {
        let line = Line {
            ts: humantime::format_rfc3339_millis(self.arrived).to_string(),
            hook: self.hook.name(),
            package: self.package.short_name(),
            clientid: &self.clientid,
            username: &self.username,
            topic: self.topic.as_deref(),
            verdict: self.verdict,
            cause: self.cause.name(),
            handler: self.handler,
            ms: self.milliseconds(),
            shadow: self.shadow.is_some(),
            agrees: self.shadow,
        };
        serde_json::to_string(&line).expect("texts and numbers have a form in JSON")
    }
}

/// The user name of the client; of a message it is among the headers, where brokers have any.
fn username(request: &Request) -> &str {
    if let Some(clientinfo) = request.clientinfo() {
        return &clientinfo.username;
    }
    request
        .message()
        .and_then(|message| message.headers.get("username"))
        .map_or("", String::as_str)
}
