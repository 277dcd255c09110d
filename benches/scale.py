#!/usr/bin/env python3
"""Measures how costs grow with connections, calls in flight, threads and processes.

See benches/README.md.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from harness import ROOT, BenchError
from harness.kinds import BASELINE, KINDS, Kind
from harness.machine import commit, describe_machine, versions
from harness.prepare import check_machine, prepare
from harness.scale_measure import ColdStart, Idle, Point, Scale
from harness.scale_servers import start_of, start_of_workers
from harness.scale_tables import PAIR, growth_table, idle_table, shapes_table, start_table
from harness.servers import Places
from harness.works import WORKS

INTERRUPTED = 130
STARTED = (
    "exhook-rust",
    BASELINE,
    "exhook-c-inline",
    "exhook-python-def",
    "grpcio-aio",
    "exhook-node-sync",
    "grpc-js",
)
# Connections, and calls in flight on each.
STREAMS = [(1, 1), (1, 8), (1, 64), (1, 256), (1, 1000), (8, 1), (8, 8), (8, 32), (8, 125)]
CONNECTIONS = [(8, 1), (8, 2), (80, 1), (80, 2), (400, 1), (400, 2), (800, 1), (800, 2)]
SHAPES = list(dict.fromkeys([*STREAMS, *CONNECTIONS]))
PEAK = (8, 16)
IDLE_CONNECTIONS = 1_000
PARTS = ("shapes", "threads", "workers", "idle", "start")
DISTURBED = 0.15


def parse_arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each run, about")
    parser.add_argument("--rounds", type=int, default=2, help="default: %(default)s")
    parser.add_argument(
        "--parts", type=chosen, default=PARTS, metavar="A,B", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--json", type=Path, default=ROOT / "benches" / "scale.json", metavar="FILE"
    )
    parser.add_argument("--quick", action="store_true", help="does everything work?")
    parser.add_argument(
        "--no-build", action="store_true", help="take what an earlier run has built and installed"
    )
    return parser.parse_args()


def chosen(names: str) -> tuple[str, ...]:
    """The parts of a comma-separated list."""
    unknown = [name for name in names.split(",") if name not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no part is called {unknown[0]!r}; there are {', '.join(PARTS)}"
        )
    return tuple(names.split(","))


def run(arguments: argparse.Namespace) -> None:
    """Sets up, measures and reports."""
    seconds, rounds, times = arguments.seconds, arguments.rounds, 5
    if arguments.quick:
        seconds, rounds, times = 0.2, 1, 1
    cpus = check_machine()
    state = commit()
    kinds = [KINDS[name] for name in (STARTED if "start" in arguments.parts else PAIR)]
    if "workers" in arguments.parts:
        kinds.append(KINDS["exhook-python-def"])
    places, kinds = prepared(kinds, build=not arguments.no_build)
    machine = describe_machine()
    print("; ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
    scale = Scale(places, places.logs, cpus)
    measured: dict[str, object] = {}
    measures: dict[str, Callable[[], Sequence[Point | Idle | ColdStart]]] = {
        "shapes": lambda: shapes(scale, places, seconds, rounds),
        "threads": lambda: threads(scale, places, seconds, rounds),
        "workers": lambda: workers(scale, places, seconds, rounds),
        "idle": lambda: idle(scale, places),
        "start": lambda: cold_starts(scale, places, kinds, times),
    }
    for part in arguments.parts:
        measured[part] = [asdict(found) for found in measures[part]()]
    content = {
        "machine": machine,
        "commit": state,
        "versions": versions(places),
        "seconds": seconds,
        "rounds": rounds,
        **measured,
    }
    arguments.json.write_text(json.dumps(content, indent=2) + "\n")


def prepared(kinds: Sequence[Kind], build: bool) -> tuple[Places, list[Kind]]:
    """What can be had; without building, what is there."""
    if build:
        made = prepare(kinds, build=True, may_skip=True)
        for name, reason in made.skipped.items():
            tell(f"{name} is left out: {reason}")
        return made.places, made.kinds
    there = []
    places = None
    for kind in kinds:
        try:
            places = prepare([kind], build=False, may_skip=False).places
            there.append(kind)
        except BenchError as error:
            tell(f"{kind.name} is left out: {error}")
    if places is None:
        raise BenchError("nothing is built: run once without --no-build")
    return places, there


def shapes(scale: Scale, places: Places, seconds: float, rounds: int) -> list[Point]:
    """From one call in flight to a thousand, and from 8 connections to 800."""
    work = WORKS["publish-replace-365"]
    points: list[Point] = []
    for turn in range(rounds):
        for name in PAIR if turn % 2 == 0 else PAIR[::-1]:
            start = start_of(KINDS[name], places)
            points += scale.points(start, scale.one, work, SHAPES, seconds, tell_point, tell)
    print("CPU time of the server for a call, and calls a second; server and load have a CPU each")
    print(shapes_table(points), flush=True)
    tell_disturbance(points)
    return points


def threads(scale: Scale, places: Places, seconds: float, rounds: int) -> list[Point]:
    """One I/O thread and two, on both CPUs, one of which the load needs too."""
    work = WORKS["publish-replace-365"]
    points: list[Point] = []
    for _ in range(rounds):
        for count in (1, 2):
            start = start_of(KINDS["exhook-rust"], places, EXHOOK_IO_THREADS=str(count))
            found = scale.points(
                start, scale.both, work, [PEAK, (80, 2)], seconds, tell_point, tell
            )
            points += [renamed(point, f"io_threads {count}") for point in found]
    print("I/O threads on two CPUs, one of which the load takes its share of")
    print(growth_table(points), flush=True)
    return points


def workers(scale: Scale, places: Places, seconds: float, rounds: int) -> list[Point]:
    """``exhook run`` with handlers that compute, in one process and in two."""
    work = WORKS["authenticate"]
    points: list[Point] = []
    for _ in range(rounds):
        for count in (1, 2):
            start = start_of_workers(places, count)
            points += scale.points(start, scale.both, work, [PEAK], seconds, tell_point, tell)
    print("exhook run --workers with a def that computes, on two CPUs; the load has its share")
    print(growth_table(points), flush=True)
    return points


def idle(scale: Scale, places: Places) -> list[Idle]:
    """What a connection costs that nothing is sent over."""
    work = WORKS["publish-replace-365"]
    found = [scale.idle(start_of(KINDS[name], places), work, IDLE_CONNECTIONS) for name in PAIR]
    print(f"Resident memory of an idle connection, from {IDLE_CONNECTIONS:,} of them")
    print(idle_table(found), flush=True)
    return found


def cold_starts(scale: Scale, places: Places, kinds: Sequence[Kind], times: int) -> list[ColdStart]:
    """From the start of a process to the first answer."""
    work = WORKS["publish-replace-365"]
    found = []
    for name in STARTED:
        if all(kind.name != name for kind in kinds):
            continue
        try:
            found.append(scale.cold_start(start_of(KINDS[name], places), work, times))
        except BenchError as error:
            tell(f"{name} is left out: {error}")
            continue
        tell(f"{name:<24} {found[-1].median_ms:8.1f} ms to the first answer")
    print(f"From the start of the process to the first answer, of {times} starts")
    print(start_table(found), flush=True)
    return found


def renamed(point: Point, name: str) -> Point:
    """The same under another name."""
    return replace(point, server=name)


def tell_point(point: Point) -> None:
    """Tells what was measured while more is."""
    tell(
        f"{point.server:<24} {point.connections:>4} x {point.streams:<4} "
        f"{point.cpu_us_per_call:8.2f} CPU us/call  {point.calls_per_second:9,.0f} req/s"
    )


def tell_disturbance(points: Sequence[Point]) -> None:
    """Warns if other processes were busy on the CPUs."""
    worst = max((point.bystanders for point in points), default=0.0)
    if worst > DISTURBED:
        tell(f"warning: other processes took up to {worst:.0%} of a CPU; repeat it when it is idle")


def tell(text: str) -> None:
    """Tells how far it is, apart from the results."""
    print(text, file=sys.stderr, flush=True)


def interrupt(_signal: int, _frame: object) -> None:
    """Makes any request to end take the way of Ctrl-C, which ends the servers."""
    raise KeyboardInterrupt


def main() -> int:
    """Runs, and turns what went wrong into one message."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    began = time.monotonic()
    try:
        run(parse_arguments())
    except BenchError as error:
        tell(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        tell("interrupted; the servers are stopped")
        return INTERRUPTED
    tell(f"done in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
