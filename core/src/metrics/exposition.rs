//! A snapshot in Prometheus' text format 0.0.4, or as `OpenMetrics` 1.0; docs/metrics.md explains each
//! metric.

use std::{
    fmt::{Display, Write as _},
    time::{SystemTime, UNIX_EPOCH},
};

use super::{HookSnapshot, LatencySnapshot, MetricsSnapshot, histogram::is_open_ended};
use crate::hook::AnswerKind;

/// The version of exhook.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A snapshot of a server that was started at `started`, in Prometheus' own format.
pub(crate) fn exposition(snapshot: &MetricsSnapshot, started: SystemTime) -> String {
    written(snapshot, started, Format::Prometheus)
}

/// The same as `OpenMetrics`.
pub(crate) fn open_metrics(snapshot: &MetricsSnapshot, started: SystemTime) -> String {
    written(snapshot, started, Format::OpenMetrics) + "# EOF\n"
}

/// The two formats differ in the names of counters and in how whole numbers stand in `le`.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Prometheus,
    OpenMetrics,
}

fn written(snapshot: &MetricsSnapshot, started: SystemTime, format: Format) -> String {
    let mut text = Text::new(format);
    let hooks = &snapshot.hooks;
    text.build_info(started);
    text.counter(
        "exhook_calls_total",
        "Calls that arrived.",
        hooks.iter().map(|hook| (labels(hook), hook.calls)),
    );
    text.counter(
        "exhook_answers_total",
        "Answers to brokers, by verdict.",
        hooks.iter().flat_map(|hook| {
            let verdicts = hook.verdicts.iter();
            verdicts
                .filter(|(verdict, count)| *count > 0 || suits(hook, verdict))
                .map(|(verdict, count)| (labelled(hook, "verdict", verdict), *count))
        }),
    );
    text.counter(
        "exhook_failures_total",
        "Calls to which user code gave no usable answer, by cause.",
        hooks.iter().flat_map(|hook| {
            let failures = hook.failures.iter();
            failures.map(|(cause, count)| (labelled(hook, "cause", cause), *count))
        }),
    );
    text.counter(
        "exhook_late_replies_total",
        "Replies that came after the broker had been answered.",
        hooks.iter().map(|hook| (labels(hook), hook.late)),
    );
    text.counter(
        "exhook_dropped_notifications_total",
        "Notifications that no handler saw.",
        hooks.iter().map(|hook| (labels(hook), hook.dropped)),
    );
    text.shadow_verdicts(hooks);
    text.histogram(
        "exhook_latency_seconds",
        "From the arrival of the request to its answer.",
        hooks.iter().map(|hook| (labels(hook), &hook.latency)),
    );
    text.histogram(
        "exhook_waited_seconds",
        "From the arrival of the request to the beginning of user code.",
        hooks.iter().map(|hook| (labels(hook), &hook.waited)),
    );
    for (name, meaning, value) in [
        (
            "exhook_inflight",
            "Calls that brokers wait for now.",
            snapshot.inflight,
        ),
        (
            "exhook_inbox_depth",
            "Notifications that are answered, but not yet handled.",
            snapshot.inbox_depth,
        ),
        (
            "exhook_connections",
            "Connections open now.",
            snapshot.connections,
        ),
    ] {
        text.metric(name, "gauge", meaning, [(String::new(), value)]);
    }
    for (name, meaning, value) in [
        (
            "exhook_connections_accepted_total",
            "Connections accepted.",
            snapshot.connections_accepted,
        ),
        (
            "exhook_unknown_methods_total",
            "Requests for methods of no exhook package.",
            snapshot.unknown_methods,
        ),
        (
            "exhook_bad_requests_total",
            "Requests that were not gRPC.",
            snapshot.bad_requests,
        ),
    ] {
        text.counter(name, meaning, [(String::new(), value)]);
    }
    text.losses(snapshot);
    text.counter(
        "exhook_connections_refused_total",
        "Connections closed to protect the server, by reason.",
        snapshot
            .connections_refused
            .iter()
            .map(|(reason, count)| (format!("reason=\"{reason}\""), *count)),
    );
    text.tls(snapshot);
    text.written
}

