//! What the load came to, for programs: one JSON object.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use super::{
    measured::{Latencies, Measured},
    plan::Pace,
    report::{QUANTILES, Report},
};

impl Report<'_> {
    /// One JSON object on one line. Times are microseconds.
    pub(super) fn to_json(&self) -> String {
        let plan = self.plan;
        let measured = self.measured;
        let (streams, rate) = match plan.pace {
            Pace::Closed { streams } => (Some(streams), None),
            Pace::Open { rate, .. } => (None, Some(rate)),
        };
        let report = JsonReport {
            to: plan.to.to_string(),
            hook: plan.shape.hook.name(),
            package: plan.shape.package.short_name(),
            r#loop: if plan.is_closed() { "closed" } else { "open" },
            connections: plan.connections.len(),
            streams,
            rate,
            threads: plan.threads,
            clients: plan.clients,
            payload_bytes: plan.shape.payload_bytes,
            request_bytes: plan.request_bytes(),
            timeout_us: micros(plan.timeout),
            calls: measured.calls,
            ended: measured.ended,
            failures: measured.failed(),
            elapsed_us: micros(self.elapsed),
            calls_per_second: self.calls_per_second(),
            latency_us: JsonLatencies::new(&measured.latencies),
            sent_late_us: (!plan.is_closed()).then(|| JsonLatencies::new(&measured.lateness)),
            most_under_way: measured.most_in_flight,
            verdicts: &measured.verdicts,
            reasons: reasons(measured),
            reconnects: measured.reconnects,
            warm_up: JsonWarmUp {
                calls: self.warm_up.calls,
                failures: self.warm_up.failed(),
                reasons: reasons(self.warm_up),
            },
            interrupted: self.interrupted,
            ended_early: self.gave_up(),
            buckets: buckets(&measured.latencies),
        };
        let mut text = serde_json::to_string(&report).expect("numbers and texts, keyed by texts");
        text.push('\n');
        text
    }
}

#[derive(Serialize)]
struct JsonReport<'run> {
    to: String,
    hook: &'static str,
    package: &'static str,
    r#loop: &'static str,
    connections: usize,
    streams: Option<usize>,
    rate: Option<f64>,
    threads: usize,
    clients: u32,
    payload_bytes: usize,
    request_bytes: usize,
    timeout_us: f64,
    calls: u64,
    ended: u64,
    failures: u64,
    elapsed_us: f64,
    calls_per_second: f64,
    latency_us: JsonLatencies,
    sent_late_us: Option<JsonLatencies>,
    most_under_way: u64,
    verdicts: &'run BTreeMap<&'static str, u64>,
    reasons: Vec<JsonReason<'run>>,
    reconnects: u64,
    warm_up: JsonWarmUp<'run>,
    interrupted: bool,
    ended_early: Option<&'run str>,
    buckets: Vec<JsonBucket>,
}

#[derive(Serialize)]
struct JsonWarmUp<'run> {
    calls: u64,
    failures: u64,
    reasons: Vec<JsonReason<'run>>,
}

#[derive(Serialize)]
struct JsonReason<'run> {
    reason: &'run str,
    count: u64,
}

fn reasons(measured: &Measured) -> Vec<JsonReason<'_>> {
    let reasons = measured.failures.iter();
    reasons
        .map(|(reason, count)| JsonReason {
            reason,
            count: *count,
        })
        .collect()
}

#[derive(Serialize)]
struct JsonLatencies {
    mean: f64,
    p50: f64,
    p90: f64,
    p99: f64,
    p99_9: f64,
    max: f64,
}

impl JsonLatencies {
    fn new(latencies: &Latencies) -> Self {
        let [p50, p90, p99, p99_9] = QUANTILES.map(|(_, share)| micros(latencies.quantile(share)));
        Self {
            mean: micros(latencies.mean()),
            p50,
            p90,
            p99,
            p99_9,
            max: micros(latencies.max()),
        }
    }
}

/// The calls that took up to so long, and longer than the bucket before allows.
#[derive(Serialize)]
struct JsonBucket {
    up_to_us: f64,
    count: u64,
}

fn buckets(latencies: &Latencies) -> Vec<JsonBucket> {
    let recorded = latencies.0.iter_recorded();
    recorded
        .map(|step| JsonBucket {
            up_to_us: micros(Duration::from_nanos(step.value_iterated_to())),
            count: step.count_since_last_iteration(),
        })
        .collect()
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
