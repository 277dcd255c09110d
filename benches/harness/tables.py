"""What a terminal shows of the results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.kinds import BASELINE
from harness.measure import Failure, Sample
from harness.results import Entry
from harness.shapes import HALF_LOAD

MIB = 1024 * 1024
HEAD = ("server", "CPU us/call", "range", f"x {BASELINE}", "x peer", "req/s")
TIMES = ("p50 ms", "p99 ms", "p99.9 ms", "RSS MB", "others")


def line(measured: Sample | Failure) -> str:
    """One sample or failure, told while the rounds run."""
    case = f"round {measured.round}  {measured.server:<22} {measured.work:<20} {measured.shape:<10}"
    if isinstance(measured, Failure):
        return f"{case} failed: {measured.reason}"
    return (
        f"{case} {measured.cpu_us_per_call:7.2f} CPU us/call"
        f"  {measured.calls_per_second:9,.0f} req/s  p99 {measured.latency.p99_ms:.2f} ms"
    )


def tables(entries: Sequence[Entry]) -> str:
    """A table for each work and shape."""
    cases = {(entry["work"], entry["shape"]): None for entry in entries}
    parts = []
    for work, shape in cases:
        rows = [
            _row(entry) for entry in entries if (entry["work"], entry["shape"]) == (work, shape)
        ]
        parts.append(f"{work}, {title(shape)}\n" + table((*HEAD, *TIMES), rows))
    return "\n".join(parts)


def title(shape: str) -> str:
    """A shape in words."""
    if shape == HALF_LOAD.name:
        return "calls at a rate, half of the peak"
    connections, streams = shape.split("x")
    return f"{connections} connections with {streams} calls in flight each"


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


def ratio(value: float | None) -> str:
    """A ratio, where there is one."""
    return "-" if value is None else f"{value:.2f}"


def _row(entry: Entry) -> tuple[str, ...]:
    low, high = entry["cpu_us_range"]
    return (
        entry["server"],
        f"{entry['cpu_us_per_call']:.2f}",
        f"{low:.2f}-{high:.2f}",
        ratio(entry["ratio_to_tonic"]),
        ratio(entry["ratio_to_peer"]),
        f"{entry['req_per_s']:,.0f}",
        f"{entry['p50_ms']:.3f}",
        f"{entry['p99_ms']:.3f}",
        f"{entry['p999_ms']:.3f}",
        f"{entry['rss_mb']:.1f}",
        f"{entry['others']:.0%}",
    )
