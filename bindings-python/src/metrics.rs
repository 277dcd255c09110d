//! Metrics as dictionaries.

use exhook::{HookSnapshot, LatencySnapshot, MetricsSnapshot};
use pyo3::{prelude::*, types::PyDict};

/// The snapshot as Python has it.
pub(crate) fn to_dict<'py>(
    py: Python<'py>,
    snapshot: &MetricsSnapshot,
) -> PyResult<Bound<'py, PyDict>> {
    let hooks = snapshot
        .hooks
        .iter()
        .map(|hook| hook_to_dict(py, hook))
        .collect::<PyResult<Vec<_>>>()?;
    let dict = PyDict::new(py);
    dict.set_item("hooks", hooks)?;
    dict.set_item("inflight", snapshot.inflight)?;
    dict.set_item("inbox_depth", snapshot.inbox_depth)?;
    dict.set_item("connections", snapshot.connections)?;
    dict.set_item("connections_accepted", snapshot.connections_accepted)?;
    dict.set_item("unknown_methods", snapshot.unknown_methods)?;
    dict.set_item("bad_requests", snapshot.bad_requests)?;
    Ok(dict)
}

fn hook_to_dict<'py>(py: Python<'py>, hook: &HookSnapshot) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("hook", hook.hook.name())?;
    dict.set_item("package", hook.package.short_name())?;
    dict.set_item("calls", hook.calls)?;
    dict.set_item("verdicts", counters(py, &hook.verdicts)?)?;
    dict.set_item("failures", counters(py, &hook.failures)?)?;
    dict.set_item("late", hook.late)?;
    dict.set_item("dropped", hook.dropped)?;
    dict.set_item("latency_us", latency(py, &hook.latency)?)?;
    dict.set_item("waited_us", latency(py, &hook.waited)?)?;
    Ok(dict)
}

fn counters<'py>(py: Python<'py>, counters: &[(&str, u64)]) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, count) in counters {
        dict.set_item(name, count)?;
    }
    Ok(dict)
}

fn latency<'py>(py: Python<'py>, latency: &LatencySnapshot) -> PyResult<Bound<'py, PyDict>> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a mean needs no more than 52 bits"
    )]
    let mean = latency.sum.as_secs_f64() * 1e6 / latency.count.max(1) as f64;
    let dict = PyDict::new(py);
    dict.set_item("count", latency.count)?;
    dict.set_item("mean", mean)?;
    for (name, quantile) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
        dict.set_item(name, latency.quantile(quantile).as_secs_f64() * 1e6)?;
    }
    Ok(dict)
}
