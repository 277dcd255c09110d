//! [`Measured`]: what a phase of the load came to.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

/// Longer latencies than an hour count as one.
const LONGEST: u64 = 3_600_000_000_000;
const DIGITS: u8 = 3;
/// How many reasons are told apart.
const MOST_REASONS: usize = 100;
const OTHER_REASONS: &str = "other reasons";

/// The name of a verdict that the broker can use, or why it cannot.
pub(super) type Verdict = Result<&'static str, String>;

/// Latencies in nanoseconds.
#[derive(Clone, Debug)]
pub(super) struct Latencies(pub(super) Histogram<u64>);

impl Latencies {
    pub(super) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST, DIGITS).expect("bounds in order"))
    }

    pub(super) fn record(&mut self, latency: Duration) {
        let nanoseconds = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record(nanoseconds);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("the same bounds");
    }

    /// The latency that so large a share of the calls did not exceed.
    pub(super) fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(share))
    }

    pub(super) fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max())
    }

    pub(super) fn mean(&self) -> Duration {
        Duration::try_from_secs_f64(self.0.mean() / 1e9).unwrap_or_default()
    }
}

/// Everything that was counted.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// Made.
    pub(super) calls: u64,
    /// Ended: answered, or given up.
    pub(super) ended: u64,
    pub(super) latencies: Latencies,
    /// By how much calls were made too late. Of an open loop only.
    pub(super) lateness: Latencies,
    pub(super) verdicts: BTreeMap<&'static str, u64>,
    /// By reason.
    pub(super) failures: BTreeMap<String, u64>,
    /// Connections that were lost and opened anew.
    pub(super) reconnects: u64,
    /// The most calls that were under way at once.
    pub(super) most_in_flight: u64,
    /// What a live view has not told so far.
    pub(super) recent: Option<Latencies>,
    /// When the last call ended.
    pub(super) last: Option<Instant>,
    /// Why no further calls could be made.
    pub(super) gave_up: Option<String>,
}

impl Measured {
    /// `live` keeps the latest latencies apart, for a live view.
    pub(super) fn new(live: bool) -> Self {
        Self {
            calls: 0,
            ended: 0,
            latencies: Latencies::new(),
            lateness: Latencies::new(),
            verdicts: BTreeMap::new(),
            failures: BTreeMap::new(),
            reconnects: 0,
            most_in_flight: 0,
            recent: live.then(Latencies::new),
            last: None,
            gave_up: None,
        }
    }

    pub(super) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// Counts the beginning of a call.
    pub(super) fn begin(&mut self) {
        self.calls += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight());
    }

    pub(super) fn in_flight(&self) -> u64 {
        self.calls - self.ended
    }

    /// Counts the end of a call.
    pub(super) fn end(&mut self, verdict: Verdict, latency: Duration, at: Instant) {
        self.ended += 1;
        self.last = self.last.max(Some(at));
        self.latencies.record(latency);
        if let Some(recent) = &mut self.recent {
            recent.record(latency);
        }
        match verdict {
            Ok(name) => *self.verdicts.entry(name).or_default() += 1,
            Err(reason) => self.fail(reason, 1),
        }
    }

    fn fail(&mut self, reason: String, count: u64) {
        let known = self.failures.len() < MOST_REASONS || self.failures.contains_key(&reason);
        let reason = if known {
            reason
        } else {
            OTHER_REASONS.to_owned()
        };
        *self.failures.entry(reason).or_default() += count;
    }

    /// Adds what another thread measured at the same time.
    pub(super) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.ended += other.ended;
        self.latencies.add(&other.latencies);
        self.lateness.add(&other.lateness);
        for (name, count) in other.verdicts {
            *self.verdicts.entry(name).or_default() += count;
        }
        for (reason, count) in other.failures {
            self.fail(reason, count);
        }
        self.reconnects += other.reconnects;
        self.most_in_flight += other.most_in_flight;
        self.last = self.last.max(other.last);
        self.gave_up = self.gave_up.take().or(other.gave_up);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_threads_measured_is_added() {
        let mut one = Measured::new(false);
        let mut other = Measured::new(false);
        let now = Instant::now();
        one.end(Ok("allow"), Duration::from_micros(10), now);
        other.end(Ok("allow"), Duration::from_micros(30), now);
        other.end(Err("bad".into()), Duration::from_micros(20), now);
        one.add(other);
        assert_eq!((one.ended, one.failed()), (3, 1));
        assert_eq!(one.verdicts, BTreeMap::from([("allow", 2)]));
        assert_eq!(one.latencies.quantile(0.5).as_micros(), 20);
        assert_eq!(one.latencies.mean().as_micros(), 20);
    }

    #[test]
    fn reasons_without_end_are_put_together() {
        let mut measured = Measured::new(false);
        for number in 0..1_000 {
            let reason = Err(format!("reason {number}"));
            measured.end(reason, Duration::ZERO, Instant::now());
        }
        assert_eq!(measured.failures.len(), MOST_REASONS + 1);
        assert_eq!(measured.failures[OTHER_REASONS], 900);
    }
}
