//! The broker's entry for the provider, as its management API shows it.

use std::time::Duration;

use exhook::Hook;
use serde_json::Value;

use super::{Level, Rule, Seen};
use crate::{
    check::{
        facts::{Facts, same_address},
        versions::Versions,
    },
    emqx::ExhookServer,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "server-missing",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "it does not know this provider, and calls nothing there",
        remedy: "add it with exhook register, or name its entry with --name if the broker reaches \
                 it at another address",
        find: server_missing,
    },
    Rule {
        name: "server-disabled",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "it calls nothing of a disabled server",
        remedy: "enable it with exhook register",
        find: |facts| {
            server(facts, |server| {
                (!server.enable).then(|| "the server is disabled".to_owned())
            })
        },
    },
    Rule {
        name: "node-not-connected",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "that node has not loaded the provider, and calls none of its hooks; before the \
                 first load clients are let in unasked, whatever failed_action says",
        remedy: "see that the url can be reached from that node, and that the provider answers \
                 OnProviderLoaded in the node's package",
        find: node_not_connected,
    },
    Rule {
        name: "server-url",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "it calls the url of its own entry, which may be another program than the one \
                 checked here",
        remedy: "check the url of the entry, or change it with exhook register",
        find: server_url,
    },
    Rule {
        name: "server-scheme",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "it needs http:// or https:// with a port, and never connects otherwise",
        remedy: "change the url with exhook register",
        find: |facts| {
            server(facts, |server| {
                let good = ["http://", "https://"]
                    .iter()
                    .any(|scheme| server.url.starts_with(scheme));
                (!good).then(|| format!("the url is {:?}", server.url))
            })
        },
    },
    Rule {
        name: "tls-disabled",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "it speaks TLS only where ssl.enable is true as well",
        remedy: "enable ssl on the exhook server",
        find: |facts| {
            server(facts, |server| {
                let plain =
                    server.url.starts_with("https://") && server.ssl["enable"] != Value::Bool(true);
                plain.then(|| "an https url, and ssl.enable is false".to_owned())
            })
        },
    },
    Rule {
        name: "hooks-changed",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "it reads hooks and topics when it loads the provider, and does not notice that \
                 they have changed since",
        remedy: "let it load again with exhook register --reload",
        find: hooks_changed,
    },
    Rule {
        name: "beyond-request-timeout",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "it gives the call up at request_timeout, and failed_action decides",
        remedy: "make the handler quicker, or raise request_timeout with exhook register",
        find: |facts| request_timeout(facts, |elapsed, limit| elapsed >= limit),
    },
    Rule {
        name: "near-request-timeout",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "under load the handler goes beyond request_timeout, and failed_action decides",
        remedy: "make the handler quicker, or raise request_timeout with exhook register",
        find: |facts| {
            request_timeout(facts, |elapsed, limit| {
                elapsed < limit && elapsed >= limit / 2
            })
        },
    },
    Rule {
        name: "failed-action-ignore",
        level: Level::Note,
        versions: Versions::since((5, 9)),
        broker: "while the provider is away or slow, clients are let in and may do everything that \
                 no one else forbids",
        remedy: "set failed_action = deny where that is not meant",
        find: |facts| failed_action(facts, "ignore"),
    },
    Rule {
        name: "failed-action-refuses",
        level: Level::Warning,
        versions: Versions::between((5, 0), (5, 8)),
        broker: "EMQX 5.0 to 5.8 refuse the client when authentication fails or has no opinion, \
                 with failed_action = ignore too",
        remedy: "keep the provider running and quick, or upgrade the broker to 5.9",
        find: |facts| failed_action(facts, "ignore"),
    },
    Rule {
        name: "no-reconnect",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "a load that failed is never tried again: the hooks stay away until somebody \
                 toggles the server",
        remedy: "set auto_reconnect with exhook register --auto-reconnect 60s",
        find: |facts| {
            server(facts, |server| {
                let off = matches!(&server.auto_reconnect, Value::Bool(false))
                    || server.auto_reconnect == "false";
                off.then(|| "auto_reconnect is false".to_owned())
            })
        },
    },
    Rule {
        name: "small-pool",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "all clients share one connection, and its loss stops them all",
        remedy: "set pool_size to 8 with exhook register --pool-size 8",
        find: |facts| {
            server(facts, |server| {
                (server.pool_size == 1).then(|| "pool_size is 1".to_owned())
            })
        },
    },
    Rule {
        name: "failed-calls",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "calls of this server have failed, and failed_action decided",
        remedy: "look for exhook_call_error in the broker's log, and for deadlines in the \
                 provider's",
        find: |facts| {
            server(facts, |server| {
                let metrics = &server.metrics;
                let (failed, all) = (metrics.failed, metrics.failed + metrics.succeed);
                (failed > 0).then(|| format!("{failed} of {all} calls failed"))
            })
        },
    },
    Rule {
        name: "not-called",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "it has had no reason to call the hook yet: what it is for did not happen, or \
                 something before exhook decides",
        remedy: "cause the event once, check again, and look at the other findings",
        find: not_called,
    },
];

