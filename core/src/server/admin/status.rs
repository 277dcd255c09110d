//! [`Status`]: everything that the live page shows of one moment.

use std::{
    collections::BTreeMap,
    process,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use super::{
    super::brokers::KnownBroker,
    subject::Subject,
    window::{self, Window},
};
use crate::{
    hook::Hook,
    metrics::{HookSnapshot, MetricsSnapshot, VERSION},
};

/// Everything that the live page shows of one moment. Moments are milliseconds since 1970.
#[derive(Serialize)]
pub(super) struct Status<'server> {
    version: &'static str,
    process: u32,
    phase: &'static str,
    address: &'server str,
    now: u64,
    started: u64,
    uptime_seconds: u64,
    window_seconds: usize,
    shows_payloads: bool,
    inflight: u64,
    max_inflight: usize,
    inbox_depth: u64,
    inbox_capacity: usize,
    connections: u64,
    connections_accepted: u64,
    connections_refused: u64,
    unknown_methods: u64,
    bad_requests: u64,
    announced: Vec<Announced<'server>>,
    brokers: Vec<BrokerStatus>,
    hooks: Vec<HookStatus>,
}

/// A hook that is announced to brokers.
#[derive(Serialize)]
struct Announced<'server> {
    hook: &'static str,
    topics: &'server [String],
}

#[derive(Serialize)]
struct BrokerStatus {
    node: String,
    version: String,
    package: &'static str,
    address: Option<String>,
    loaded: Option<u64>,
    connections: usize,
}

/// A hook in a package; what has no calls in the window has no shares and quantiles.
#[derive(Serialize)]
struct HookStatus {
    hook: &'static str,
    package: &'static str,
    calls: u64,
    late: u64,
    dropped: u64,
    /// Those that have happened, by cause.
    failures: BTreeMap<&'static str, u64>,
    rate: Option<f64>,
    rate_now: Option<f64>,
    /// Since the start, by verdict.
    answers: BTreeMap<&'static str, u64>,
    /// In the window, by verdict.
    verdicts: BTreeMap<&'static str, u64>,
    latency: Option<Quantiles>,
}

/// In microseconds.
#[derive(Serialize)]
struct Quantiles {
    p50: u64,
    p99: u64,
    p999: u64,
}

impl<'server> Status<'server> {
    /// What `snapshot`, the newest of `window`, and the server itself tell.
    pub(super) fn new(
        subject: &'server Subject,
        snapshot: &MetricsSnapshot,
        window: &Window,
    ) -> Self {
        let announced = |(hook, topics): &'server (Hook, Vec<String>)| Announced {
            hook: hook.name(),
            topics,
        };
        let brokers = subject.context.brokers.known();
        Self {
            version: VERSION,
            process: process::id(),
            phase: subject.phase().name(),
            address: &subject.address,
            now: milliseconds(SystemTime::now()),
            started: milliseconds(subject.started),
            uptime_seconds: subject.begun.elapsed().as_secs(),
            window_seconds: window::SECONDS,
            shows_payloads: subject.recent.shows_payloads(),
            inflight: snapshot.inflight,
            max_inflight: subject.max_inflight,
            inbox_depth: snapshot.inbox_depth,
            inbox_capacity: subject.inbox_capacity,
            connections: snapshot.connections,
            connections_accepted: snapshot.connections_accepted,
            connections_refused: snapshot
                .connections_refused
                .iter()
                .map(|(_, count)| count)
                .sum(),
            unknown_methods: snapshot.unknown_methods,
            bad_requests: snapshot.bad_requests,
            announced: subject.hooks.iter().map(announced).collect(),
            brokers: brokers.into_iter().map(BrokerStatus::from).collect(),
            hooks: snapshot
                .hooks
                .iter()
                .map(|hook| HookStatus::new(hook, window))
                .collect(),
        }
    }
}

impl From<KnownBroker> for BrokerStatus {
    fn from(broker: KnownBroker) -> Self {
        Self {
            node: broker.node,
            version: broker.version,
            package: broker.package.short_name(),
            address: broker.address.map(|address| address.to_string()),
            loaded: broker.loaded.map(milliseconds),
            connections: broker.connections,
        }
    }
}

impl HookStatus {
    fn new(hook: &HookSnapshot, window: &Window) -> Self {
        let recent = window.recent(hook);
        let happened =
            |(name, count): &(&'static str, u64)| (*count > 0).then_some((*name, *count));
        let names = hook.verdicts.iter().map(|(name, _)| *name);
        let counts = recent.iter().flat_map(|recent| recent.verdicts.clone());
        let verdicts: Vec<_> = names.zip(counts).collect();
        Self {
            hook: hook.hook.name(),
            package: hook.package.short_name(),
            calls: hook.calls,
            late: hook.late,
            dropped: hook.dropped,
            failures: hook.failures.iter().filter_map(happened).collect(),
            rate: recent.as_ref().map(|recent| recent.rate),
            rate_now: recent.as_ref().map(|recent| recent.rate_now),
            answers: hook.verdicts.iter().filter_map(happened).collect(),
            verdicts: verdicts.iter().filter_map(happened).collect(),
            latency: recent.and_then(|recent| {
                let latency = recent.latency;
                let quantile = |of| microseconds(latency.quantile(of));
                (latency.count > 0).then(|| Quantiles {
                    p50: quantile(0.5),
                    p99: quantile(0.99),
                    p999: quantile(0.999),
                })
            }),
        }
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

pub(super) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
