//! [`Frame`]: what happened between two samples.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::sample::{HookKey, HookSample, Sample};

/// What happened between two samples, and how it stands at the second.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Frame {
    pub(super) version: String,
    /// For how long the program has been serving.
    pub(super) up: Duration,
    pub(super) elapsed: Duration,
    /// Whether the program was started anew between the samples.
    pub(super) restarted: bool,
    pub(super) inflight: u64,
    pub(super) inbox_depth: u64,
    pub(super) connections: u64,
    /// Since the program was started.
    pub(super) unknown_methods: u64,
    /// Since the program was started.
    pub(super) bad_requests: u64,
    pub(super) rows: Vec<Row>,
}

/// One hook in one package, between two samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) hook: String,
    pub(super) package: String,
    /// How many calls have arrived since the program was started.
    pub(super) total: u64,
    pub(super) calls: f64,
    /// Seconds, as the next two.
    pub(super) p50: Option<f64>,
    pub(super) p99: Option<f64>,
    /// The 99th percentile of how long calls waited for user code.
    pub(super) waited: Option<f64>,
    /// Answers a second, by verdict; those that did not come are left out.
    pub(super) verdicts: BTreeMap<String, f64>,
    /// Fallbacks and errors a second, by cause; those that did not come are left out. Late replies
    /// and dropped notifications are among them.
    pub(super) failures: BTreeMap<String, f64>,
}

impl Row {
    /// How many calls a second were not answered, or not handled, by user code. A late reply is one
    /// of a call that failed by its deadline, and a notification that is refused as overload is
    /// dropped, too: each counts once.
    pub(super) fn failed(&self) -> f64 {
        let rate = |cause: &str| self.failures.get(cause).copied().unwrap_or(0.0);
        let twice = [LATE, DROPPED, OVERLOAD];
        let causes = self.failures.iter();
        let others = causes.filter(|(cause, _)| !twice.contains(&&***cause));
        others.fold(rate(DROPPED).max(rate(OVERLOAD)), |sum, (_, rate)| {
            sum + rate
        })
    }
}

const LATE: &str = "late";
const DROPPED: &str = "dropped";
const OVERLOAD: &str = "overload";

impl Frame {
    /// What happened in the time `elapsed` that ended with the sample `later`.
    pub(super) fn between(
        earlier: &Sample,
        later: &Sample,
        elapsed: Duration,
        now: SystemTime,
    ) -> Self {
        let restarted = is_another_run(earlier, later);
        let nothing = Sample::default();
        let earlier = if restarted { &nothing } else { earlier };
        let none = HookSample::default();
        let rows = later.hooks.iter().map(|(key, hook)| {
            let earlier = earlier.hooks.get(key).unwrap_or(&none);
            row(key, earlier, hook, elapsed)
        });
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let started = Duration::try_from_secs_f64(later.started).unwrap_or_default();
        Self {
            version: later.version.clone(),
            up: now.saturating_sub(started),
            elapsed,
            restarted,
            inflight: later.inflight,
            inbox_depth: later.inbox_depth,
            connections: later.connections,
            unknown_methods: later.unknown_methods,
            bad_requests: later.bad_requests,
            rows: rows.collect(),
        }
    }
}

/// Whether the counters of `later` began at zero after `earlier`.
fn is_another_run(earlier: &Sample, later: &Sample) -> bool {
    let is_fewer = |(key, hook): (&HookKey, &HookSample)| {
        let later = later.hooks.get(key).map_or(0, |hook| hook.calls);
        later < hook.calls
    };
    earlier.started.to_bits() != later.started.to_bits()
        || later.connections_accepted < earlier.connections_accepted
        || earlier.hooks.iter().any(is_fewer)
}

