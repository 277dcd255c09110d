//! [`exhook_metrics`]: the counters of a server at one moment.

use exhook_core::{Hook, HookSnapshot, LatencySnapshot, MetricsSnapshot};

use crate::{call::package_number, guard::guard, hooks::exhook_hook, view::exhook_str};

/// What a server had counted when it was asked. Counters only grow while the server runs, and begin
/// at 0 when it is started again.
pub struct exhook_metrics(pub(crate) MetricsSnapshot);

/// Reads the counters, if there are any.
///
/// # Safety
///
/// `metrics` is NULL, or metrics of the caller's.
unsafe fn all<V: Default>(
    metrics: *const exhook_metrics,
    read: impl FnOnce(&MetricsSnapshot) -> V,
) -> V {
    // SAFETY: the caller keeps this function's promise.
    unsafe { metrics.as_ref() }.map_or_else(V::default, |metrics| read(&metrics.0))
}

/// Reads the counters of one hook and package, if there are any.
///
/// # Safety
///
/// `metrics` is NULL, or metrics of the caller's.
unsafe fn one<V: Default>(
    metrics: *const exhook_metrics,
    index: usize,
    read: impl FnOnce(&HookSnapshot) -> V,
) -> V {
    // SAFETY: the caller keeps this function's promise.
    unsafe {
        all(metrics, |all| {
            all.hooks.get(index).map_or_else(V::default, read)
        })
    }
}

/// Frees metrics. NULL is fine.
///
/// Ownership: the metrics are the library's again.
/// Threads: any; no other thread uses the metrics any more.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_free(metrics: *mut exhook_metrics) {
    guard(|| {
        if !metrics.is_null() {
            // SAFETY: metrics of `exhook_server_metrics`, which the caller frees once.
            drop(unsafe { Box::from_raw(metrics) });
        }
    });
}

/// Calls that brokers wait for.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_inflight(metrics: *const exhook_metrics) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { all(metrics, |all| all.inflight) })
}

/// Events that are answered, but not yet handled.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_inbox_depth(metrics: *const exhook_metrics) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { all(metrics, |all| all.inbox_depth) })
}

/// Connections that are open.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_connections(metrics: *const exhook_metrics) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { all(metrics, |all| all.connections) })
}

/// Connections that were accepted since the start.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_connections_accepted(
    metrics: *const exhook_metrics,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { all(metrics, |all| all.connections_accepted) })
}

/// Requests for methods of no exhook package.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_unknown_methods(metrics: *const exhook_metrics) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { all(metrics, |all| all.unknown_methods) })
}

/// Requests that were not gRPC.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_bad_requests(metrics: *const exhook_metrics) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { all(metrics, |all| all.bad_requests) })
}

/// How many hooks were called, those of different packages counted by themselves. The functions
/// that end with `_at` take an index below this number; they return 0 for others.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_hooks_count(metrics: *const exhook_metrics) -> usize {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { all(metrics, |all| all.hooks.len()) })
}

/// The hook.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_hook_at(
    metrics: *const exhook_metrics,
    index: usize,
) -> exhook_hook {
    guard(|| {
        // SAFETY: NULL, or metrics of the caller's.
        let hook = unsafe { one(metrics, index, |hook| Some(hook.hook)) };
        hook.unwrap_or(Hook::ProviderLoaded).into()
    })
}

/// The package in which the hook was called: 1, 2 or 3.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_package_at(
    metrics: *const exhook_metrics,
    index: usize,
) -> u32 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { one(metrics, index, |hook| package_number(hook.package)) })
}

/// Calls that arrived.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_calls_at(
    metrics: *const exhook_metrics,
    index: usize,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { one(metrics, index, |hook| hook.calls) })
}

/// Answers of the program's that came too late.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_late_at(
    metrics: *const exhook_metrics,
    index: usize,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { one(metrics, index, |hook| hook.late) })
}

/// Events that no callback saw.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_dropped_at(
    metrics: *const exhook_metrics,
    index: usize,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { one(metrics, index, |hook| hook.dropped) })
}

/// Answers with this verdict: `allow`, `deny`, `keep_going`, `ignore`, `replace`, `block` or `done`;
/// 0 for others.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_verdicts_at(
    metrics: *const exhook_metrics,
    index: usize,
    verdict: exhook_str,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's; the verdict is kept during the call.
    guard(|| unsafe { one(metrics, index, |hook| counter(&hook.verdicts, verdict)) })
}

/// Answers by policy in the program's place, by what failed: `deadline`, `exception`, `overload`,
/// `bad_answer`, `unanswered`, `undecodable` or `too_large`; 0 for others.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_failures_at(
    metrics: *const exhook_metrics,
    index: usize,
    failure: exhook_str,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's; the failure is kept during the call.
    guard(|| unsafe { one(metrics, index, |hook| counter(&hook.failures, failure)) })
}

/// How many microseconds passed from the arrival of a request to its answer, for this share of the
/// calls: 0.5 gives the median, 0.99 what one of a hundred exceeds. At most a quarter too large.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_latency_us_at(
    metrics: *const exhook_metrics,
    index: usize,
    quantile: f64,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { one(metrics, index, |hook| microseconds(&hook.latency, quantile)) })
}

/// How many microseconds passed from the arrival of a request to its callback. Otherwise like
/// `exhook_metrics_latency_us_at`.
///
/// Ownership: the metrics stay the caller's.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_metrics_waited_us_at(
    metrics: *const exhook_metrics,
    index: usize,
    quantile: f64,
) -> u64 {
    // SAFETY: NULL, or metrics of the caller's.
    guard(|| unsafe { one(metrics, index, |hook| microseconds(&hook.waited, quantile)) })
}

fn counter(counters: &[(&'static str, u64)], name: exhook_str) -> u64 {
    // SAFETY: only called with a view that is kept during the call.
    let name = unsafe { name.read() }.unwrap_or_default();
    let found = counters.iter().find(|(counted, _)| *counted == name);
    found.map_or(0, |(_, count)| *count)
}

fn microseconds(latency: &LatencySnapshot, quantile: f64) -> u64 {
    u64::try_from(latency.quantile(quantile).as_micros()).unwrap_or(u64::MAX)
}
