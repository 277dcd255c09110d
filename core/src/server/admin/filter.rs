//! [`Filter`]: which calls somebody wants to see.

use percent_encoding::percent_decode_str;

use super::recent::topic_of;
use crate::{
    decision::Decision,
    hook::{Hook, topic_matches},
    metrics::VERDICTS,
    words::did_you_mean,
};

/// Which calls somebody wants to see; what is empty lets all through.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// A part of the client id.
    clientid: String,
    /// A topic filter of MQTT.
    topic: String,
    hook: Option<Hook>,
    verdict: String,
}

impl Filter {
    /// What the query of `/events` asks for; none where it asks for no calls.
    pub(super) fn parse(query: &str) -> Result<Option<Self>, String> {
        let mut wants_calls = false;
        let mut filter = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = value.replace('+', " ");
            let value = percent_decode_str(&value).decode_utf8_lossy().into_owned();
            match name {
                "calls" => wants_calls = true,
                "clientid" => filter.clientid = value,
                "topic" => filter.topic = value,
                "hook" if value.is_empty() => filter.hook = None,
                "hook" => {
                    let hook = Hook::from_name(&value);
                    let names = Hook::ALL.iter().map(|hook| hook.name());
                    filter.hook = Some(hook.ok_or_else(|| {
                        format!("there is no hook {value}{}\n", did_you_mean(&value, names))
                    })?);
                }
                "verdict" if value.is_empty() || VERDICTS.contains(&&*value) => {
                    filter.verdict = value;
                }
                "verdict" => {
                    let nearest = did_you_mean(&value, VERDICTS);
                    return Err(format!("there is no verdict {value}{nearest}\n"));
                }
                _ => {
                    let known = ["calls", "clientid", "topic", "hook", "verdict"];
                    let nearest = did_you_mean(name, known);
                    return Err(format!("/events takes no {name}{nearest}\n"));
                }
            }
        }
        Ok(wants_calls.then_some(filter))
    }

    pub(super) fn lets_through(&self, decision: &Decision<'_>) -> bool {
        let request = decision.request;
        self.hook.is_none_or(|hook| hook == decision.hook)
            && (self.verdict.is_empty() || self.verdict == decision.verdict)
            && (self.clientid.is_empty() || request.clientid().contains(&self.clientid))
            && (self.topic.is_empty()
                || topic_of(request).is_some_and(|topic| topic_matches(&self.topic, topic)))
    }
}