/// Names of hooks, packages, verdicts and failures are plain words, which need no escapes.
fn labels(hook: &HookSnapshot) -> String {
    format!(
        "hook=\"{}\",package=\"{}\"",
        hook.hook.name(),
        hook.package.short_name()
    )
}

fn labelled(hook: &HookSnapshot, name: &str, value: &str) -> String {
    format!("{},{name}=\"{value}\"", labels(hook))
}

/// Whether a verdict stands there from the first call on, so that a rate sees it come.
fn suits(hook: &HookSnapshot, verdict: &str) -> bool {
    match hook.hook.answer_kind() {
        AnswerKind::Bool => matches!(verdict, "allow" | "deny" | "ignore"),
        AnswerKind::Message => matches!(verdict, "replace" | "block" | "ignore"),
        AnswerKind::Notification | AnswerKind::Provider => verdict == "done",
    }
}

struct Text {
    format: Format,
    written: String,
}

impl Text {
    const fn new(format: Format) -> Self {
        let written = String::new();
        Self { format, written }
    }

    fn build_info(&mut self, started: SystemTime) {
        self.metric(
            "exhook_build_info",
            "gauge",
            "Always 1; the label is the version of exhook.",
            [(format!("version=\"{VERSION}\""), 1)],
        );
        let started = started.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.metric(
            "exhook_start_time_seconds",
            "gauge",
            "When the server was started, in seconds since 1970.",
            [(String::new(), started.as_secs_f64())],
        );
    }

    fn shadow_verdicts(&mut self, hooks: &[HookSnapshot]) {
        self.counter(
            "exhook_shadow_verdicts_total",
            "What shadow handlers said, by verdict or cause of failure.",
            hooks.iter().flat_map(|hook| {
                hook.shadow_verdicts.iter().map(|shadowed| {
                    let verdict = labelled(hook, "verdict", shadowed.verdict);
                    let agrees = shadowed.agrees;
                    (format!("{verdict},agrees=\"{agrees}\""), shadowed.count)
                })
            }),
        );
    }

    /// What could not be told to those who keep records.
    fn losses(&mut self, snapshot: &MetricsSnapshot) {
        for (name, meaning, value) in [
            (
                "exhook_decisions_lost_total",
                "Decisions that the decision log has no line for.",
                snapshot.decisions_lost,
            ),
            (
                "exhook_spans_lost_total",
                "Spans that the collector of traces did not take.",
                snapshot.spans_lost,
            ),
        ] {
            self.counter(name, meaning, [(String::new(), value)]);
        }
    }

    fn tls(&mut self, snapshot: &MetricsSnapshot) {
        let failures = snapshot.tls_handshake_failures.iter();
        self.counter(
            "exhook_tls_handshake_failures_total",
            "Connections that came to nothing before HTTP/2 began, by reason.",
            failures.map(|(reason, count)| (format!("reason=\"{reason}\""), *count)),
        );
        if let Some(expiry) = snapshot.tls_certificate_expiry {
            self.metric(
                "exhook_tls_certificate_expiry_seconds",
                "gauge",
                "Until when the certificate in use is valid, in seconds since 1970.",
                [(String::new(), expiry)],
            );
        }
    }

    fn counter(
        &mut self,
        name: &str,
        meaning: &str,
        samples: impl IntoIterator<Item = (String, u64)>,
    ) {
        self.metric(name, "counter", meaning, samples);
    }

    fn metric<V: Display>(
        &mut self,
        name: &str,
        kind: &str,
        meaning: &str,
        samples: impl IntoIterator<Item = (String, V)>,
    ) {
        self.head(name, kind, meaning);
        for (labels, value) in samples {
            self.sample(name, &labels, &value);
        }
    }

    fn histogram<'snapshot>(
        &mut self,
        name: &str,
        meaning: &str,
        histograms: impl Iterator<Item = (String, &'snapshot LatencySnapshot)>,
    ) {
        self.head(name, "histogram", meaning);
        let bucket = format!("{name}_bucket");
        for (labels, histogram) in histograms {
            let mut reached = 0;
            for (upper, count) in &histogram.buckets {
                reached += count;
                if !is_open_ended(*upper) {
                    let le = self.limit(upper.as_secs_f64());
                    self.sample(&bucket, &format!("{labels},le=\"{le}\""), &reached);
                }
            }
            self.sample(&bucket, &format!("{labels},le=\"+Inf\""), &histogram.count);
            let sum = histogram.sum.as_secs_f64();
            self.sample(&format!("{name}_sum"), &labels, &sum);
            self.sample(&format!("{name}_count"), &labels, &histogram.count);
        }
    }

