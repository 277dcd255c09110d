"""The report: medians over the rounds, as tables and as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from harness.measure import Plan, Sample

BASELINE = "tonic"
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
        ratio = ratio_to_baseline(samples, server)
        throughput.append(
            (
                server,
                f"{statistics.median(cpu):.2f}",
                f"{min(cpu):.2f}-{max(cpu):.2f}",
                "-" if ratio is None else f"{ratio:.2f}",
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


def disturbance(samples: Iterable[Sample]) -> str:
    """A warning if other processes were busy on the measured CPUs, else nothing."""
    worst = max(sample.bystanders for sample in samples)
    if worst <= DISTURBED:
        return ""
    return (
        f"other processes took up to {worst:.0%} of a CPU from the measurement: "
        "repeat it on an idle machine before quoting it"
    )


def ratio_to_baseline(samples: Iterable[Sample], server: str) -> float | None:
    """The median of the ratios of CPU time per call, each within one round."""
    cpu = {(sample.server, sample.round): sample.cpu_us_per_call for sample in samples}
    ratios = [
        mine / cpu[BASELINE, turn]
        for (name, turn), mine in cpu.items()
        if name == server and (BASELINE, turn) in cpu
    ]
    return statistics.median(ratios) if ratios else None


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
            "ratio_to_tonic": ratio_to_baseline(samples, server),
            "calls_per_second": _median(own, lambda sample: sample.calls_per_second),
        }
        for server, own in _by_server(samples).items()
    }
    content = {
        "work": plan.work.name,
        "request_bytes": len(plan.work.request),
        "machine": machine,
        "summary": summary,
        "samples": [asdict(sample) for sample in samples],
    }
    path.write_text(json.dumps(content, indent=2) + "\n")


def _by_server(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    own: dict[str, list[Sample]] = {}
    for sample in samples:
        own.setdefault(sample.server, []).append(sample)
    return own


def _median(samples: Iterable[Sample], value: Callable[[Sample], float]) -> float:
    return statistics.median(value(sample) for sample in samples)
