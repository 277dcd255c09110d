//! How answers came: in time, whole, with a status.

use std::time::Duration;

use exhook::{Hook, testing::CallOutcome};

use super::{Level, Rule, Seen};
use crate::check::{facts::Facts, observed::Answer, versions::Versions};

/// A client whose every event waits this long notices it.
const NOTICEABLE: Duration = Duration::from_millis(50);

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "timeout",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "the client waits all that time; then failed_action decides: with deny it is \
                 refused, while a publish goes through unchanged either way",
        remedy: "answer before request_timeout: take note of events first and work afterwards, and \
                 give decisions a deadline of their own",
        find: timed_out,
    },
    Rule {
        name: "near-timeout",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "under load such a handler goes beyond request_timeout, and failed_action decides",
        remedy: "make the handler quicker, or set a longer request_timeout",
        find: near_timeout,
    },
    Rule {
        name: "slow",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "each call blocks its MQTT client until it is answered, events too",
        remedy: "answer first and work afterwards, and limit message hooks with topic filters",
        find: slow,
    },
    Rule {
        name: "grpc-error",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "an error is a failed call whatever its number: failed_action decides",
        remedy: "never answer with a gRPC error; answer allow, deny or ignore with status 0",
        find: grpc_error,
    },
    Rule {
        name: "trailers-only",
        level: Level::Error,
        versions: Versions::between((4, 3), (5, 0)),
        broker: "it does not understand an error in headers that end the stream: the client hangs \
                 for the whole request_timeout",
        remedy: "never answer with a gRPC error; answer allow, deny or ignore with status 0",
        find: trailers_only,
    },
    Rule {
        name: "error-with-message",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "an answer with a message counts as success, whatever its gRPC status says",
        remedy: "send grpc-status 0 with a message",
        find: error_with_message,
    },
    Rule {
        name: "compressed",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "a compressed message crashes its gRPC client, and with it every call on the \
                 connection; on EMQX 4 the eleventh crash in an hour ends the pool for good",
        remedy: "switch compression of answers off in the gRPC server",
        find: compressed,
    },
    Rule {
        name: "http-error",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "a body that is not gRPC crashes its gRPC client, and with it every call on the \
                 connection",
        remedy: "let the gRPC server itself listen at this address, without a web server or proxy \
                 that answers in its place",
        find: http_error,
    },
    Rule {
        name: "reset",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "nobody tells the client: it waits for the whole request_timeout, then \
                 failed_action decides",
        remedy: "answer every call, and never reset a stream or close the connection meanwhile",
        find: reset,
    },
    Rule {
        name: "no-message",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "a stream without a message is a failed call: failed_action decides",
        remedy: "send an empty message rather than none",
        find: no_message,
    },
    Rule {
        name: "broken-message",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "it cannot decode the message, which is a failed call: failed_action decides",
        remedy: "answer with the message type that the rpc names: EmptySuccess, ValuedResponse or \
                 LoadedResponse",
        find: broken_message,
    },
    Rule {
        name: "unload-failed",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "it waits for the answer, at most for some seconds, and goes on whatever came",
        remedy: "answer OnProviderUnloaded with EmptySuccess",
        find: |facts| {
            let unload = &facts.provider.unload;
            let problem = unload.problem().into_iter();
            problem
                .map(|problem| Seen::new(unload.hook, problem))
                .collect()
        },
    },
];

/// The answers to hooks of which `find` says something; loads have rules of their own.
pub(super) fn each(facts: &Facts, find: impl Fn(&Answer) -> Option<String>) -> Vec<Seen> {
    facts
        .provider
        .calls
        .iter()
        .filter_map(|answer| Some(Seen::new(answer.hook, find(answer)?)))
        .collect()
}

/// The same, with the answer to the load.
fn each_with_load(facts: &Facts, find: impl Fn(&CallOutcome) -> Option<String>) -> Vec<Seen> {
    facts
        .provider
        .answers()
        .filter(|answer| answer.hook != Hook::ProviderUnloaded)
        .filter_map(|answer| Some(Seen::new(answer.hook, find(&answer.outcome)?)))
        .collect()
}

fn timed_out(facts: &Facts) -> Vec<Seen> {
    let timeout = facts.provider.timeout.as_millis();
    each(facts, |answer| {
        let late = answer.outcome.timed_out;
        late.then(|| format!("no answer within {timeout} ms"))
    })
}

/// The time of an answer that came.
fn elapsed(answer: &Answer) -> Option<Duration> {
    (!answer.outcome.timed_out).then_some(answer.outcome.elapsed)
}

fn near_timeout(facts: &Facts) -> Vec<Seen> {
    let timeout = facts.provider.timeout;
    each(facts, |answer| {
        let elapsed = elapsed(answer).filter(|elapsed| *elapsed >= timeout / 2)?;
        Some(format!(
            "answered after {} of {} ms",
            elapsed.as_millis(),
            timeout.as_millis()
        ))
    })
}

