//! Frames as JSON, one object a line.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::{column::SortColumn, frame::Frame};

/// The line of a frame.
pub(super) fn line(url: &str, frame: &Frame, sort: SortColumn, now: SystemTime) -> String {
    let mut rows = frame.rows.clone();
    sort.sort(&mut rows, false);
    let hooks = rows.iter().map(|row| {
        json!({
            "hook": row.hook,
            "package": row.package,
            "calls": row.total,
            "calls_per_second": rounded(row.calls),
            "failed_per_second": rounded(row.failed()),
            "latency_p50_us": microseconds(row.p50),
            "latency_p99_us": microseconds(row.p99),
            "waited_p99_us": microseconds(row.waited),
            "verdicts_per_second": rates(&row.verdicts),
            "failures_per_second": rates(&row.failures),
        })
    });
    let line = json!({
        "time": seconds(now),
        "url": url,
        "version": frame.version,
        "up_seconds": rounded(frame.up.as_secs_f64()),
        "interval_seconds": rounded(frame.elapsed.as_secs_f64()),
        "restarted": frame.restarted,
        "inflight": frame.inflight,
        "inbox_depth": frame.inbox_depth,
        "connections": frame.connections,
        "unknown_methods": frame.unknown_methods,
        "bad_requests": frame.bad_requests,
        "hooks": hooks.collect::<Vec<_>>(),
    });
    format!("{line}\n")
}

/// The line of an interval in which the program was lost.
pub(super) fn lost(url: &str, problem: &str, now: SystemTime) -> String {
    format!(
        "{}\n",
        json!({"time": seconds(now), "url": url, "lost": problem})
    )
}

fn seconds(now: SystemTime) -> f64 {
    rounded(
        now.duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO)
            .as_secs_f64(),
    )
}

fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}

/// `null` where there were no calls, or the histogram does not reach so far.
fn microseconds(seconds: Option<f64>) -> Value {
    seconds
        .filter(|seconds| seconds.is_finite())
        .map_or(Value::Null, |seconds| json!((seconds * 1e6).round()))
}

fn rates(rates: &std::collections::BTreeMap<String, f64>) -> Map<String, Value> {
    let rates = rates.iter();
    rates
        .map(|(name, rate)| (name.clone(), json!(rounded(*rate))))
        .collect()
}
