//! [`Judgement`]: whether a run came to what was expected of it.

use exhook::Hook;
use serde::Serialize;

use super::{
    hook_ledger::HookLedger,
    ledger::Ledger,
    scenario::{Bound, Expectations},
};

/// What came out otherwise than it should have.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Where the scenario says what it should have been.
    pub(super) differences: Vec<Difference>,
    /// Where it does not, and the program is at fault.
    pub(super) faults: Vec<String>,
}

/// A figure that is not the expected one.
#[derive(Debug, Serialize)]
pub(super) struct Difference {
    /// Of what, as the scenario names it.
    pub(super) what: String,
    /// `3`, `at least 3`, `at most 3` or `3 to 5`.
    pub(super) expected: String,
    pub(super) found: u64,
}

impl Judgement {
    /// Judges a run; one that was interrupted had no time to come to what is expected.
    pub(super) fn of(ledger: &Ledger, expect: &Expectations, interrupted: bool) -> Self {
        let mut judgement = Self::default();
        let faults = [
            (
                "failed_calls",
                expect.failed_calls,
                ledger.failed_calls(),
                "calls that failed",
            ),
            (
                "unusable_answers",
                expect.unusable_answers,
                ledger.unusable_answers(),
                "answers that the broker cannot use",
            ),
            (
                "provider_losses",
                expect.provider_losses,
                ledger.provider_losses,
                "losses of a provider: it could not be loaded, or was lost",
            ),
        ];
        for (name, bound, found, what) in faults {
            match bound {
                Some(bound) if !interrupted => judgement.compare(name.to_owned(), bound, found),
                None if found > 0 => judgement.faults.push(format!("{what} ({found})")),
                _ => {}
            }
        }
        if interrupted {
            return judgement;
        }
        for (name, bound, found) in expect.of_clients().compare(&ledger.figures()) {
            judgement.compare(name.to_owned(), bound, found);
        }
        for (name, bound) in &expect.calls {
            let hook = Hook::from_name(name).map_or(name.as_str(), |hook| hook.name());
            let found = ledger
                .hooks
                .get(hook)
                .map_or(0, |hook: &HookLedger| hook.calls);
            judgement.compare(format!("calls of {hook}"), *bound, found);
        }
        for group in &ledger.groups {
            let Some(expected) = expect.groups.get(&group.name) else {
                continue;
            };
            for (name, bound, found) in expected.compare(&group.figures()) {
                judgement.compare(format!("{} of {}", name, group.name), bound, found);
            }
        }
        judgement
    }

    pub(super) fn is_good(&self) -> bool {
        self.differences.is_empty() && self.faults.is_empty()
    }

    fn compare(&mut self, what: String, bound: Bound, found: u64) {
        if !bound.holds(found) {
            self.differences.push(Difference {
                what,
                expected: bound.to_string(),
                found,
            });
        }
    }
}
