"""The tables of how costs grow, for the terminal and for docs/benchmarks.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from harness.kinds import BASELINE
from harness.scale_measure import ColdStart, Idle, Point
from harness.tables import table

PAIR = ("exhook-rust", BASELINE)


def filled(measured: dict[str, Any]) -> dict[str, str]:
    """The tables of what ``make bench-scale`` has written, by the name of the part."""
    makers: dict[str, Callable[[list[dict[str, Any]]], str]] = {
        "shapes": lambda found: shapes_table([Point(**each) for each in found]),
        "threads": lambda found: growth_table([Point(**each) for each in found]),
        "workers": lambda found: growth_table([Point(**each) for each in found]),
        "idle": lambda found: idle_table([Idle(**each) for each in found]),
        "start": lambda found: start_table([ColdStart(**each) for each in found]),
    }
    return {
        f"scale-{name}": make(measured[name]) for name, make in makers.items() if name in measured
    }


def shapes_table(points: Sequence[Point]) -> str:
    """Our core beside bare tonic, in each shape."""
    rows = []
    for shape in _shapes(points):
        ours, bare = (best_of(points, name, shape) for name in PAIR)
        rows.append(
            (
                f"{shape[0]} x {shape[1]}",
                f"{shape[0] * shape[1]:,}",
                f"{ours[0]:.2f}",
                f"{bare[0]:.2f}",
                f"{ours[0] / bare[0]:.2f}",
                f"{ours[1]:,.0f}",
                f"{bare[1]:,.0f}",
            )
        )
    head = ("connections x calls", "in flight", *(f"{name} µs" for name in PAIR), "ratio")
    return table((*head, *(f"{name} req/s" for name in PAIR)), rows)


def growth_table(points: Sequence[Point]) -> str:
    """Each server beside the first, in each shape."""
    names = list(dict.fromkeys(point.server for point in points))
    rows = []
    for shape in _shapes(points):
        first = best_of(points, names[0], shape)
        for name in names:
            cpu, rate = best_of(points, name, shape)
            label = f"{shape[0]} x {shape[1]}"
            rows.append((name, label, f"{rate:,.0f}", f"{rate / first[1]:.2f}", f"{cpu:.2f}"))
    return table(("server", "connections x calls", "req/s", "x first", "CPU µs/call"), rows)


def idle_table(found: Sequence[Idle]) -> str:
    """What an idle connection takes."""
    rows = [(each.server, f"{each.bytes_per_connection / 1024:.1f}") for each in found]
    return table(("server", "KiB for an idle connection"), rows)


def start_table(found: Sequence[ColdStart]) -> str:
    """From the start of a process to the first answer."""
    rows = [(each.server, f"{each.median_ms:.1f}", f"{min(each.times_ms):.1f}") for each in found]
    return table(("server", "median ms", "least ms"), rows)


def best_of(points: Sequence[Point], server: str, shape: tuple[int, int]) -> tuple[float, float]:
    """CPU time per call and calls a second of a server in a shape, each of the better round."""
    own = [
        point
        for point in points
        if point.server == server and (point.connections, point.streams) == shape
    ]
    return (
        min((point.cpu_us_per_call for point in own), default=math.nan),
        max((point.calls_per_second for point in own), default=math.nan),
    )


def _shapes(points: Sequence[Point]) -> list[tuple[int, int]]:
    return list(dict.fromkeys((point.connections, point.streams) for point in points))
