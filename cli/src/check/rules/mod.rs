//! What a provider and a broker's settings can get wrong: tables of rules. To add a finding, add
//! a row to the table of its file.

mod answers;
mod authorization;
mod cluster;
mod load;
mod servers;
mod tls;
mod verdicts;

use serde::Serialize;

use super::{facts::Facts, versions::Versions};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// The broker cannot use it, or does something else than is meant.
    Error,
    /// It works, but not as well as it should, or not always.
    Warning,
    /// Good to know.
    Note,
}

impl Level {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// One thing that can be found.
pub(crate) struct Rule {
    /// A name that scripts can rely on.
    pub(crate) name: &'static str,
    /// How bad it is for the brokers that it concerns; for others it is a note.
    pub(crate) level: Level,
    /// The brokers that it concerns.
    pub(crate) versions: Versions,
    /// What the broker does with it.
    pub(crate) broker: &'static str,
    /// What to do, in one sentence.
    pub(crate) remedy: &'static str,
    /// Where it was seen.
    pub(crate) find: fn(&Facts) -> Vec<Seen>,
}

/// A place where a rule's fact was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// A hook, a node, a server.
    pub(crate) subject: String,
    /// What was seen there.
    pub(crate) what: String,
}

impl Seen {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts, hooks and references to both are subjects alike"
    )]
    pub(crate) fn new(subject: impl ToString, what: impl Into<String>) -> Self {
        Self {
            subject: subject.to_string(),
            what: what.into(),
        }
    }
}

/// A rule and where it was seen.
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    /// The rule's level, or a note where the broker that was played is not concerned.
    pub(crate) level: Level,
    pub(crate) seen: Seen,
}

/// All rules, in the order in which their findings are told.
fn tables() -> impl Iterator<Item = &'static Rule> {
    [
        servers::RULES,
        tls::RULES,
        cluster::RULES,
        load::RULES,
        answers::RULES,
        verdicts::RULES,
        authorization::RULES,
    ]
    .into_iter()
    .flatten()
}

/// Applies every rule. The worst come first.
pub(crate) fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = tables()
        .flat_map(|rule| {
            let concerned = rule.versions.contain(facts.provider.broker.version());
            let level = if concerned { rule.level } else { Level::Note };
            (rule.find)(facts)
                .into_iter()
                .map(move |seen| Finding { rule, level, seen })
        })
        .collect();
    findings.sort_by_key(|finding| finding.level);
    findings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rules_have_names_of_their_own_and_end_without_a_full_stop() {
        let mut names = BTreeSet::new();
        for rule in tables() {
            assert!(names.insert(rule.name), "{} twice", rule.name);
            for text in [rule.broker, rule.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}", rule.name);
            }
        }
        assert!(names.len() > 40, "{}", names.len());
    }
}
