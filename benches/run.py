#!/usr/bin/env python3
"""Measures exhook's servers beside peers on identical work; see benches/README.md."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from harness import BenchError, tables
from harness.growth import growth
from harness.kinds import BASELINE, KINDS, Kind
from harness.machine import commit, describe_machine, versions
from harness.measure import Bench, Plan
from harness.prepare import Prepared, check_machine, prepare
from harness.results import Results
from harness.shapes import FULL, HALF_LOAD, QUICK, Case, product, shape_of
from harness.works import WORKS

INTERRUPTED = 130
DEFAULT_WORK = "publish-replace-365"
DEFAULT_SHAPE = "8x16"

Chosen = TypeVar("Chosen")


def parse_arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--servers",
        type=listed(server_of),
        metavar="A,B",
        help=f"which to measure, of {', '.join(KINDS)} (default: all but deferred and suspending)",
    )
    parser.add_argument(
        "--works",
        type=listed(work_of),
        metavar="A,B",
        help=f"the calls that are made, of {', '.join(WORKS)} (default: those of the full run, or "
        f"{DEFAULT_WORK} where --shapes is given)",
    )
    parser.add_argument(
        "--shapes",
        type=listed(shape_of),
        metavar="CxS,...",
        help="connections and calls under way on each, or half-load for calls at half of "
        f"{BASELINE}'s peak (default: {DEFAULT_SHAPE} where --works is given)",
    )
    parser.add_argument("--rounds", type=at_least_one, help="default: 3, or 1 with --quick")
    parser.add_argument(
        "--seconds", type=float, help="of each run, about (default: 2, or 1 with --quick)"
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where results go once all is measured"
    )
    parser.add_argument(
        "--memory",
        type=at_least_one,
        metavar="CALLS",
        help="instead of the rounds, make so many calls and print the resident memory after 1 "
        "and 5 million and at the end",
    )
    parser.add_argument(
        "--quick", action="store_true", help="two cases in one short round: does everything work?"
    )
    parser.add_argument(
        "--no-build", action="store_true", help="take what an earlier run has built and installed"
    )
    return parser.parse_args()


def listed(of: Callable[[str], Chosen]) -> Callable[[str], list[Chosen]]:
    """Reads a comma-separated list."""

    def read(text: str) -> list[Chosen]:
        try:
            return [of(name) for name in dict.fromkeys(text.split(","))]
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def server_of(name: str) -> Kind:
    """The server of this name."""
    if name not in KINDS:
        raise ValueError(f"no server is called {name!r}; there are {', '.join(KINDS)}")
    return KINDS[name]


def work_of(name: str) -> str:
    """The name, if there is such a work."""
    if name not in WORKS:
        raise ValueError(f"no work is called {name!r}; there are {', '.join(WORKS)}")
    return name


def at_least_one(text: str) -> int:
    """A number from 1 on, also written with underscores."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def cases_of(arguments: argparse.Namespace) -> list[Case]:
    """The works and shapes that are asked for."""
    if not arguments.works and not arguments.shapes:
        return QUICK if arguments.quick else FULL
    works = arguments.works or [DEFAULT_WORK]
    cases = product(works, arguments.shapes or [shape_of(DEFAULT_SHAPE)])
    for case in cases:
        if case.shape is HALF_LOAD and not case.work.bench:
            raise BenchError(
                f"`exhook bench`, which makes {HALF_LOAD.name}, cannot {case.work.name}"
            )
    return cases


def run(arguments: argparse.Namespace) -> int:
    """Sets up, measures and reports; returns the exit code."""
    cases = cases_of(arguments)
    cpus = check_machine()
    state = commit()
    kinds = arguments.servers or [kind for kind in KINDS.values() if kind.by_default]
    if any(case.shape.is_open for case in cases) and KINDS[BASELINE] not in kinds:
        kinds = [KINDS[BASELINE], *kinds]
    prepared = prepare(kinds, build=not arguments.no_build, may_skip=not arguments.servers)
    for name, reason in prepared.skipped.items():
        tell(f"{name} is skipped: {reason}")
    if arguments.memory:
        measure_growth(prepared, cases[0], arguments.memory, cpus)
        return 0
    plan = Plan(
        rounds=arguments.rounds or (1 if arguments.quick else 3),
        seconds=arguments.seconds or (1.0 if arguments.quick else 2.0),
    )
    results = Results(describe_machine(), state, versions(prepared.places), plan, prepared.skipped)
    kept = prepared.places.target / "bench-results.json"
    bench = Bench(prepared.places, *cpus, plan)
    began = time.monotonic()
    total = plan.rounds * sum(kind.takes(case.work) for kind in prepared.kinds for case in cases)
    try:
        for done, measured in enumerate(bench.rounds(prepared.kinds, cases), start=1):
            results.add(measured)
            results.write(kept)
            minutes = (time.monotonic() - began) / 60
            tell(f"{done:>3}/{total} {minutes:4.1f} min  {tables.line(measured)}")
    except KeyboardInterrupt:
        print(tables.tables(results.entries()))
        told = f"what was measured is in {kept}" if results.samples else "nothing was measured"
        tell(f"interrupted; the servers are stopped, and {told}")
        return INTERRUPTED
    print(tables.tables(results.entries()))
    return finish(results, arguments.output or kept)


def finish(results: Results, file: Path) -> int:
    """Writes the results, tells what is wrong with them, and returns the exit code."""
    results.write(file)
    tell(f"the results are in {file}")
    if warning := results.disturbance():
        tell(f"warning: {warning}")
    for failure in results.failures:
        tell(f"warning: no figures: {tables.line(failure)}")
    return int(any(KINDS[failure.server].is_ours for failure in results.failures))


def measure_growth(prepared: Prepared, case: Case, calls: int, cpus: tuple[int, int]) -> None:
    """Prints the resident memory of each server over so many calls."""
    grown = {}
    for kind in prepared.kinds:
        told = partial(tell_memory, kind.name)
        grown[kind.name] = growth(kind, case.work, calls, prepared.places, cpus, told)
    print(tables.memory_table(grown))


def tell(text: str) -> None:
    """Tells how far it is, apart from the results."""
    print(text, file=sys.stderr, flush=True)


def tell_memory(server: str, calls: int, resident: int) -> None:
    """Tells how far the memory run is."""
    tell(f"{server}: {resident / tables.MIB:.1f} MiB after {calls:,} calls")


def interrupt(_signal: int, _frame: object) -> None:
    """Makes any request to end take the way of Ctrl-C, which ends the servers."""
    raise KeyboardInterrupt


def main() -> int:
    """Runs, and turns what went wrong into one message."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        return run(parse_arguments())
    except BenchError as error:
        tell(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        tell("interrupted")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
