//! The answer to `OnProviderLoaded`, and the hooks in it.

use std::{collections::BTreeSet, time::Duration};

use exhook::{Hook, TopicFilters, did_you_mean};

use super::{Level, Rule, Seen};
use crate::check::{facts::Facts, versions::Versions};

/// A load keeps the broker's start and its API waiting.
const SLOW_LOAD: Duration = Duration::from_secs(1);
/// A provider that allows fewer calls at once than this may meet a broker that makes more.
const ENOUGH_STREAMS: usize = 1_000;

const UNIMPLEMENTED: u32 = 12;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "package-missing",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "the load fails, no hook is installed, and the broker tries again for ever; until \
                 then clients are let in unasked, whatever failed_action says",
        remedy: "serve the package that this broker speaks: v1 for EMQX 4, v2 for 5.0 to 5.8, v3 \
                 from 5.9 on",
        find: package_missing,
    },
    Rule {
        name: "load-failed",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "the load fails and no hook is installed; it tries again each auto_reconnect, and \
                 until then clients are let in unasked, whatever failed_action says",
        remedy: "answer OnProviderLoaded with a LoadedResponse and gRPC status 0, at once",
        find: load_failed,
    },
    Rule {
        name: "unknown-hook",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "one unknown name fails the whole load: no hook at all is installed",
        remedy: "announce only hooks of the broker's version, which stands in OnProviderLoaded",
        find: unknown_hook,
    },
    Rule {
        name: "no-hooks",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "it connects, and never calls anything",
        remedy: "register a handler, and see that LoadedResponse names its hook",
        find: no_hooks,
    },
    Rule {
        name: "hook-twice",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "the first entry of the name wins, with its topics alone",
        remedy: "announce each hook once, with the topics of all its handlers",
        find: hook_twice,
    },
    Rule {
        name: "bad-topic-filter",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "the filter is taken as it is and matches nothing that is meant; without a match \
                 the hook is not called and failed_action decides",
        remedy: "give MQTT topic filters, in which + and # stand alone between slashes",
        find: bad_topic_filter,
    },
    Rule {
        name: "system-topics",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "messages of $SYS/ never reach the hooks",
        remedy: "take the filter out, and read $SYS/ topics with an MQTT client",
        find: system_topics,
    },
    Rule {
        name: "topics-ignored",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "topics count for message hooks only; this one is called for everything",
        remedy: "look at the topic in the handler instead",
        find: topics_ignored,
    },
    Rule {
        name: "filtered-valued-hook",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "for a topic that no filter matches, failed_action decides: with deny, further \
                 exhook servers are not asked about the message",
        remedy: "with several exhook servers set failed_action = ignore on this one",
        find: filtered_valued_hook,
    },
    Rule {
        name: "slow-load",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "its start, and its API while servers are changed, wait for the answer",
        remedy: "answer OnProviderLoaded at once, and prepare what is slow before listening",
        find: slow_load,
    },
    Rule {
        name: "few-streams",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "it does not look at MAX_CONCURRENT_STREAMS: a call above the limit is refused, \
                 and its client hangs for the whole request_timeout",
        remedy: "set no limit of concurrent streams in the gRPC server",
        find: few_streams,
    },
];

fn package_missing(facts: &Facts) -> Vec<Seen> {
    let load = &facts.provider.load.outcome;
    if load.grpc_status != Some(UNIMPLEMENTED) || load.message.is_some() {
        return Vec::new();
    }
    let broker = facts.provider.broker;
    vec![Seen::new(
        Hook::ProviderLoaded,
        format!("{} is not implemented", broker.package().name()),
    )]
}

fn load_failed(facts: &Facts) -> Vec<Seen> {
    let load = &facts.provider.load;
    let unnamed = unknown_hook(facts).is_empty() && package_missing(facts).is_empty();
    load.problem()
        .filter(|_| unnamed)
        .map(|problem| Seen::new(Hook::ProviderLoaded, problem))
        .into_iter()
        .collect()
}

