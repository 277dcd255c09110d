//! [`Report`]: the figures of a replay, for people and for programs.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use serde::Serialize;

use crate::{
    expectation::{Difference, Expectation},
    table::{
        Align::{Left, Right},
        table,
    },
    tally::{HookTally, Place, Tally},
};

/// How many reasons of one hook are told.
const REASONS: usize = 10;

/// Everything that is told at the end.
pub(crate) struct Report<'tally> {
    pub(crate) tally: &'tally Tally,
    pub(crate) expectation: Option<&'tally Expectation>,
    /// How many calls were to be sent.
    pub(crate) recorded: u64,
    /// How many the chosen package has no hook for.
    pub(crate) skipped: u64,
    pub(crate) connections: u16,
    pub(crate) elapsed: Duration,
}

impl Report<'_> {
    /// A table of the hooks, the failures, and the totals.
    pub(crate) fn to_text(&self) -> String {
        let mut text = self.table();
        for (hook, counted) in self.tally.hooks() {
            text.push_str(&failures(hook.name(), counted));
        }
        text.push('\n');
        if let Some(expectation) = self.expectation {
            text.push_str(&expectation.to_text());
        }
        text.push_str(&self.totals());
        text
    }

    fn table(&self) -> String {
        let head = ["hook", "calls", "verdicts", "p50", "p99", "failures"];
        let mut rows = vec![head.map(str::to_owned)];
        for (hook, counted) in self.tally.hooks() {
            rows.push([
                hook.name().to_owned(),
                counted.calls.to_string(),
                verdicts(counted),
                latency(counted.percentile(50)),
                latency(counted.percentile(99)),
                counted.failed().to_string(),
            ]);
        }
        rows.push([
            "total".to_owned(),
            self.tally.calls().to_string(),
            String::new(),
            latency(self.tally.percentile(50)),
            latency(self.tally.percentile(99)),
            self.tally.failures().to_string(),
        ]);
        table([Left, Right, Left, Right, Right, Right], &rows)
    }

    fn totals(&self) -> String {
        let mut text = format!(
            "{} calls over {} connections in {:.2} s: ",
            self.tally.calls(),
            self.connections,
            self.elapsed.as_secs_f64()
        );
        match self.tally.failures() {
            0 => text.push_str("all fine\n"),
            failures => {
                let _ = writeln!(text, "{failures} failed");
            }
        }
        if self.tally.calls() < self.recorded {
            let missing = self.recorded - self.tally.calls();
            let _ = writeln!(
                text,
                "interrupted: {missing} calls were not sent or not answered"
            );
        }
        if self.skipped > 0 {
            let _ = writeln!(
                text,
                "skipped: {} calls of hooks that the chosen package does not have",
                self.skipped
            );
        }
        if self.tally.refused_by_ignore() {
            text.push_str(
                "note: EMQX 5.0 to 5.8 refuse a client when client.authenticate is ignored; \
                 answer allow or deny there\n",
            );
        }
        text
    }

    /// One JSON object on one line. Times are microseconds.
    pub(crate) fn to_json(&self) -> String {
        let hooks = self.tally.hooks().map(|(hook, counted)| JsonHook {
            hook: hook.name(),
            calls: counted.calls,
            verdicts: &counted.verdicts,
            p50_us: microseconds(counted.percentile(50)),
            p99_us: microseconds(counted.percentile(99)),
            failures: counted.failed(),
            reasons: counted
                .failures
                .iter()
                .map(|(reason, failures)| JsonReason {
                    reason,
                    count: failures.count,
                    examples: &failures.places,
                })
                .collect(),
        });
        let report = JsonReport {
            calls: self.tally.calls(),
            recorded: self.recorded,
            skipped: self.skipped,
            failures: self.tally.failures(),
            connections: self.connections,
            elapsed_us: microseconds(Some(self.elapsed)),
            p50_us: microseconds(self.tally.percentile(50)),
            p99_us: microseconds(self.tally.percentile(99)),
            hooks: hooks.collect(),
            expected: self.expectation.map(|expectation| JsonExpected {
                compared: expectation.compared(),
                without_answer: expectation.without_answer(),
                differences: expectation.differences(),
            }),
        };
        let mut text = serde_json::to_string(&report).expect("numbers and texts, keyed by texts");
        text.push('\n');
        text
    }
}