/// What `find` says of the provider's entry.
fn server(facts: &Facts, find: impl Fn(&ExhookServer) -> Option<String>) -> Vec<Seen> {
    facts
        .server()
        .and_then(|server| Some(Seen::new(format!("server {}", server.name), find(server)?)))
        .into_iter()
        .collect()
}

fn server_missing(facts: &Facts) -> Vec<Seen> {
    let Some(emqx) = facts.emqx.as_ref().filter(|emqx| emqx.server().is_none()) else {
        return Vec::new();
    };
    let servers = &emqx.survey.servers;
    let listed: Vec<String> = servers
        .iter()
        .map(|server| format!("{} ({})", server.name, server.url))
        .collect();
    let known = if listed.is_empty() {
        "there is none at all".to_owned()
    } else {
        format!("there are {}", listed.join(", "))
    };
    let names = servers.iter().map(|server| server.name.as_str());
    let what = match &emqx.name {
        Some(name) => format!(
            "no exhook server is called {name}, {known}{}",
            exhook::did_you_mean(name, names)
        ),
        None => format!("no exhook server has the url {}, {known}", emqx.url),
    };
    vec![Seen::new("exhook servers", what)]
}

fn node_not_connected(facts: &Facts) -> Vec<Seen> {
    let Some(server) = facts.server().filter(|server| server.enable) else {
        return Vec::new();
    };
    server
        .unconnected()
        .map(|node| Seen::new(format!("node {}", node.node), format!("is {}", node.status)))
        .collect()
}

fn server_url(facts: &Facts) -> Vec<Seen> {
    let checked = facts.emqx.as_ref().map_or("", |emqx| &emqx.url);
    server(facts, |server| {
        let other = !same_address(&server.url, checked);
        other.then(|| format!("its url is {}, checked was {checked}", server.url))
    })
}

fn hooks_changed(facts: &Facts) -> Vec<Seen> {
    let Some(server) = facts.server() else {
        return Vec::new();
    };
    let loaded = server.enable && server.unconnected().next().is_none();
    if !loaded || facts.provider.load.problem().is_some() {
        return Vec::new();
    }
    let specs = facts.provider.specs();
    let mut seen = Vec::new();
    for spec in &specs {
        match server.hooks.iter().find(|hook| hook.name == spec.name) {
            None => seen.push(Seen::new(
                &spec.name,
                "announced now, but not loaded in the broker",
            )),
            Some(hook) if hook.params.topics != spec.topics && !spec.topics.is_empty() => {
                seen.push(Seen::new(
                    &spec.name,
                    format!(
                        "announced for {:?}, loaded for {:?}",
                        spec.topics, hook.params.topics
                    ),
                ));
            }
            Some(_) => {}
        }
    }
    for hook in &server.hooks {
        if !specs.iter().any(|spec| spec.name == hook.name) {
            seen.push(Seen::new(
                &hook.name,
                "loaded in the broker, but not announced any more",
            ));
        }
    }
    seen
}

fn not_called(facts: &Facts) -> Vec<Seen> {
    let calls = facts.server().map_or(&[][..], |server| &server.calls);
    calls
        .iter()
        .filter(|hook| hook.metrics.succeed + hook.metrics.failed == 0)
        .map(|hook| Seen::new(&hook.name, "has not been called since it was loaded"))
        .collect()
}

/// Reads `5s`, `1500ms`, `1m`; numbers are milliseconds.
fn duration(value: &Value) -> Option<Duration> {
    if let Some(milliseconds) = value.as_u64() {
        return Some(Duration::from_millis(milliseconds));
    }
    let text = value.as_str()?.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(unit).map(Duration::from_millis)
}

fn request_timeout(facts: &Facts, find: fn(Duration, Duration) -> bool) -> Vec<Seen> {
    let (Some(server), Some(slowest)) = (facts.server(), facts.provider.slowest()) else {
        return Vec::new();
    };
    let elapsed = slowest.outcome.elapsed;
    let limit = duration(&server.request_timeout).filter(|limit| find(elapsed, *limit));
    limit
        .map(|limit| {
            let what = format!(
                "took {} ms, request_timeout is {} ms",
                elapsed.as_millis(),
                limit.as_millis()
            );
            Seen::new(slowest.hook, what)
        })
        .into_iter()
        .collect()
}

fn failed_action(facts: &Facts, wanted: &str) -> Vec<Seen> {
    let authenticates = facts.provider.wants(Hook::ClientAuthenticate);
    server(facts, |server| {
        let found = authenticates && server.failed_action == wanted;
        found.then(|| format!("failed_action is {wanted}, and it authenticates clients"))
    })
}
