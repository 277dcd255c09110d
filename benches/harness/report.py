"""The report: medians over the rounds, as tables and as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from harness.load import Paced
from harness.measure import PacedSample, Plan, Sample
from harness.servers import BASELINE, KINDS

AnySample = TypeVar("AnySample", Sample, PacedSample)
Measured = TypeVar("Measured")

MIB = 1024 * 1024
# Share of one CPU beyond which other processes have surely moved the figures.
DISTURBED = 0.15


def line(sample: Sample) -> str:
    """One sample, told while the rounds run."""
    return (
        f"round {sample.round}  {sample.server:<30} {sample.cpu_us_per_call:7.2f} CPU us/call"
        f"  {sample.calls_per_second:9,.0f} req/s"
    )


def tables(samples: Sequence[Sample]) -> str:
    """Both tables, the servers in the order in which they were first measured."""
    throughput = []
    latency = []
    for server, own in _by_server(samples).items():
        cpu = [sample.cpu_us_per_call for sample in own]
        throughput.append(
            (
                server,
                f"{statistics.median(cpu):.2f}",
                f"{min(cpu):.2f}-{max(cpu):.2f}",
                _drawn_ratio(cpu_ratio(samples, server, BASELINE)),
                _drawn_ratio(cpu_ratio(samples, server, KINDS[server].peer)),
                f"{_median(own, lambda sample: sample.calls_per_second):,.0f}",
                f"{_median(own, lambda sample: sample.resident_bytes) / MIB:.1f}",
                f"{max(sample.bystanders for sample in own):.0%}",
            )
        )
        latency.append(
            (
                server,
                f"{_median(own, lambda sample: sample.latency.min):.0f}",
                f"{_median(own, lambda sample: sample.latency.mean):.1f}",
                f"{_median(own, lambda sample: sample.latency.p50):.0f}",
                f"{_median(own, lambda sample: sample.latency.p99):.0f}",
            )
        )
    return "\n".join(
        (
            "8 connections with 16 calls in flight each",
            table(
                (
                    "server",
                    "CPU us/call",
                    "range",
                    f"x {BASELINE}",
                    "x peer",
                    "req/s",
                    "RSS MiB",
                    "others",
                ),
                throughput,
            ),
            "One call in flight, us",
            table(("server", "min", "mean", "p50", "p99"), latency),
        )
    )


def paced_line(sample: PacedSample) -> str:
    """One sample at a given rate, told while the rounds run."""
    times = sample.latency
    told = f"p50 {times.p50:.0f} us  p99 {times.p99:.0f} us" if times else "did not keep up"
    return f"round {sample.round}  {sample.server:<30} {told}"


def paced_table(samples: Sequence[PacedSample], calls_per_second: float) -> str:
    """The latency at a given rate; a server that did not keep up in a round has none."""
    rows = []
    for server, own in _by_server(samples).items():
        others = f"{max(sample.bystanders for sample in own):.0%}"
        times = [sample.latency for sample in own if sample.latency]
        if len(times) < len(own):
            rows.append((server, *["-"] * 7, others))
            continue
        rows.append(
            (
                server,
                f"{_median(own, lambda sample: sample.cpu_us_per_call):.2f}",
                f"{_median(times, lambda latency: latency.p50):.0f}",
                _drawn_ratio(_paced_ratio(samples, server, lambda latency: latency.p50)),
                f"{_median(times, lambda latency: latency.p99):.0f}",
                _drawn_ratio(_paced_ratio(samples, server, lambda latency: latency.p99)),
                f"{_median(times, lambda latency: latency.p999):.0f}",
                f"{_median(times, lambda latency: latency.sent_late_p99):.0f}",
                others,
            )
        )
    versus = f"x {BASELINE}"
    head = ("server", "CPU us/call", "p50", versus, "p99", versus, "p99.9", "load p99", "others")
    return (
        f"{calls_per_second:,.0f} calls/s at random moments, on 8 connections; "
        "us from when a call was due\n"
    ) + table(head, rows)


def disturbance(samples: Iterable[Sample | PacedSample]) -> str:
    """A warning if other processes were busy on the measured CPUs, else nothing."""
    worst = max(sample.bystanders for sample in samples)
    if worst <= DISTURBED:
        return ""
    return (
        f"other processes took up to {worst:.0%} of a CPU from the measurement: "
        "repeat it on an idle machine before quoting it"
    )


def cpu_ratio(samples: Iterable[Sample], server: str, peer: str) -> float | None:
    """The median of the ratios of CPU time per call, each within one round."""
    cpu = {(sample.server, sample.round): sample.cpu_us_per_call for sample in samples}
    return _ratio(cpu, server, peer)


def memory_table(grown: dict[str, dict[int, int]]) -> str:
    """Resident memory, a row for each server."""
    marks = sorted({mark for own in grown.values() for mark in own})
    head = ("server", *("warm" if mark == 0 else f"{mark:,}" for mark in marks))
    rows = [
        (server, *(f"{own[mark] / MIB:.1f}" for mark in marks)) for server, own in grown.items()
    ]
    return "RSS in MiB after so many calls\n" + table(head, rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, ready to be pasted and readable as it is."""
    lines = [head, *rows]
    widths = [max(len(cells[column]) for cells in lines) for column in range(len(head))]

    def drawn(cells: Sequence[str]) -> str:
        first = cells[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        return "| " + " | ".join((first, *rest)) + " |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(("", drawn(head), drawn(rule), *(drawn(row) for row in rows), ""))


def write_json(path: Path, machine: dict[str, str], plan: Plan, samples: Sequence[Sample]) -> None:
    """Every sample and what was made of them."""
    summary = {
        server: {
            "cpu_us_per_call": _median(own, lambda sample: sample.cpu_us_per_call),
            "ratio_to_tonic": cpu_ratio(samples, server, BASELINE),
            "ratio_to_peer": cpu_ratio(samples, server, KINDS[server].peer),
            "calls_per_second": _median(own, lambda sample: sample.calls_per_second),
        }
        for server, own in _by_server(samples).items()
    }
    _write(path, machine, plan, {"summary": summary}, samples)


def write_paced_json(
    path: Path, machine: dict[str, str], plan: Plan, peak: Sample, samples: Sequence[PacedSample]
) -> None:
    """Every sample at a given rate, and the baseline's peak that the rate is half of."""
    _write(path, machine, plan, {"peak": asdict(peak)}, samples)


def _write(
    path: Path,
    machine: dict[str, str],
    plan: Plan,
    summary: dict[str, object],
    samples: Sequence[Sample | PacedSample],
) -> None:
    content = {
        "work": plan.work.name,
        "request_bytes": len(plan.work.request),
        "machine": machine,
        **summary,
        "samples": [asdict(sample) for sample in samples],
    }
    path.write_text(json.dumps(content, indent=2) + "\n")


def _by_server(
    samples: Iterable[AnySample],
) -> dict[str, list[AnySample]]:
    own: dict[str, list[AnySample]] = {}
    for sample in samples:
        own.setdefault(sample.server, []).append(sample)
    return own


def _paced_ratio(
    samples: Iterable[PacedSample], server: str, value: Callable[[Paced], float]
) -> float | None:
    times = {
        (sample.server, sample.round): value(sample.latency) for sample in samples if sample.latency
    }
    return _ratio(times, server, BASELINE)


def _ratio(values: dict[tuple[str, int], float], server: str, peer: str) -> float | None:
    """The median of the ratios, each within one round."""
    ratios = [
        mine / values[peer, turn]
        for (name, turn), mine in values.items()
        if name == server and (peer, turn) in values
    ]
    return statistics.median(ratios) if ratios else None


def _drawn_ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _median(samples: Iterable[Measured], value: Callable[[Measured], float]) -> float:
    return statistics.median(value(sample) for sample in samples)
