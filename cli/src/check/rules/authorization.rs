//! What else in the broker decides, before exhook is asked: authentication, authorization,
//! listeners.

use exhook::Hook;
use serde_json::Value;

use super::{Level, Rule, Seen};
use crate::check::{facts::Facts, versions::Versions};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "acl-decides-all",
        level: Level::Error,
        versions: Versions::since((5, 0)),
        broker: "exhook is asked only where no authorization source decides, and a last rule for \
                 everything always does: client.authorize is never called",
        remedy: "take the last rule for all out of acl.conf, and set authorization.no_match = deny",
        find: acl_decides_all,
    },
    Rule {
        name: "other-sources",
        level: Level::Note,
        versions: Versions::since((5, 0)),
        broker: "exhook is asked only about what these sources do not decide; superusers skip all",
        remedy: "disable the sources whose decisions exhook is to make",
        find: other_sources,
    },
    Rule {
        name: "no-match",
        level: Level::Note,
        versions: Versions::since((5, 0)),
        broker: "where exhook has no opinion either, this allows",
        remedy: "set authorization.no_match = deny where it is to be forbidden",
        find: no_match,
    },
    Rule {
        name: "authorization-cache",
        level: Level::Note,
        versions: Versions::since((5, 0)),
        broker: "a client's repeated use of a topic is decided from the cache, without a call",
        remedy: "shorten or disable authorization.cache where rights change quickly",
        find: authorization_cache,
    },
    Rule {
        name: "authenticators",
        level: Level::Warning,
        versions: Versions::since((5, 0)),
        broker: "the authentication chain comes first and ends with the first yes or no: \
                 client.authenticate is called only for clients that it does not know",
        remedy: "disable the authenticators whose decisions exhook is to make",
        find: authenticators,
    },
    Rule {
        name: "listener-unauthenticated",
        level: Level::Error,
        versions: Versions::since((5, 0)),
        broker: "clients of this listener are let in without authentication: client.authenticate \
                 is never called for them",
        remedy: "set enable_authn = true on the listener",
        find: |facts| listeners(facts, |setting| setting == &Value::Bool(false)),
    },
    Rule {
        name: "listener-denies-anonymous",
        level: Level::Warning,
        versions: Versions::since((5, 0)),
        broker: "clients of this listener without a user name are refused before exhook is asked",
        remedy: "set enable_authn = true on the listener",
        find: |facts| listeners(facts, |setting| setting == "quick_deny_anonymous"),
    },
    Rule {
        name: "no-listener",
        level: Level::Error,
        versions: Versions::since((5, 0)),
        broker: "no client can connect, so there is nothing to call a hook for",
        remedy: "enable a listener",
        find: no_listener,
    },
    Rule {
        name: "topics-of-others",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "the check's own topic would not reach this hook here",
        remedy: "publish to a topic that the loaded filters match when trying it out",
        find: topics_of_others,
    },
];

fn acl_decides_all(facts: &Facts) -> Vec<Seen> {
    let Some(survey) = authorizing(facts) else {
        return Vec::new();
    };
    survey
        .sources
        .iter()
        .filter(|source| source.enable && source.kind == "file")
        .filter_map(|source| {
            let rule = last_rule(&source.rules)?;
            is_for_all(&rule).then(|| {
                Seen::new(
                    Hook::ClientAuthorize,
                    format!("the last rule of acl.conf is {rule}"),
                )
            })
        })
        .collect()
}

/// The survey, if the provider authorizes.
fn authorizing(facts: &Facts) -> Option<&crate::emqx::Survey> {
    facts
        .survey()
        .filter(|_| facts.provider.wants(Hook::ClientAuthorize))
}