fn row(key: &HookKey, earlier: &HookSample, later: &HookSample, elapsed: Duration) -> Row {
    let rate = |earlier: u64, later: u64| per_second(later.saturating_sub(earlier), elapsed);
    let rates = |earlier: &BTreeMap<String, u64>, later: &BTreeMap<String, u64>| {
        let all = later.iter().map(|(name, count)| {
            let before = earlier.get(name).copied().unwrap_or(0);
            (name.clone(), rate(before, *count))
        });
        all.filter(|(_, rate)| *rate > 0.0)
            .collect::<BTreeMap<_, _>>()
    };
    let mut failures = rates(&earlier.failures, &later.failures);
    for (name, rate) in [
        (LATE, rate(earlier.late, later.late)),
        (DROPPED, rate(earlier.dropped, later.dropped)),
    ] {
        if rate > 0.0 {
            failures.insert(name.to_owned(), rate);
        }
    }
    let latency = later.latency.since(&earlier.latency);
    Row {
        hook: key.0.clone(),
        package: key.1.clone(),
        total: later.calls,
        calls: rate(earlier.calls, later.calls),
        p50: latency.quantile(0.5),
        p99: latency.quantile(0.99),
        waited: later.waited.since(&earlier.waited).quantile(0.99),
        verdicts: rates(&earlier.verdicts, &later.verdicts),
        failures,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
fn per_second(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(1e-3)
}

/// Makes a frame of each sample and the one before.
#[derive(Debug, Default)]
pub(super) struct Meter {
    earlier: Option<(Sample, Instant)>,
}

impl Meter {
    /// The first sample makes no frame.
    pub(super) fn take(&mut self, sample: Sample, at: Instant) -> Option<Frame> {
        let frame = self.earlier.as_ref().map(|(earlier, before)| {
            let elapsed = at.saturating_duration_since(*before);
            Frame::between(earlier, &sample, elapsed, SystemTime::now())
        });
        self.earlier = Some((sample, at));
        frame
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "rates of small numbers are exact")]
mod tests {
    use super::*;

    const SECONDS: Duration = Duration::from_secs(2);

    fn sample(started: u32, calls: u64, deny: u64, deadline: u64) -> Sample {
        let hook = "hook=\"client.authorize\",package=\"v3\"";
        let text = format!(
            "exhook_build_info{{version=\"1.2.3\"}} 1\nexhook_start_time_seconds {started}\n\
             exhook_connections 8\nexhook_inflight 3\nexhook_inbox_depth 5\n\
             exhook_calls_total{{{hook}}} {calls}\n\
             exhook_answers_total{{{hook},verdict=\"allow\"}} 4\n\
             exhook_answers_total{{{hook},verdict=\"deny\"}} {deny}\n\
             exhook_failures_total{{{hook},cause=\"deadline\"}} {deadline}\n\
             exhook_late_replies_total{{{hook}}} {deadline}\n\
             exhook_latency_seconds_bucket{{{hook},le=\"0.001\"}} {calls}\n\
             exhook_latency_seconds_bucket{{{hook},le=\"+Inf\"}} {calls}\n"
        );
        Sample::parse(&text).expect("exhook's")
    }

    fn between(earlier: &Sample, later: &Sample) -> Frame {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        Frame::between(earlier, later, SECONDS, now)
    }

    #[test]
    fn rates_and_percentiles_are_those_of_the_interval() {
        let frame = between(&sample(990, 10, 2, 0), &sample(990, 30, 12, 4));
        assert_eq!((frame.up.as_secs(), frame.restarted), (10, false));
        assert_eq!(
            (frame.connections, frame.inflight, frame.inbox_depth),
            (8, 3, 5)
        );
        let row = &frame.rows[0];
        assert_eq!((row.total, row.calls, row.failed()), (30, 10.0, 2.0));
        assert_eq!(
            (row.p50, row.p99, row.waited),
            (Some(0.001), Some(0.001), None)
        );
        assert_eq!(row.verdicts, BTreeMap::from([("deny".to_owned(), 5.0)]));
        let failures = [("deadline".to_owned(), 2.0), ("late".to_owned(), 2.0)];
        assert_eq!(row.failures, BTreeMap::from(failures));
    }

    #[test]
    fn an_interval_without_calls_has_no_percentiles() {
        let same = sample(990, 10, 2, 1);
        let frame = between(&same, &same);
        let row = &frame.rows[0];
        assert_eq!((row.total, row.calls, row.p50), (10, 0.0, None));
        assert!(row.verdicts.is_empty() && row.failures.is_empty());
    }

    #[test]
    fn after_a_restart_everything_is_of_the_interval() {
        // By the time of the start, and where the clock stood still by the counters.
        for later in [sample(995, 50, 2, 0), sample(990, 6, 2, 0)] {
            let frame = between(&sample(990, 10, 9, 3), &later);
            assert!(frame.restarted);
            let row = &frame.rows[0];
            assert_eq!(row.calls, per_second(later.hooks[&key()].calls, SECONDS));
            assert_eq!(row.verdicts["deny"], 1.0);
            assert!(row.failures.is_empty());
        }
    }

    fn key() -> HookKey {
        ("client.authorize".to_owned(), "v3".to_owned())
    }

    #[test]
    fn what_fails_is_counted_once() {
        let failed = |failures: &[(&str, f64)]| {
            let failures = failures
                .iter()
                .map(|(cause, rate)| ((*cause).to_owned(), *rate));
            let row = Row {
                failures: failures.collect(),
                ..Row::default()
            };
            row.failed()
        };
        assert_eq!(
            failed(&[("deadline", 2.0), ("exception", 1.0), ("late", 2.0)]),
            3.0
        );
        assert_eq!(failed(&[("overload", 2.0), ("dropped", 3.0)]), 3.0);
        assert_eq!(failed(&[("overload", 2.0), ("bad_answer", 1.0)]), 3.0);
    }

    #[test]
    fn the_first_sample_makes_no_frame() {
        let (mut meter, begun) = (Meter::default(), Instant::now());
        assert_eq!(meter.take(sample(990, 10, 0, 0), begun), None);
        let frame = meter.take(sample(990, 20, 0, 0), begun + SECONDS);
        assert_eq!(frame.expect("the second").rows[0].calls, 5.0);
    }
}
