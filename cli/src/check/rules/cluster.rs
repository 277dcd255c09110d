//! Several exhook servers, and the nodes that call them.

use exhook::{BrokerVersion, Hook, Package, testing::Release};

use super::{Level, Rule, Seen};
use crate::check::{facts::Facts, versions::Versions};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "chain-denies",
        level: Level::Error,
        versions: Versions::since((5, 0)),
        broker: "a server with failed_action = deny that did not register the hook makes the whole \
                 chain deny: clients are refused, or later servers see no publish",
        remedy: "set failed_action = ignore on that server, or let it register the hook too and \
                 answer IGNORE",
        find: chain_denies,
    },
    Rule {
        name: "behind-others",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "servers are asked in order, and STOP_AND_RETURN of an earlier one hides this one",
        remedy: "move this server to the front where it must always be asked",
        find: behind_others,
    },
    Rule {
        name: "mixed-versions",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "its nodes speak different packages at the same time",
        remedy: "serve all packages on one port",
        find: mixed_versions,
    },
    Rule {
        name: "duplicate-events",
        level: Level::Warning,
        versions: Versions::between((5, 9), (6, 1)),
        broker: "after each reload on reconnect it calls every hook once more for one event",
        remedy: "upgrade the broker to 6.0.3, 6.1.2 or 6.2, or leave out events with a known \
                 message id",
        find: duplicate_events,
    },
    Rule {
        name: "websocket-skipped",
        level: Level::Warning,
        versions: Versions::between((5, 8), (5, 8)),
        broker: "before 5.8.5 it skips the hooks of WebSocket and gateway clients",
        remedy: "upgrade the broker to 5.8.5",
        find: websocket_skipped,
    },
    Rule {
        name: "unread",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "settings that could not be read were not judged",
        remedy: "use an API key of an administrator",
        find: |facts| {
            let unread = facts.survey().map(|survey| survey.unread.as_slice());
            let problems = unread.unwrap_or_default().iter();
            problems.map(|problem| Seen::new("API", problem)).collect()
        },
    },
];

fn valued_hooks() -> impl Iterator<Item = &'static str> {
    let valued = Hook::ALL.iter().filter(|hook| hook.is_valued());
    valued.map(|hook| hook.name())
}

fn chain_denies(facts: &Facts) -> Vec<Seen> {
    let Some(survey) = facts.survey() else {
        return Vec::new();
    };
    let enabled: Vec<_> = survey
        .servers
        .iter()
        .filter(|server| server.enable)
        .collect();
    let mut seen = Vec::new();
    for hook in valued_hooks() {
        let Some(owner) = enabled.iter().find(|server| server.has_hook(hook)) else {
            continue;
        };
        for server in &enabled {
            if server.failed_action == "deny" && !server.has_hook(hook) {
                seen.push(Seen::new(
                    format!("server {}", server.name),
                    format!(
                        "failed_action is deny, and it does not register {hook}, which {} does",
                        owner.name
                    ),
                ));
            }
        }
    }
    seen
}

fn behind_others(facts: &Facts) -> Vec<Seen> {
    let (Some(survey), Some(ours)) = (facts.survey(), facts.server()) else {
        return Vec::new();
    };
    let earlier = survey
        .servers
        .iter()
        .take_while(|server| server.name != ours.name)
        .filter(|server| server.enable);
    earlier
        .flat_map(|server| {
            valued_hooks()
                .filter(|hook| server.has_hook(hook) && ours.has_hook(hook))
                .map(|hook| Seen::new(hook, format!("server {} is asked before", server.name)))
        })
        .collect()
}

/// Each node with its version.
fn nodes(facts: &Facts) -> Vec<(&str, BrokerVersion)> {
    let nodes = facts.survey().map_or(&[][..], |survey| &survey.nodes);
    nodes
        .iter()
        .filter_map(|node| Some((node.node.as_str(), BrokerVersion::parse(&node.version)?)))
        .collect()
}

fn mixed_versions(facts: &Facts) -> Vec<Seen> {
    let nodes = nodes(facts);
    let package = |version| Release::of_version(version).package();
    let packages: Vec<Package> = nodes.iter().map(|(_, version)| package(*version)).collect();
    if packages.windows(2).all(|pair| pair[0] == pair[1]) {
        return Vec::new();
    }
    nodes
        .iter()
        .map(|(node, version)| {
            let broker = Release::of_version(*version);
            Seen::new(format!("node {node}"), format!("is {}", broker.title()))
        })
        .collect()
}

fn duplicate_events(facts: &Facts) -> Vec<Seen> {
    versions(facts, |version| match (version.major, version.minor) {
        (5, 9 | 10) => true,
        (6, 0) => version.patch < 3,
        (6, 1) => version.patch < 2,
        _ => false,
    })
}

fn websocket_skipped(facts: &Facts) -> Vec<Seen> {
    versions(facts, |version| {
        (version.major, version.minor) == (5, 8) && version.patch < 5
    })
}

fn versions(facts: &Facts, find: fn(BrokerVersion) -> bool) -> Vec<Seen> {
    nodes(facts)
        .into_iter()
        .filter(|(_, version)| find(*version))
        .map(|(node, version)| {
            let broker = Release::of_version(version);
            Seen::new(format!("node {node}"), format!("is {}", broker.title()))
        })
        .collect()
}
