//! [`Metrics`]: the counters of a server as JavaScript has them.

use std::collections::BTreeMap;

use exhook::{HookSnapshot, LatencySnapshot, MetricsSnapshot};
use napi_derive::napi;

/// The counters of a server at one moment.
#[napi(object)]
pub struct Metrics {
    /// One for each hook and package that was called.
    pub hooks: Vec<HookMetrics>,
    /// Calls that brokers wait for now.
    pub inflight: f64,
    /// Notifications that are answered, but not yet handled.
    pub inbox_depth: f64,
    /// Connections open now.
    pub connections: f64,
    /// Connections accepted since the start.
    pub connections_accepted: f64,
    /// Requests for methods of no exhook package.
    pub unknown_methods: f64,
    /// Requests that were not gRPC.
    pub bad_requests: f64,
}

/// The counters of one hook in one package.
#[napi(object)]
pub struct HookMetrics {
    /// The dotted name.
    pub hook: String,
    /// `v1`, `v2` or `v3`.
    pub package: String,
    /// Calls that arrived.
    pub calls: f64,
    /// Answers by verdict.
    pub verdicts: BTreeMap<String, f64>,
    /// Answers by policy, by what failed.
    pub failures: BTreeMap<String, f64>,
    /// Answers that came too late.
    pub late: f64,
    /// Notifications that no handler saw.
    pub dropped: f64,
    /// From the arrival of the request to its answer.
    pub latency_us: Latency,
    /// From the arrival of the request to its handler.
    pub waited_us: Latency,
}

/// A distribution of durations in microseconds.
#[napi(object)]
pub struct Latency {
    /// How many durations there are.
    pub count: f64,
    /// Their mean.
    pub mean: f64,
    /// What half of them do not exceed.
    pub p50: f64,
    /// What nine of ten do not exceed.
    pub p90: f64,
    /// What 99 of 100 do not exceed.
    pub p99: f64,
}

impl From<MetricsSnapshot> for Metrics {
    fn from(snapshot: MetricsSnapshot) -> Self {
        Self {
            hooks: snapshot.hooks.iter().map(HookMetrics::from).collect(),
            inflight: float(snapshot.inflight),
            inbox_depth: float(snapshot.inbox_depth),
            connections: float(snapshot.connections),
            connections_accepted: float(snapshot.connections_accepted),
            unknown_methods: float(snapshot.unknown_methods),
            bad_requests: float(snapshot.bad_requests),
        }
    }
}

impl From<&HookSnapshot> for HookMetrics {
    fn from(snapshot: &HookSnapshot) -> Self {
        Self {
            hook: snapshot.hook.name().to_owned(),
            package: snapshot.package.short_name().to_owned(),
            calls: float(snapshot.calls),
            verdicts: counters(&snapshot.verdicts),
            failures: counters(&snapshot.failures),
            late: float(snapshot.late),
            dropped: float(snapshot.dropped),
            latency_us: (&snapshot.latency).into(),
            waited_us: (&snapshot.waited).into(),
        }
    }
}

impl From<&LatencySnapshot> for Latency {
    fn from(latency: &LatencySnapshot) -> Self {
        let quantile = |quantile| latency.quantile(quantile).as_secs_f64() * 1e6;
        let count = float(latency.count);
        Self {
            count,
            mean: latency.sum.as_secs_f64() * 1e6 / count.max(1.0),
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
        }
    }
}

fn counters(counters: &[(&'static str, u64)]) -> BTreeMap<String, f64> {
    let counters = counters.iter();
    counters
        .map(|(name, count)| ((*name).to_owned(), float(*count)))
        .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "JavaScript has no other numbers, and no counter gets that far"
)]
fn float(number: u64) -> f64 {
    number as f64
}