fn unknown_hook(facts: &Facts) -> Vec<Seen> {
    let broker = facts.provider.broker;
    let known: Vec<&str> = Hook::ALL
        .iter()
        .filter(|hook| {
            hook.is_announced()
                && hook.since() <= broker.package()
                && (**hook != Hook::MessageIngress || broker.version().has_message_ingress())
        })
        .map(|hook| hook.name_in(broker.package()))
        .collect();
    let unknown = |name: &String| !known.contains(&name.as_str());
    facts
        .provider
        .specs()
        .into_iter()
        .map(|spec| spec.name)
        .filter(unknown)
        .map(|name| {
            let hint = match Hook::from_name(&name).filter(|hook| hook.is_announced()) {
                Some(Hook::MessageIngress) => "; it came with 6.3".to_owned(),
                Some(hook) => format!("; there it is {}", hook.name_in(broker.package())),
                None => did_you_mean(&name, known.iter().copied()),
            };
            Seen::new(
                Hook::ProviderLoaded,
                format!("{name:?} is no hook of {}{hint}", broker.title()),
            )
        })
        .collect()
}

fn no_hooks(facts: &Facts) -> Vec<Seen> {
    let provider = &facts.provider;
    if provider.load.problem().is_some() || !provider.specs().is_empty() {
        return Vec::new();
    }
    vec![Seen::new(Hook::ProviderLoaded, "no hook is announced")]
}

fn hook_twice(facts: &Facts) -> Vec<Seen> {
    let mut names = BTreeSet::new();
    facts
        .provider
        .specs()
        .into_iter()
        .filter(|spec| !names.insert(spec.name.clone()))
        .map(|spec| Seen::new(&spec.name, "announced more than once"))
        .collect()
}

/// The hooks whose topics count, or those whose topics do not, each with its topics.
fn topics(facts: &Facts, count: bool) -> Vec<(String, Vec<String>)> {
    let counts = |name: &str| Hook::from_name(name).is_some_and(Hook::has_topics);
    facts
        .provider
        .specs()
        .into_iter()
        .filter(|spec| !spec.topics.is_empty() && counts(&spec.name) == count)
        .map(|spec| (spec.name, spec.topics))
        .collect()
}

fn each_topic(facts: &Facts, find: fn(&str) -> Option<String>) -> Vec<Seen> {
    topics(facts, true)
        .iter()
        .flat_map(|(hook, topics)| {
            topics
                .iter()
                .filter_map(move |topic| Some(Seen::new(hook, find(topic)?)))
        })
        .collect()
}

fn bad_topic_filter(facts: &Facts) -> Vec<Seen> {
    each_topic(facts, |topic| {
        Some(TopicFilters::new([topic]).err()?.to_string())
    })
}

fn system_topics(facts: &Facts) -> Vec<Seen> {
    each_topic(facts, |topic| {
        (topic == "$SYS" || topic.starts_with("$SYS/")).then(|| format!("topic filter {topic:?}"))
    })
}

fn topics_ignored(facts: &Facts) -> Vec<Seen> {
    topics(facts, false)
        .iter()
        .map(|(hook, topics)| Seen::new(hook, format!("announced with topics {topics:?}")))
        .collect()
}

fn filtered_valued_hook(facts: &Facts) -> Vec<Seen> {
    topics(facts, true)
        .iter()
        .filter(|(hook, _)| Hook::from_name(hook).is_some_and(Hook::is_valued))
        .map(|(hook, topics)| Seen::new(hook, format!("announced for topics {topics:?}")))
        .collect()
}

fn slow_load(facts: &Facts) -> Vec<Seen> {
    let elapsed = facts.provider.load.outcome.elapsed;
    if facts.provider.load.outcome.timed_out || elapsed < SLOW_LOAD {
        return Vec::new();
    }
    vec![Seen::new(
        Hook::ProviderLoaded,
        format!("answered after {} ms", elapsed.as_millis()),
    )]
}

fn few_streams(facts: &Facts) -> Vec<Seen> {
    let limit = facts.provider.max_concurrent_streams;
    if limit >= ENOUGH_STREAMS {
        return Vec::new();
    }
    vec![Seen::new(
        "connection",
        format!("MAX_CONCURRENT_STREAMS is {limit}"),
    )]
}
