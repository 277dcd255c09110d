//! [`Report`]: the findings, for people and for programs.

use std::fmt::Write as _;

use exhook::{
    Hook,
    testing::{Endpoint, Release, Understood},
};
use serde::Serialize;

use super::{
    facts::Facts,
    observed::Answer,
    rules::{Finding, Level},
};
use crate::table::{
    Align::{Left, Right},
    table,
};

/// Everything that is told at the end.
pub(crate) struct Report<'check> {
    pub(crate) url: &'check Endpoint,
    pub(crate) facts: &'check Facts,
    pub(crate) findings: &'check [Finding],
}

impl Report<'_> {
    /// The hooks, what each version makes of them, and the findings.
    pub(crate) fn to_text(&self) -> String {
        let broker = self.facts.provider.broker;
        let mut text = format!(
            "{} as {} sees it\n\n{}",
            self.url,
            broker.title(),
            self.hooks()
        );
        text.push_str("\nWhat each version makes of it, by these answers:\n");
        text.push_str(&self.versions_text());
        for finding in self.findings {
            text.push_str(&told(finding));
        }
        let _ = writeln!(
            text,
            "\n{}, {}, {}",
            self.count(Level::Error),
            self.count(Level::Warning),
            self.count(Level::Note)
        );
        text
    }

    fn hooks(&self) -> String {
        let mut rows = vec![["hook", "topics", "answer", "ms"].map(str::to_owned)];
        let specs = self.facts.provider.specs();
        for answer in self.facts.provider.answers() {
            let name = answer.hook.name_in(self.facts.provider.broker.package());
            let topics = specs
                .iter()
                .find(|spec| spec.name == name)
                .map_or(String::new(), |spec| spec.topics.join(" "));
            rows.push([
                name.to_owned(),
                topics,
                answer.understood.name().to_owned(),
                format!("{:.2}", milliseconds(answer)),
            ]);
        }
        table([Left, Left, Left, Right], &rows)
    }

    fn versions_text(&self) -> String {
        let rows: Vec<[String; 3]> = self
            .versions()
            .into_iter()
            .map(|version| {
                let load = match version.problem {
                    Some(problem) => format!("does not load it: {problem}"),
                    None => format!("loads {} hooks", version.hooks.unwrap_or_default()),
                };
                let found = version.findings.join(", ");
                [format!("EMQX {}", version.version), load, found]
            })
            .collect();
        table([Left, Left, Left], &rows)
    }

    /// What each version makes of the provider: its own load, and the rules that concern it.
    fn versions(&self) -> Vec<JsonVersion> {
        let provider = &self.facts.provider;
        let mut loads: Vec<&Answer> = provider.other_loads.iter().collect();
        loads.push(&provider.load);
        loads.sort_by_key(|load| load.broker.version());
        loads
            .into_iter()
            .map(|load| JsonVersion {
                version: load.broker.to_string(),
                package: load.broker.package().short_name(),
                hooks: match &load.understood {
                    Understood::Loaded(hooks) => Some(hooks.len()),
                    _ => None,
                },
                problem: load.problem().map(str::to_owned),
                findings: self.concerning(load.broker),
            })
            .collect()
    }

    /// The rules, other than about loads, whose findings are no mere notes to `broker`.
    fn concerning(&self, broker: Release) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self
            .findings
            .iter()
            .filter(|finding| {
                finding.rule.level != Level::Note
                    && finding.rule.versions.contain(broker.version())
                    && finding.seen.subject != Hook::ProviderLoaded.name()
            })
            .map(|finding| finding.rule.name)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn number(&self, level: Level) -> usize {
        let of_level = |finding: &&Finding| finding.level == level;
        self.findings.iter().filter(of_level).count()
    }

    fn count(&self, level: Level) -> String {
        let number = self.number(level);
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {}{plural}", level.name())
    }

    /// One JSON object on one line. Times are microseconds.
    pub(crate) fn to_json(&self) -> String {
        let provider = &self.facts.provider;
        let report = JsonReport {
            url: self.url.to_string(),
            version: provider.broker.to_string(),
            package: provider.broker.package().short_name(),
            errors: self.number(Level::Error),
            warnings: self.number(Level::Warning),
            notes: self.number(Level::Note),
            hooks: provider
                .specs()
                .into_iter()
                .map(|spec| JsonHook {
                    hook: spec.name,
                    topics: spec.topics,
                })
                .collect(),
            calls: provider.answers().map(JsonCall::of).collect(),
            versions: self.versions(),
            findings: self.findings.iter().map(JsonFinding::of).collect(),
        };
        let mut text = serde_json::to_string(&report).expect("numbers and texts");
        text.push('\n');
        text
    }
}

fn milliseconds(answer: &Answer) -> f64 {
    answer.outcome.elapsed.as_secs_f64() * 1_000.0
}

fn told(finding: &Finding) -> String {
    let Finding { rule, level, seen } = finding;
    format!(
        "\n{level}: {}: {}\n  broker: {} ({}: {})\n  remedy: {}\n",
        seen.subject,
        seen.what,
        rule.broker,
        rule.name,
        rule.versions,
        rule.remedy,
        level = level.name(),
    )
}

#[derive(Serialize)]
struct JsonReport {
    url: String,
    version: String,
    package: &'static str,
    errors: usize,
    warnings: usize,
    notes: usize,
    hooks: Vec<JsonHook>,
    calls: Vec<JsonCall>,
    versions: Vec<JsonVersion>,
    findings: Vec<JsonFinding>,
}

#[derive(Serialize)]
struct JsonHook {
    hook: String,
    topics: Vec<String>,
}

#[derive(Serialize)]
struct JsonCall {
    hook: &'static str,
    answer: &'static str,
    problem: Option<String>,
    elapsed_us: u64,
}

impl JsonCall {
    fn of(answer: &Answer) -> Self {
        Self {
            hook: answer.hook.name(),
            answer: answer.understood.name(),
            problem: answer.problem().map(str::to_owned),
            elapsed_us: u64::try_from(answer.outcome.elapsed.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

#[derive(Serialize)]
struct JsonVersion {
    version: String,
    package: &'static str,
    hooks: Option<usize>,
    problem: Option<String>,
    findings: Vec<&'static str>,
}

#[derive(Serialize)]
struct JsonFinding {
    rule: &'static str,
    level: Level,
    subject: String,
    seen: String,
    broker: &'static str,
    versions: String,
    remedy: &'static str,
}

impl JsonFinding {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.name,
            level: finding.level,
            subject: finding.seen.subject.clone(),
            seen: finding.seen.what.clone(),
            broker: finding.rule.broker,
            versions: finding.rule.versions.to_string(),
            remedy: finding.rule.remedy,
        }
    }
}
