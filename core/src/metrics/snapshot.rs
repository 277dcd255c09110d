//! What [`Server::metrics`](crate::Server::metrics) hands out.

use std::time::Duration;

use crate::{hook::Hook, package::Package};

/// The counters of a server at one moment. Counters only grow while the server lives.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsSnapshot {
    /// One entry for each hook and package that was called at least once.
    pub hooks: Vec<HookSnapshot>,
    /// Calls that brokers wait for now.
    pub inflight: u64,
    /// Notifications that are answered, but not yet handled.
    pub inbox_depth: u64,
    /// Connections open now.
    pub connections: u64,
    /// Connections accepted since the start.
    pub connections_accepted: u64,
    /// Connections closed to protect the server, by reason: `per_peer handshakes handshake_timeout
    /// flood unread`.
    pub connections_refused: Vec<(&'static str, u64)>,
    /// Requests for methods of no exhook package.
    pub unknown_methods: u64,
    /// Requests that were not gRPC.
    pub bad_requests: u64,
    /// Decisions that `decision_log` has no line for: its queue was full, or its file.
    pub decisions_lost: u64,
    /// Spans that the collector of `otlp_endpoint` did not take: the queue was full, or it did not
    /// answer.
    pub spans_lost: u64,
    /// Connections that came to nothing before HTTP/2 began, by reason; docs/metrics.md names them.
    pub tls_handshake_failures: Vec<(&'static str, u64)>,
    /// Until when the certificate in use is valid, in seconds since 1970; `None` where TLS is off.
    pub tls_certificate_expiry: Option<u64>,
}

/// The counters of one hook in one package.
#[derive(Clone, Debug, PartialEq)]
pub struct HookSnapshot {
    /// The hook.
    pub hook: Hook,
    /// The package in which it was called.
    pub package: Package,
    /// Calls that arrived.
    pub calls: u64,
    /// Answers by verdict: `allow deny keep_going ignore replace block done`.
    pub verdicts: Vec<(&'static str, u64)>,
    /// Answers that the policy gave instead of user code, by the name of the
    /// [`Failure`](crate::Failure). For notifications answered early: failures of their handler.
    pub failures: Vec<(&'static str, u64)>,
    /// Replies that came after the broker had been answered.
    pub late: u64,
    /// Notifications that no handler saw.
    pub dropped: u64,
    /// What shadow handlers said, where they said anything.
    pub shadow_verdicts: Vec<ShadowCount>,
    /// From the arrival of the request to its answer.
    pub latency: LatencySnapshot,
    /// From the arrival of the request to the beginning of user code.
    pub waited: LatencySnapshot,
}

/// How often shadow handlers said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShadowCount {
    /// The verdict, or the name of the [`Failure`](crate::Failure) where there was none.
    pub verdict: &'static str,
    /// Whether it is what the broker was told.
    pub agrees: bool,
    /// How often.
    pub count: u64,
}

/// A distribution of durations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LatencySnapshot {
    /// How many durations were recorded.
    pub count: u64,
    /// Their sum.
    pub sum: Duration,
    /// The upper end of each bucket that holds any, with the number in it.
    pub buckets: Vec<(Duration, u64)>,
}

impl LatencySnapshot {
    /// The duration that `quantile` (0 to 1) of the records do not exceed, at most a quarter too
    /// large; zero when there are none.
    pub fn quantile(&self, quantile: f64) -> Duration {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the rank is between 1 and the count"
        )]
        let rank = ((self.count as f64 * quantile).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        for (upper, count) in &self.buckets {
            seen += count;
            if seen >= rank {
                return *upper;
            }
        }
        Duration::ZERO
    }
}
