//! [`Report`]: what came of all servers, as a table and as JSON.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Serialize;

use crate::station::{Outcome, Station};

/// What came of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// How long it ran.
    pub(crate) seconds: u64,
    /// Whether it was ended before its time.
    pub(crate) interrupted: bool,
    /// How often the whole machine stood still.
    pub(crate) standstills: u64,
    /// For how long at most.
    pub(crate) longest_standstill_ms: u128,
    /// One for each server.
    pub(crate) servers: Vec<ServerReport>,
}

/// What came of one server.
#[derive(Debug, Serialize)]
pub(crate) struct ServerReport {
    name: String,
    calls: u64,
    wrong: u64,
    missing: u64,
    lost: BTreeMap<String, u64>,
    injected: BTreeMap<&'static str, u64>,
    failures_counted: u64,
    deadlines_counted: u64,
    busy_deadlines: u64,
    processes: u64,
    notifications_seen: u64,
    notifications_dropped: u64,
    rss_mib: Option<(f64, f64)>,
    rss_mib_per_hour: Option<f64>,
    files: Option<(u64, u64)>,
    threads: Option<(u64, u64)>,
    p50_ms: f64,
    p99_ms: f64,
    violation_count: u64,
    violations: Vec<String>,
}

impl ServerReport {
    /// Reads what a station has counted.
    pub(crate) fn of(station: &Station, outcome: &Outcome) -> Self {
        let counts = station.ledger.counts();
        let all = [&counts.wrong, &counts.missing, &outcome.violations];
        let violations = all.iter().flat_map(|findings| findings.examples.clone());
        let ends = outcome.trend.ends();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a latency has fewer than 2^52 µs"
        )]
        let quantile = |share| counts.latency.value_at_quantile(share) as f64 / 1_000.0;
        Self {
            name: station.order.plan.name.clone(),
            calls: counts.calls,
            wrong: counts.wrong.count,
            missing: counts.missing.count,
            lost: counts.lost.clone(),
            injected: counts
                .injected
                .iter()
                .map(|(failure, count)| (failure.name(), *count))
                .collect(),
            failures_counted: outcome.failures,
            deadlines_counted: outcome.deadlines,
            busy_deadlines: counts.busy,
            processes: outcome.lives,
            notifications_seen: outcome.seen,
            notifications_dropped: outcome.dropped,
            rss_mib: ends.map(|(first, last)| (first.rss, last.rss)),
            rss_mib_per_hour: outcome.trend.slope(),
            files: ends.map(|(first, last)| (first.files, last.files)),
            threads: ends.map(|(first, last)| (first.threads, last.threads)),
            p50_ms: quantile(0.5),
            p99_ms: quantile(0.99),
            violation_count: all.iter().map(|findings| findings.count).sum(),
            violations: violations.collect(),
        }
    }
}

impl Report {
    /// Whether nothing was that must not be.
    pub(crate) fn is_clean(&self) -> bool {
        self.servers
            .iter()
            .all(|server| server.violation_count == 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{:16} {:>9} {:>6} {:>8} {:>6} {:>9} {:>7} {:>13} {:>7} {:>9} {:>9} {:>8} {:>8}",
            "server",
            "calls",
            "wrong",
            "missing",
            "lost",
            "injected",
            "late*",
            "MiB",
            "MiB/h",
            "files",
            "threads",
            "p50 ms",
            "p99 ms",
        )?;
        for server in &self.servers {
            let pair = |pair: Option<(u64, u64)>| {
                pair.map_or(String::new(), |(first, last)| format!("{first}→{last}"))
            };
            let memory = server.rss_mib.map_or(String::new(), |(first, last)| {
                format!("{first:.1}→{last:.1}")
            });
            let slope = server
                .rss_mib_per_hour
                .map_or(String::new(), |slope| format!("{slope:.1}"));
            writeln!(
                formatter,
                "{:16} {:>9} {:>6} {:>8} {:>6} {:>9} {:>7} {:>13} {:>7} {:>9} {:>9} {:>8.2} {:>8.2}",
                server.name,
                server.calls,
                server.wrong,
                server.missing,
                server.lost.values().sum::<u64>(),
                server.injected.values().sum::<u64>(),
                server.busy_deadlines,
                memory,
                slope,
                pair(server.files),
                pair(server.threads),
                server.p50_ms,
                server.p99_ms,
            )?;
        }
        writeln!(
            formatter,
            "* fallbacks at a deadline that passed because the machine was busy"
        )?;
        for server in &self.servers {
            writeln!(
                formatter,
                "{}: {} processes, {} notifications seen, {} dropped; failures {:?}, {} counted by \
                 the server",
                server.name,
                server.processes,
                server.notifications_seen,
                server.notifications_dropped,
                server.injected,
                server.failures_counted,
            )?;
            for (reason, count) in &server.lost {
                writeln!(formatter, "  lost {count}: {reason}")?;
            }
            for violation in &server.violations {
                writeln!(formatter, "  VIOLATION: {violation}")?;
            }
            let unnamed = server.violation_count - server.violations.len() as u64;
            if unnamed > 0 {
                writeln!(formatter, "  VIOLATION: and {unnamed} more")?;
            }
        }
        if self.standstills > 0 {
            writeln!(
                formatter,
                "The machine stood still {} times, for {} ms at most.",
                self.standstills, self.longest_standstill_ms
            )?;
        }
        let time = Duration::from_secs(self.seconds);
        let verdict = if self.is_clean() {
            "every answer was right, and nothing grew"
        } else {
            "see the violations"
        };
        write!(formatter, "After {time:?}: {verdict}.")
    }
}