    fn limit(&self, seconds: f64) -> String {
        match self.format {
            Format::Prometheus => format!("{seconds}"),
            Format::OpenMetrics => format!("{seconds:?}"),
        }
    }

    // Writing into a String cannot fail.
    fn head(&mut self, name: &str, kind: &str, meaning: &str) {
        let family = match self.format {
            Format::Prometheus => name,
            Format::OpenMetrics => name.strip_suffix("_total").unwrap_or(name),
        };
        let text = &mut self.written;
        let _ = writeln!(text, "# HELP {family} {meaning}\n# TYPE {family} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: &dyn Display) {
        let _ = if labels.is_empty() {
            writeln!(self.written, "{name} {value}")
        } else {
            writeln!(self.written, "{name}{{{labels}}} {value}")
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        call::{Answer, Failure},
        hook::Hook,
        metrics::Metrics,
        package::Package,
    };

    #[test]
    fn buckets_are_cumulative_and_end_with_all() {
        let metrics = Metrics::new();
        let hook = metrics.hook(Package::V3, Hook::ClientAuthenticate);
        for milliseconds in [1, 1, 2, 60_000] {
            hook.called();
            let answer = Answer::Bool {
                stop: true,
                value: true,
            };
            hook.answered(&answer, Duration::from_millis(milliseconds));
        }
        hook.fell_back(Failure::Deadline);
        let started = UNIX_EPOCH + Duration::from_millis(1_500);
        let text = exposition(&metrics.snapshot(5, 7), started);

        let of_hook = |name: &str, more: &str, value: &str| {
            format!("\n{name}{{hook=\"client.authenticate\",package=\"v3\"{more}}} {value}\n")
        };
        for expected in [
            of_hook("exhook_calls_total", "", "4"),
            of_hook("exhook_answers_total", ",verdict=\"allow\"", "4"),
            of_hook("exhook_answers_total", ",verdict=\"deny\"", "0"),
            of_hook("exhook_failures_total", ",cause=\"deadline\"", "1"),
            of_hook("exhook_failures_total", ",cause=\"exception\"", "0"),
            of_hook("exhook_latency_seconds_bucket", ",le=\"0.001024\"", "2"),
            of_hook("exhook_latency_seconds_bucket", ",le=\"0.002048\"", "3"),
            of_hook("exhook_latency_seconds_bucket", ",le=\"+Inf\"", "4"),
            of_hook("exhook_latency_seconds_sum", "", "60.004"),
            of_hook("exhook_latency_seconds_count", "", "4"),
            of_hook("exhook_waited_seconds_count", "", "0"),
            "\n# TYPE exhook_latency_seconds histogram\n".to_owned(),
            "\n# TYPE exhook_calls_total counter\n".to_owned(),
            "\nexhook_inflight 5\n".to_owned(),
            "\nexhook_inbox_depth 7\n".to_owned(),
            "\nexhook_start_time_seconds 1.5\n".to_owned(),
            format!("\nexhook_build_info{{version=\"{VERSION}\"}} 1\n"),
        ] {
            assert!(text.contains(&expected), "{expected} is not in {text}");
        }
        // What lasts longer than the last bucket reaches is in none but the one for all.
        assert!(!text.contains("le=\"33"), "{text}");
        assert!(!text.contains("replace"), "{text}");

        let text = open_metrics(&metrics.snapshot(5, 7), started);
        for expected in [
            "\n# TYPE exhook_calls counter\n".to_owned(),
            of_hook("exhook_calls_total", "", "4"),
            of_hook("exhook_latency_seconds_bucket", ",le=\"0.001024\"", "2"),
        ] {
            assert!(text.contains(&expected), "{expected} is not in {text}");
        }
        assert!(text.ends_with("\n# EOF\n"));
    }
}