#[derive(Serialize)]
struct JsonReport<'tally> {
    calls: u64,
    recorded: u64,
    skipped: u64,
    failures: u64,
    connections: u16,
    elapsed_us: u64,
    p50_us: u64,
    p99_us: u64,
    hooks: Vec<JsonHook<'tally>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<JsonExpected<'tally>>,
}

#[derive(Serialize)]
struct JsonExpected<'tally> {
    compared: u64,
    without_answer: u64,
    differences: &'tally [Difference],
}

#[derive(Serialize)]
struct JsonHook<'tally> {
    hook: &'static str,
    calls: u64,
    verdicts: &'tally BTreeMap<&'static str, u64>,
    p50_us: u64,
    p99_us: u64,
    failures: u64,
    reasons: Vec<JsonReason<'tally>>,
}

#[derive(Serialize)]
struct JsonReason<'tally> {
    reason: &'tally str,
    count: u64,
    examples: &'tally [Place],
}

fn microseconds(duration: Option<Duration>) -> u64 {
    let microseconds = duration.unwrap_or_default().as_micros();
    u64::try_from(microseconds).unwrap_or(u64::MAX)
}

fn verdicts(counted: &HookTally) -> String {
    let parts: Vec<String> = counted
        .verdicts
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    parts.join(" · ")
}

fn latency(duration: Option<Duration>) -> String {
    let Some(duration) = duration else {
        return "-".to_owned();
    };
    let milliseconds = duration.as_secs_f64() * 1_000.0;
    if milliseconds < 1.0 {
        format!("{} µs", duration.as_micros())
    } else if milliseconds < 1_000.0 {
        format!("{milliseconds:.2} ms")
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

fn failures(hook: &str, counted: &HookTally) -> String {
    let mut text = String::new();
    for (reason, failures) in counted.failures.iter().take(REASONS) {
        let _ = writeln!(text, "\n{hook}: {reason} ({} times)", failures.count);
        for place in &failures.places {
            let Place {
                file,
                line,
                clientid,
            } = place;
            let _ = writeln!(text, "  {file}:{line}  client {clientid:?}");
        }
        let more = failures.count - failures.places.len() as u64;
        if more > 0 {
            let _ = writeln!(text, "  and {more} more");
        }
    }
    let more = counted.failures.len().saturating_sub(REASONS);
    if more > 0 {
        let _ = writeln!(text, "\n{hook}: and {more} reasons more");
    }
    text
}

#[cfg(test)]
mod tests {
    use exhook::{Hook, testing::Understood};

    use super::*;

    #[test]
    fn a_report_names_hooks_verdicts_and_failures() {
        let mut tally = Tally::default();
        let hook = Hook::ClientAuthenticate;
        let place = |line| Place {
            file: "f.jsonl".into(),
            line,
            clientid: "c1".into(),
        };
        for line in 1..=2 {
            tally.add(
                hook,
                &Understood::Allowed,
                Duration::from_micros(250),
                || place(line),
            );
        }
        for line in 3..=7 {
            let late = Understood::Illegal("no answer in time".into());
            tally.add(hook, &late, Duration::from_secs(5), || place(line));
        }
        let report = Report {
            tally: &tally,
            expectation: None,
            recorded: 9,
            skipped: 1,
            connections: 8,
            elapsed: Duration::from_millis(5_020),
        };
        assert_eq!(
            report.to_text(),
            "\
hook                 calls  verdicts     p50     p99  failures
client.authenticate      7  allow 2   5.00 s  5.00 s         5
total                    7            5.00 s  5.00 s         5

client.authenticate: no answer in time (5 times)
  f.jsonl:3  client \"c1\"
  f.jsonl:4  client \"c1\"
  f.jsonl:5  client \"c1\"
  and 2 more

7 calls over 8 connections in 5.02 s: 5 failed
interrupted: 2 calls were not sent or not answered
skipped: 1 calls of hooks that the chosen package does not have
"
        );
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
        assert_eq!(json["failures"], 5);
        assert_eq!(json["hooks"][0]["reasons"][0]["examples"][0]["line"], 3);
    }

    #[test]
    fn latencies_have_the_unit_that_suits_them() {
        for (microseconds, text) in [(250, "250 µs"), (1_200, "1.20 ms"), (5_000_000, "5.00 s")] {
            assert_eq!(latency(Some(Duration::from_micros(microseconds))), text);
        }
        assert_eq!(latency(None), "-");
    }
}
