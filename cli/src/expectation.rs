//! [`Expectation`]: answers compared with those that were recorded, as a broker understands them.

mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use clap::ValueEnum;
use exhook::{
    proto::HookSpec,
    testing::{BrokerKind, CallOutcome, Understood},
};
use serde::Serialize;

use crate::{recording::RecordedCall, tally::Place};
use words::{words, words_of_hook, words_of_payload, words_of_topic};

/// How many differences are told; programs are told all.
const TOLD: usize = 15;
/// What recordings without payloads say they lack.
const PAYLOADS: &str = "payloads";

/// What may be different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ignored {
    /// The payload of a message that replaces the published one
    Payload,
}

/// An answer that is not the recorded one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    hook: &'static str,
    #[serde(flatten)]
    place: Place,
    answered: String,
    expected: String,
}

/// Compares answers.
#[derive(Debug)]
pub(crate) struct Expectation {
    ignored: Vec<Ignored>,
    compared: u64,
    without_answer: u64,
    redacted: BTreeSet<String>,
    differences: Vec<Difference>,
}

impl Expectation {
    pub(crate) fn new(ignored: Vec<Ignored>) -> Self {
        Self {
            ignored,
            compared: 0,
            without_answer: 0,
            redacted: BTreeSet::new(),
            differences: Vec::new(),
        }
    }

    /// Compares an answer, and what the broker understands by it, with the one of the call that
    /// was recorded.
    pub(crate) fn compare(
        &mut self,
        broker: BrokerKind,
        call: &RecordedCall,
        (outcome, understood): (&CallOutcome, &Understood),
        place: impl FnOnce() -> Place,
    ) {
        let Some(recorded) = &call.answer else {
            self.without_answer += 1;
            return;
        };
        self.compared += 1;
        self.redacted.extend(call.redacted.iter().cloned());
        // Nobody can expect what was blanked.
        let blanked = call.redacted.iter().any(|secret| secret == PAYLOADS);
        let payload = !self.ignored.contains(&Ignored::Payload) && !blanked;
        let expected = broker.understand(call.hook, recorded);
        if let Some((answered, expected)) =
            difference((outcome, understood), (recorded, &expected), payload)
        {
            self.differences.push(Difference {
                hook: call.hook.name(),
                place: place(),
                answered,
                expected,
            });
        }
    }

    pub(crate) fn differs(&self) -> bool {
        !self.differences.is_empty()
    }

    pub(crate) fn compared(&self) -> u64 {
        self.compared
    }

    /// How many calls have no recorded answer.
    pub(crate) fn without_answer(&self) -> u64 {
        self.without_answer
    }

    pub(crate) fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// The first differences, and how many there are.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for difference in self.differences.iter().take(TOLD) {
            let Difference {
                hook,
                place:
                    Place {
                        file,
                        line,
                        clientid,
                    },
                answered,
                expected,
            } = difference;
            let _ = writeln!(
                text,
                "{hook}: {answered}, expected {expected}\n  {file}:{line}  client {clientid:?}"
            );
        }
        let more = self.differences.len().saturating_sub(TOLD);
        if more > 0 {
            let _ = writeln!(text, "and {more} differences more; --json has all");
        }
        if self.differs() {
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "compared: {} answers, {} different from the recorded ones",
            self.compared,
            self.differences.len()
        );
        if self.without_answer > 0 {
            let _ = writeln!(
                text,
                "not compared: {} calls without a recorded answer",
                self.without_answer
            );
        }
        if self.differs() && !self.redacted.is_empty() {
            let redacted: Vec<&str> = self.redacted.iter().map(String::as_str).collect();
            let _ = writeln!(
                text,
                "note: {} were blanked when these calls were recorded, so that a program that \
                 reads them may answer otherwise",
                redacted.join(" and ")
            );
        }
        text
    }
}

/// What was answered and what was expected, in words, where that is not the same.
fn difference(
    (outcome, answered): (&CallOutcome, &Understood),
    (recorded, expected): (&CallOutcome, &Understood),
    payload: bool,
) -> Option<(String, String)> {
    let differs = match (answered, expected) {
        (
            Understood::Replaced {
                topic,
                qos,
                payload: content,
            },
            Understood::Replaced {
                topic: expected_topic,
                qos: expected_qos,
                payload: expected_content,
            },
        ) => {
            let same_payload = !payload || content == expected_content;
            let parts = [
                (
                    topic != expected_topic,
                    words_of_topic(topic),
                    words_of_topic(expected_topic),
                ),
                (
                    qos != expected_qos,
                    format!("qos {qos}"),
                    format!("qos {expected_qos}"),
                ),
                (
                    !same_payload,
                    words_of_payload(content),
                    words_of_payload(expected_content),
                ),
            ];
            let parts = parts.into_iter().filter(|(differs, ..)| *differs);
            let (answered, expected): (Vec<_>, Vec<_>) = parts
                .map(|(_, answered, expected)| (answered, expected))
                .unzip();
            return (!answered.is_empty()).then(|| {
                (
                    format!("replace {}", answered.join(" ")),
                    expected.join(" "),
                )
            });
        }
        (Understood::Loaded(hooks), Understood::Loaded(expected_hooks)) => {
            return difference_of_hooks(hooks, expected_hooks);
        }
        (Understood::Illegal(reason), Understood::Illegal(expected_reason)) => {
            let cut_off = outcome.reset.is_some() && recorded.reset.is_some();
            !cut_off && reason != expected_reason
        }
        _ => answered != expected,
    };
    differs.then(|| (words(answered), words(expected)))
}

/// The order in which a broker is told of hooks and topics means nothing to it.
fn difference_of_hooks(answered: &[HookSpec], expected: &[HookSpec]) -> Option<(String, String)> {
    let by_name = |hooks: &[HookSpec]| -> BTreeMap<String, BTreeSet<String>> {
        // The first of a name counts.
        let hooks = hooks.iter().rev();
        hooks
            .map(|hook| (hook.name.clone(), hook.topics.iter().cloned().collect()))
            .collect()
    };
    let (answered, expected) = (by_name(answered), by_name(expected));
    let only = |these: &BTreeMap<String, BTreeSet<String>>,
                others: &BTreeMap<String, BTreeSet<String>>| {
        let words: Vec<String> = these
            .iter()
            .filter(|(name, topics)| others.get(*name) != Some(topics))
            .map(|(name, topics)| words_of_hook(name, topics))
            .collect();
        match words.len() {
            0 => "hooks without these".to_owned(),
            _ => format!("hooks {}", words.join(", ")),
        }
    };
    (answered != expected).then(|| (only(&answered, &expected), only(&expected, &answered)))
}

#[cfg(test)]
mod tests;
