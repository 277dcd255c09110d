//! [`HookLedger`]: what came of the calls of a hook.

use std::{collections::BTreeMap, time::Duration};

use exhook::testing::{CallResult, HookCall};
use hdrhistogram::Histogram;

use super::ledger::count;

/// In microseconds; longer waits than an hour count as one.
const LONGEST: u64 = 3_600_000_000;
const DIGITS: u8 = 3;

/// The calls of a hook.
#[derive(Debug)]
pub(super) struct HookLedger {
    pub(super) calls: u64,
    pub(super) verdicts: BTreeMap<String, u64>,
    /// By reason.
    pub(super) failures: BTreeMap<String, u64>,
    /// Answers that the broker could not use, by what is wrong with them.
    pub(super) unusable: BTreeMap<String, u64>,
    /// How long clients waited for them, in microseconds.
    waits: Histogram<u64>,
}

impl Default for HookLedger {
    fn default() -> Self {
        Self {
            calls: 0,
            verdicts: BTreeMap::new(),
            failures: BTreeMap::new(),
            unusable: BTreeMap::new(),
            waits: Histogram::new_with_bounds(1, LONGEST, DIGITS).expect("bounds in order"),
        }
    }
}

impl HookLedger {
    pub(super) fn add(&mut self, call: &HookCall) {
        self.calls += 1;
        let microseconds = u64::try_from(call.elapsed.as_micros()).unwrap_or(u64::MAX);
        self.waits.saturating_record(microseconds);
        match &call.result {
            CallResult::Answered { verdict } => match self.verdicts.get_mut(verdict) {
                Some(number) => *number += 1,
                None => count(&mut self.verdicts, verdict.clone()),
            },
            CallResult::Unusable { reason } => count(&mut self.unusable, reason.clone()),
            CallResult::Failed { reason } => count(&mut self.failures, reason.clone()),
        }
    }

    pub(super) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    pub(super) fn unusable(&self) -> u64 {
        self.unusable.values().sum()
    }

    /// The wait that so large a share of the calls did not exceed.
    pub(super) fn wait(&self, share: f64) -> Duration {
        Duration::from_micros(self.waits.value_at_quantile(share))
    }

    pub(super) fn longest_wait(&self) -> Duration {
        Duration::from_micros(self.waits.max())
    }
}
