//! What the server counts, per hook and package.

mod exposition;
mod handshake;
mod histogram;
mod refusal;
mod snapshot;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub(crate) use exposition::{VERSION, exposition, open_metrics};
pub(crate) use handshake::HandshakeFailure;
use histogram::Histogram;
pub(crate) use refusal::Refusal;
pub use snapshot::{HookSnapshot, LatencySnapshot, MetricsSnapshot, ShadowCount};

use crate::{
    call::{Answer, Failure},
    hook::Hook,
    package::Package,
};

/// The ways a call can be answered, as metrics name them.
pub(crate) const VERDICTS: [&str; 7] = [
    "allow",
    "deny",
    "keep_going",
    "ignore",
    "replace",
    "block",
    "done",
];

/// What a shadow handler can say: a verdict, or that it failed.
const SHADOWED: usize = VERDICTS.len() + Failure::ALL.len();

/// The counters of one server.
pub(crate) struct Metrics {
    // By package, then by hook.
    hooks: Vec<Arc<HookMetrics>>,
    pub(crate) connections: AtomicU64,
    pub(crate) connections_accepted: AtomicU64,
    pub(crate) connections_refused: [AtomicU64; Refusal::ALL.len()],
    pub(crate) unknown_methods: AtomicU64,
    pub(crate) bad_requests: AtomicU64,
    pub(crate) decisions_lost: AtomicU64,
    pub(crate) spans_lost: AtomicU64,
    tls_handshake_failures: [AtomicU64; HandshakeFailure::ALL.len()],
    // Seconds since 1970; 0 where TLS is off.
    tls_certificate_expiry: AtomicU64,
}

/// The counters of one hook in one package.
#[derive(Default)]
pub(crate) struct HookMetrics {
    calls: AtomicU64,
    verdicts: [AtomicU64; VERDICTS.len()],
    failures: [AtomicU64; Failure::ALL.len()],
    late: AtomicU64,
    dropped: AtomicU64,
    /// By whether they agree with the answer, then by verdict and failure.
    shadowed: [[AtomicU64; SHADOWED]; 2],
    latency: Histogram,
    waited: Histogram,
}

impl Metrics {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            hooks: (0..Package::ALL.len() * Hook::COUNT)
                .map(|_| Arc::new(HookMetrics::default()))
                .collect(),
            connections: AtomicU64::new(0),
            connections_accepted: AtomicU64::new(0),
            connections_refused: Default::default(),
            unknown_methods: AtomicU64::new(0),
            bad_requests: AtomicU64::new(0),
            decisions_lost: AtomicU64::new(0),
            spans_lost: AtomicU64::new(0),
            tls_handshake_failures: Default::default(),
            tls_certificate_expiry: AtomicU64::new(0),
        })
    }

    pub(crate) fn hook(&self, package: Package, hook: Hook) -> &Arc<HookMetrics> {
        &self.hooks[package as usize * Hook::COUNT + hook as usize]
    }

    /// A connection came to nothing.
    pub(crate) fn handshake_failed(&self, failure: HandshakeFailure) {
        self.tls_handshake_failures[failure as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// A certificate is in use until `seconds` since 1970.
    pub(crate) fn certificate_expires(&self, seconds: u64) {
        self.tls_certificate_expiry
            .store(seconds, Ordering::Relaxed);
    }

    /// Everything counted until now; `running` and `queued` are what they are at the moment.
    pub(crate) fn snapshot(&self, running: usize, queued: usize) -> MetricsSnapshot {
        let mut hooks = Vec::new();
        for package in Package::ALL {
            for hook in Hook::ALL {
                let metrics = self.hook(package, *hook);
                if metrics.calls.load(Ordering::Relaxed) > 0 {
                    hooks.push(metrics.snapshot(package, *hook));
                }
            }
        }
        MetricsSnapshot {
            hooks,
            inflight: running as u64,
            inbox_depth: queued as u64,
            connections: self.connections.load(Ordering::Relaxed),
            connections_accepted: self.connections_accepted.load(Ordering::Relaxed),
            connections_refused: named(Refusal::ALL.map(Refusal::name), &self.connections_refused),
            unknown_methods: self.unknown_methods.load(Ordering::Relaxed),
            bad_requests: self.bad_requests.load(Ordering::Relaxed),
            decisions_lost: self.decisions_lost.load(Ordering::Relaxed),
            spans_lost: self.spans_lost.load(Ordering::Relaxed),
            tls_handshake_failures: named(
                HandshakeFailure::ALL.map(HandshakeFailure::name),
                &self.tls_handshake_failures,
            ),
            tls_certificate_expiry: match self.tls_certificate_expiry.load(Ordering::Relaxed) {
                0 => None,
                seconds => Some(seconds),
            },
        }
    }
}

impl HookMetrics {
    pub(crate) fn called(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self, answer: &Answer, took: Duration) {
        self.verdicts[answer.verdict()].fetch_add(1, Ordering::Relaxed);
        self.latency.record(took);
    }

    pub(crate) fn fell_back(&self, failure: Failure) {
        self.failures[failure as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn late(&self) {
        self.late.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what a shadow handler said.
    pub(crate) fn shadowed(&self, verdict: Result<&Answer, Failure>, agrees: bool) {
        let place = match verdict {
            Ok(answer) => answer.verdict(),
            Err(failure) => VERDICTS.len() + failure as usize,
        };
        self.shadowed[usize::from(agrees)][place].fetch_add(1, Ordering::Relaxed);
    }

    fn shadow_verdicts(&self) -> Vec<ShadowCount> {
        let names = || VERDICTS.into_iter().chain(Failure::ALL.map(Failure::name));
        let counts = [false, true].into_iter().flat_map(|agrees| {
            let counters = &self.shadowed[usize::from(agrees)];
            names()
                .zip(counters)
                .map(move |(verdict, count)| ShadowCount {
                    verdict,
                    agrees,
                    count: count.load(Ordering::Relaxed),
                })
        });
        counts.filter(|shadowed| shadowed.count > 0).collect()
    }

    pub(crate) fn waited(&self, waited: Duration) {
        self.waited.record(waited);
    }

    fn snapshot(&self, package: Package, hook: Hook) -> HookSnapshot {
        HookSnapshot {
            hook,
            package,
            calls: self.calls.load(Ordering::Relaxed),
            verdicts: named(VERDICTS, &self.verdicts),
            failures: named(Failure::ALL.map(Failure::name), &self.failures),
            late: self.late.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            shadow_verdicts: self.shadow_verdicts(),
            latency: self.latency.snapshot(),
            waited: self.waited.snapshot(),
        }
    }
}

fn named<const N: usize>(
    names: [&'static str; N],
    counters: &[AtomicU64; N],
) -> Vec<(&'static str, u64)> {
    names
        .into_iter()
        .zip(counters)
        .map(|(name, counter)| (name, counter.load(Ordering::Relaxed)))
        .collect()
}
