//! [`Summary`]: what is told at the end of a recording.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use exhook::{
    Hook, Package,
    testing::{BrokerKind, CallOutcome, Understood},
};
use serde::Serialize;

use crate::table::{
    Align::{Left, Right},
    table,
};

/// What was recorded of one hook.
#[derive(Debug, Default, Serialize)]
struct Recorded {
    calls: u64,
    /// Calls whose answer a broker cannot use, or that have none.
    failures: u64,
}

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) file: String,
    pub(super) connections: u64,
    /// Connections that were closed because the provider could not be reached.
    pub(super) unreached: u64,
    /// Connections that could not be followed to their end.
    pub(super) unread_connections: u64,
    /// Calls that are not in the file because it could not be written, or not fast enough.
    pub(super) lost: u64,
    /// Calls whose request could not be read.
    pub(super) unreadable: u64,
    /// Calls of methods that are no hooks.
    pub(super) passed_methods: BTreeMap<String, u64>,
    pub(super) elapsed: Duration,
    /// Whether the last call could not be written.
    pub(super) file_fails: bool,
    /// By the number of the hook.
    hooks: BTreeMap<usize, Recorded>,
}

impl Summary {
    /// Of a recording that is written to `file`.
    pub(super) fn new(file: String) -> Self {
        Self {
            file,
            ..Self::default()
        }
    }

    /// Counts a call that was recorded.
    pub(super) fn add(&mut self, package: Package, hook: Hook, outcome: &CallOutcome) {
        let broker = BrokerKind {
            package,
            version: None,
        };
        let counted = self.hooks.entry(hook as usize).or_default();
        counted.calls += 1;
        if let Understood::Illegal(_) = broker.understand(hook, outcome) {
            counted.failures += 1;
        }
    }

    pub(super) fn calls(&self) -> u64 {
        self.hooks.values().map(|recorded| recorded.calls).sum()
    }

    /// Whether calls are missing from the file.
    pub(super) fn is_incomplete(&self) -> bool {
        self.lost > 0 || self.unread_connections > 0
    }

    /// A table of the hooks, and what went otherwise than it should.
    pub(super) fn to_text(&self) -> String {
        let mut rows = vec![["hook", "calls", "failures"].map(str::to_owned)];
        for (number, recorded) in &self.hooks {
            let name = Hook::ALL[*number].name().to_owned();
            rows.push([
                name,
                recorded.calls.to_string(),
                recorded.failures.to_string(),
            ]);
        }
        let mut text = if self.hooks.is_empty() {
            String::new()
        } else {
            table([Left, Right, Right], &rows) + "\n"
        };
        let _ = writeln!(
            text,
            "{} calls over {} connections in {:.2} s, recorded in {}",
            self.calls(),
            self.connections,
            self.elapsed.as_secs_f64(),
            self.file
        );
        for (count, what) in [
            (
                self.unreached,
                "connections closed: the program could not be reached",
            ),
            (
                self.unread_connections,
                "connections not recorded to their end",
            ),
            (self.lost, "calls lost: they could not be written"),
            (
                self.unreadable,
                "calls not recorded: their requests could not be read",
            ),
        ] {
            if count > 0 {
                let _ = writeln!(text, "{count} {what}");
            }
        }
        for (method, count) in &self.passed_methods {
            let _ = writeln!(
                text,
                "{count} calls not recorded: {method} is no hook of EMQX"
            );
        }
        text
    }

    /// One JSON object on one line.
    pub(super) fn to_json(&self) -> String {
        let hooks: BTreeMap<&str, &Recorded> = self
            .hooks
            .iter()
            .map(|(number, recorded)| (Hook::ALL[*number].name(), recorded))
            .collect();
        let report = serde_json::json!({
            "file": self.file,
            "calls": self.calls(),
            "connections": self.connections,
            "unreached_connections": self.unreached,
            "unread_connections": self.unread_connections,
            "lost": self.lost,
            "unreadable": self.unreadable,
            "passed_methods": self.passed_methods,
            "elapsed_us": u64::try_from(self.elapsed.as_micros()).unwrap_or(u64::MAX),
            "hooks": hooks,
        });
        format!("{report}\n")
    }
}
