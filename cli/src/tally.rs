//! [`Tally`]: what has been counted of the answers.

use std::{collections::BTreeMap, time::Duration};

use exhook::{Hook, testing::Understood};
use serde::Serialize;

/// How many places are kept of failures for the same reason.
const PLACES: usize = 3;

/// Where a call stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) clientid: String,
}

/// Calls that failed for the same reason.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failures {
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) places: Vec<Place>,
}

/// What was counted of one hook, or of all.
#[derive(Clone, Debug, Default)]
pub(crate) struct HookTally {
    pub(crate) calls: u64,
    pub(crate) verdicts: BTreeMap<&'static str, u64>,
    /// By reason.
    pub(crate) failures: BTreeMap<String, Failures>,
    latencies: Vec<Duration>,
}

impl HookTally {
    pub(crate) fn failed(&self) -> u64 {
        self.failures.values().map(|failures| failures.count).sum()
    }

    /// The latency that `percent` of the calls did not exceed; `None` without calls.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        percentile(self.latencies.clone(), percent)
    }
}

fn percentile(mut latencies: Vec<Duration>, percent: usize) -> Option<Duration> {
    latencies.sort_unstable();
    let rank = (latencies.len() * percent).div_ceil(100);
    latencies.get(rank.saturating_sub(1)).copied()
}

/// What was counted of every hook.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// By the number of the hook, so that reports have the order of the table of hooks.
    hooks: BTreeMap<usize, HookTally>,
    refused_by_ignore: bool,
}

impl Tally {
    /// Counts an answer; `place` says where its call stands, if it failed.
    pub(crate) fn add(
        &mut self,
        hook: Hook,
        understood: &Understood,
        elapsed: Duration,
        place: impl FnOnce() -> Place,
    ) {
        let counted = self.hooks.entry(hook as usize).or_default();
        counted.calls += 1;
        counted.latencies.push(elapsed);
        if let Understood::Illegal(reason) = understood {
            let failures = counted.failures.entry(reason.clone()).or_default();
            failures.count += 1;
            if failures.places.len() < PLACES {
                failures.places.push(place());
            }
        } else {
            *counted.verdicts.entry(understood.name()).or_default() += 1;
        }
    }

    /// Takes note of what a broker of package v2 reads otherwise than it was meant.
    pub(crate) fn note_v2(&mut self, hook: Hook, understood: &Understood) {
        self.refused_by_ignore |=
            hook == Hook::ClientAuthenticate && *understood == Understood::Ignored;
    }

    /// Whether clients were ignored whom EMQX 5.0 to 5.8 then refuse.
    pub(crate) fn refused_by_ignore(&self) -> bool {
        self.refused_by_ignore
    }

    /// The hooks that were called.
    pub(crate) fn hooks(&self) -> impl Iterator<Item = (Hook, &HookTally)> {
        self.hooks
            .iter()
            .map(|(number, counted)| (Hook::ALL[*number], counted))
    }

    pub(crate) fn calls(&self) -> u64 {
        self.hooks.values().map(|counted| counted.calls).sum()
    }

    pub(crate) fn failures(&self) -> u64 {
        self.hooks.values().map(HookTally::failed).sum()
    }

    /// As [`HookTally::percentile`], of all calls.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let all = self
            .hooks
            .values()
            .flat_map(|counted| counted.latencies.iter().copied());
        percentile(all.collect(), percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: usize) -> Place {
        Place {
            file: "f".into(),
            line,
            clientid: "c".into(),
        }
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let latencies: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(
            percentile(latencies.clone(), 50),
            Some(Duration::from_millis(50))
        );
        assert_eq!(percentile(latencies, 99), Some(Duration::from_millis(99)));
        assert_eq!(percentile(vec![Duration::ZERO], 99), Some(Duration::ZERO));
        assert_eq!(percentile(Vec::new(), 50), None);
    }

    #[test]
    fn failures_are_gathered_by_reason_with_their_first_places() {
        let mut tally = Tally::default();
        let hook = Hook::ClientAuthenticate;
        for line in 1..=5 {
            let bad = Understood::Illegal("bad".into());
            tally.add(hook, &bad, Duration::ZERO, || place(line));
        }
        tally.add(hook, &Understood::Allowed, Duration::ZERO, || place(6));
        assert_eq!((tally.calls(), tally.failures()), (6, 5));
        let (_, counted) = tally.hooks().next().expect("one hook");
        assert_eq!(counted.verdicts, BTreeMap::from([("allow", 1)]));
        assert_eq!(
            counted.failures["bad"].places,
            [place(1), place(2), place(3)]
        );
    }
}