fn slow(facts: &Facts) -> Vec<Seen> {
    let range = NOTICEABLE..facts.provider.timeout / 2;
    each(facts, |answer| {
        let elapsed = elapsed(answer).filter(|elapsed| range.contains(elapsed))?;
        Some(format!("answered after {} ms", elapsed.as_millis()))
    })
}

/// The gRPC error of an answer without a message.
fn error_of(outcome: &CallOutcome) -> Option<String> {
    let status = outcome.grpc_status.filter(|status| *status != 0)?;
    let text = &outcome.grpc_message;
    (outcome.message.is_none()).then(|| format!("gRPC status {status} ({text:?})"))
}

fn grpc_error(facts: &Facts) -> Vec<Seen> {
    each(facts, |answer| error_of(&answer.outcome))
}

fn trailers_only(facts: &Facts) -> Vec<Seen> {
    each_with_load(facts, |outcome| {
        let error = error_of(outcome).filter(|_| outcome.trailers_only)?;
        Some(format!("{error} in headers that end the stream"))
    })
}

fn error_with_message(facts: &Facts) -> Vec<Seen> {
    each_with_load(facts, |outcome| {
        outcome.message.as_ref()?;
        let status = outcome.grpc_status.filter(|status| *status != 0)?;
        Some(format!("a message, and gRPC status {status} behind it"))
    })
}

fn compressed(facts: &Facts) -> Vec<Seen> {
    each_with_load(facts, |outcome| {
        let compressed = outcome.compressed;
        compressed.then(|| "the message is flagged as compressed".to_owned())
    })
}

fn http_error(facts: &Facts) -> Vec<Seen> {
    each_with_load(facts, |outcome| {
        let status = outcome.http_status.filter(|status| *status != 200)?;
        Some(format!("HTTP status {status}"))
    })
}

fn reset(facts: &Facts) -> Vec<Seen> {
    each_with_load(facts, |outcome| outcome.reset.clone())
}

fn no_message(facts: &Facts) -> Vec<Seen> {
    each(facts, |answer| {
        let outcome = &answer.outcome;
        let empty = outcome.message.is_none()
            && !outcome.timed_out
            && outcome.reset.is_none()
            && outcome.http_status == Some(200)
            && matches!(outcome.grpc_status, None | Some(0));
        empty.then(|| "the answer has no message".to_owned())
    })
}

fn broken_message(facts: &Facts) -> Vec<Seen> {
    each(facts, |answer| {
        let whole = answer.outcome.message.is_some() && !answer.outcome.compressed;
        let problem = answer.problem().filter(|_| whole)?;
        let undecoded = if answer.hook.is_valued() {
            answer.verdict().is_none()
        } else {
            answer.hook != Hook::ProviderLoaded && matches!(answer.outcome.grpc_status, Some(0))
        };
        undecoded.then(|| problem.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use exhook::{Package, testing::Understood};

    use super::*;
    use exhook::testing::Release;

    use crate::check::{observed::Observed, rules::judge};

    fn answer(hook: Hook, elapsed: Duration) -> Answer {
        Answer {
            broker: Release::of_package(Package::V3),
            hook,
            topic: String::new(),
            outcome: CallOutcome {
                http_status: Some(200),
                grpc_status: Some(0),
                message: Some(bytes::Bytes::new()),
                elapsed,
                ..CallOutcome::default()
            },
            understood: Understood::Acknowledged,
        }
    }

    #[test]
    fn slow_answers_are_told_by_how_near_they_come_to_the_timeout() {
        for (milliseconds, expected) in [
            (1, None),
            (60, Some("slow")),
            (2_499, Some("slow")),
            (2_500, Some("near-timeout")),
        ] {
            let elapsed = Duration::from_millis(milliseconds);
            let provider = Observed {
                broker: Release::of_package(Package::V3),
                timeout: Duration::from_secs(5),
                max_concurrent_streams: usize::MAX,
                load: answer(Hook::ProviderLoaded, Duration::from_secs(1)),
                other_loads: Vec::new(),
                calls: vec![answer(Hook::ClientConnected, elapsed)],
                unload: answer(Hook::ProviderUnloaded, Duration::ZERO),
            };
            let facts = Facts {
                tls: None,
                provider,
                emqx: None,
            };
            let found: Vec<&str> = judge(&facts)
                .iter()
                .map(|finding| finding.rule.name)
                .collect();
            for name in ["slow", "near-timeout"] {
                let is_expected = expected == Some(name);
                assert_eq!(
                    found.contains(&name),
                    is_expected,
                    "{milliseconds} ms: {name}"
                );
            }
            assert!(found.contains(&"slow-load"), "{found:?}");
        }
    }
}
