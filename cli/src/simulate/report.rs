//! [`Report`]: what a run came to, for people.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use super::{fleet, judgement::Judgement, ledger::Ledger, plan::Plan, voice::moment};
use crate::{
    bench::latency,
    table::{
        Align::{Left, Right},
        table,
    },
};

/// Up to so many clients have a row each.
const FEW: usize = 20;
/// How many moments are told.
const MOST_MOMENTS: usize = 40;
/// How many kinds of notes, and reasons, are told.
const MOST_NOTES: usize = 10;

/// Everything that is told at the end.
pub(super) struct Report<'run> {
    pub(super) plan: &'run Plan,
    pub(super) ledger: &'run Ledger,
    pub(super) judgement: &'run Judgement,
    pub(super) elapsed: Duration,
    pub(super) interrupted: bool,
}

impl Report<'_> {
    /// Tables and lines.
    pub(super) fn to_text(&self) -> String {
        let mut text = self.what();
        text.push('\n');
        if self.plan.client_count() <= FEW {
            text.push_str(&fleet::clients(self.ledger));
        } else {
            text.push_str(&fleet::groups(self.ledger));
        }
        self.push_notes(&mut text);
        self.push_hooks(&mut text);
        self.push_moments(&mut text);
        self.push_totals(&mut text);
        text
    }

    fn what(&self) -> String {
        let broker = &self.plan.broker;
        let mut text = format!(
            "EMQX {} (package {})",
            broker.version,
            broker.version.package()
        );
        if broker.nodes > 1 {
            let _ = write!(text, " with {} nodes", broker.nodes);
        }
        for provider in &broker.providers {
            let (name, url, pool) = (&provider.name, &provider.url, provider.pool_size);
            let _ = write!(text, ", {name} at {url} over {pool} connections");
        }
        let _ = writeln!(
            text,
            "; {}, {}",
            clients(self.plan.client_count()),
            moment(self.elapsed)
        );
        text
    }

    /// Reasons, in which clients are put together that had the same.
    fn push_notes(&self, text: &mut String) {
        let mut notes = BTreeMap::<String, u64>::new();
        for client in self.ledger.groups.iter().flat_map(|group| &group.clients) {
            if let Some(reason) = &client.refusal {
                *notes.entry(format!("refused: {reason}")).or_default() += client.figures().refused;
            }
            for (filter, count) in &client.denied_filters {
                *notes
                    .entry(format!("subscription denied: {filter}"))
                    .or_default() += count;
            }
            if client.takeovers > 0 {
                *notes
                    .entry("taken over by a second client".to_owned())
                    .or_default() += client.takeovers;
            }
        }
        for (rewrite, count) in &self.ledger.rewrites {
            notes.insert(format!("rewritten: {rewrite}"), *count);
        }
        push_counts(text, "", &notes);
        if self.ledger.unsent > 0 {
            let _ = writeln!(
                text,
                "{} messages were due, but their clients still waited for answers",
                self.ledger.unsent
            );
        }
    }

    fn push_hooks(&self, text: &mut String) {
        let name = str::to_owned;
        let mut rows = vec![
            [
                "hook", "calls", "failed", "unusable", "p50", "p99", "max", "verdicts",
            ]
            .map(name),
        ];
        for (hook, ledger) in &self.ledger.hooks {
            let verdicts: Vec<String> = ledger
                .verdicts
                .iter()
                .map(|(verdict, count)| format!("{verdict} {count}"))
                .collect();
            rows.push([
                name(hook),
                ledger.calls.to_string(),
                ledger.failed().to_string(),
                ledger.unusable().to_string(),
                latency(ledger.wait(0.5)),
                latency(ledger.wait(0.99)),
                latency(ledger.longest_wait()),
                verdicts.join(" · "),
            ]);
        }
        text.push('\n');
        if rows.len() == 1 {
            text.push_str("the program was not called\n");
            return;
        }
        text.push_str(&table(
            [Left, Right, Right, Right, Right, Right, Right, Left],
            &rows,
        ));
        for (hook, ledger) in &self.ledger.hooks {
            push_counts(text, &format!("{hook} failed: "), &ledger.failures);
            push_counts(text, &format!("{hook} unusable: "), &ledger.unusable);
        }
    }

    fn push_moments(&self, text: &mut String) {
        text.push('\n');
        for moment_of_run in self.ledger.moments.iter().take(MOST_MOMENTS) {
            let at = moment(Duration::from_millis(moment_of_run.at_ms));
            let _ = writeln!(text, "{at:>9}  {}", moment_of_run.event);
        }
        if let Some(more) = self
            .ledger
            .moments
            .len()
            .checked_sub(MOST_MOMENTS)
            .filter(|more| *more > 0)
        {
            let _ = writeln!(text, "           and {more} more, which --json tells");
        }
    }

    /// What may explain that so little happened.
    fn push_hints(&self, text: &mut String) {
        let figures = self.ledger.figures();
        if figures.accepted == 0 && figures.refused > 0 {
            text.push_str(
                "note: nobody was let in; user names and passwords are given with --username and \
                 --password, or in the scenario\n",
            );
        }
        let mut hooks = self.ledger.hooks.keys();
        let was_asked = hooks.any(|hook| !hook.starts_with("provider."));
        if !was_asked && self.ledger.provider_losses > 0 && figures.accepted > 0 {
            text.push_str(
                "note: a provider that has never been loaded is not asked, and EMQX lets everybody \
                 in\n",
            );
        }
    }

    fn push_totals(&self, text: &mut String) {
        text.push('\n');
        self.push_hints(text);
        if self.interrupted {
            text.push_str("interrupted: this is what had happened until then\n");
        }
        for difference in &self.judgement.differences {
            let _ = writeln!(
                text,
                "expected {}: {}, found {}",
                difference.what, difference.expected, difference.found
            );
        }
        for fault in &self.judgement.faults {
            let _ = writeln!(text, "at fault: {fault}");
        }
        if self.judgement.is_good() && !self.interrupted {
            text.push_str("all fine\n");
        }
    }
}

fn push_counts(text: &mut String, before: &str, counts: &BTreeMap<String, u64>) {
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (kind, count) in sorted.iter().take(MOST_NOTES) {
        let times = if **count == 1 {
            "once".to_owned()
        } else {
            format!("{count} times")
        };
        let _ = writeln!(text, "{before}{kind} ({times})");
    }
    if sorted.len() > MOST_NOTES {
        let _ = writeln!(
            text,
            "{before}{} more, which --json tells",
            sorted.len() - MOST_NOTES
        );
    }
}

fn clients(count: usize) -> String {
    match count {
        1 => "1 client".to_owned(),
        count => format!("{count} clients"),
    }
}