/// The last rule of an acl.conf: Erlang terms that end with full stops, and `%` comments.
fn last_rule(rules: &str) -> Option<String> {
    let text: Vec<&str> = rules
        .lines()
        .map(|line| line.split('%').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .collect();
    let text = text.join(" ");
    let text = text.trim_end_matches('.');
    let begin = text.rfind("}. ").or_else(|| text.rfind("}.{"));
    let rule = begin.map_or(text, |begin| &text[begin + 2..]).trim();
    (!rule.is_empty()).then(|| rule.to_owned())
}

/// Whether the rule is `{allow, all}` or `{deny, all}`, however it is spaced.
fn is_for_all(rule: &str) -> bool {
    let rule: String = rule.split_whitespace().collect();
    matches!(
        rule.as_str(),
        "{allow,all}" | "{deny,all}" | "{allow,all,all,[\"#\"]}" | "{deny,all,all,[\"#\"]}"
    )
}

fn other_sources(facts: &Facts) -> Vec<Seen> {
    let Some(survey) = authorizing(facts) else {
        return Vec::new();
    };
    let kinds: Vec<&str> = survey
        .sources
        .iter()
        .filter(|source| source.enable)
        .map(|source| source.kind.as_str())
        .collect();
    if kinds.is_empty() {
        return Vec::new();
    }
    vec![Seen::new(
        Hook::ClientAuthorize,
        format!("asked before exhook, in this order: {}", kinds.join(", ")),
    )]
}

fn no_match(facts: &Facts) -> Vec<Seen> {
    authorizing(facts)
        .filter(|survey| survey.authorization.no_match == "allow")
        .map(|_| Seen::new(Hook::ClientAuthorize, "authorization.no_match is allow"))
        .into_iter()
        .collect()
}

fn authorization_cache(facts: &Facts) -> Vec<Seen> {
    authorizing(facts)
        .map(|survey| &survey.authorization.cache)
        .filter(|cache| cache.enable)
        .map(|cache| {
            let ttl = cache.ttl.as_str().unwrap_or("some time");
            Seen::new(
                Hook::ClientAuthorize,
                format!("authorization.cache keeps decisions for {ttl}"),
            )
        })
        .into_iter()
        .collect()
}

fn authenticators(facts: &Facts) -> Vec<Seen> {
    if !facts.provider.wants(Hook::ClientAuthenticate) {
        return Vec::new();
    }
    let all = facts
        .survey()
        .map_or(&[][..], |survey| &survey.authenticators);
    all.iter()
        .filter(|authenticator| authenticator.enable)
        .map(|authenticator| {
            let what = format!("the authenticator {} is asked before", authenticator.id);
            Seen::new(Hook::ClientAuthenticate, what)
        })
        .collect()
}

fn listeners(facts: &Facts, find: fn(&Value) -> bool) -> Vec<Seen> {
    if !facts.provider.wants(Hook::ClientAuthenticate) {
        return Vec::new();
    }
    let all = facts.survey().map_or(&[][..], |survey| &survey.listeners);
    all.iter()
        .filter(|listener| listener.enable && find(&listener.enable_authn))
        .map(|listener| {
            let what = format!("enable_authn is {}", listener.enable_authn);
            Seen::new(format!("listener {}", listener.id), what)
        })
        .collect()
}

fn no_listener(facts: &Facts) -> Vec<Seen> {
    let Some(survey) = facts.survey() else {
        return Vec::new();
    };
    // Where the list could not be read, nothing is known.
    let none = !survey.listeners.is_empty() && survey.listeners.iter().all(|one| !one.enable);
    none.then(|| Seen::new("listeners", "every listener is disabled"))
        .into_iter()
        .collect()
}

fn topics_of_others(facts: &Facts) -> Vec<Seen> {
    let Some(server) = facts.server() else {
        return Vec::new();
    };
    facts
        .provider
        .calls
        .iter()
        .filter(|answer| answer.hook.has_topics())
        .filter_map(|answer| {
            let hook = server
                .hooks
                .iter()
                .find(|hook| hook.name == answer.hook.name())?;
            let unwanted = !hook.params.wants(&answer.topic);
            unwanted.then(|| {
                let what = format!("loaded for {:?} only", hook.params.topics);
                Seen::new(answer.hook, what)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rule_of_an_acl_file_is_found_among_comments() {
        let rules = "%% first\n{allow, {username, {re, \"^a.b$\"}}, all, [\"#\"]}.\n\n\
                     {deny, all, subscribe,\n  [\"$SYS/#\"]}.\n{allow,  all}. % the rest\n";
        let rule = last_rule(rules).expect("a rule");
        assert_eq!(rule, "{allow,  all}");
        assert!(is_for_all(&rule));
        let narrow = last_rule("{allow, all}.\n{deny, all, subscribe, [\"a\"]}.").expect("a rule");
        assert!(!is_for_all(&narrow));
        assert_eq!(last_rule("%% nothing\n"), None);
    }
}
