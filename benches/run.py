#!/usr/bin/env python3
"""Measures exhook's servers beside peers on identical work; see benches/README.md."""

from __future__ import annotations

import argparse
import signal
import sys
from functools import partial
from pathlib import Path

from harness import BenchError, report
from harness.measure import Bench, Plan
from harness.prepare import check_machine, describe_machine, prepare
from harness.servers import BASELINE, KINDS, Kind
from harness.works import WORKS

INTERRUPTED = 130


def parse_arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--servers",
        type=chosen,
        default=list(KINDS.values()),
        metavar="A,B",
        help=f"which to measure, of {', '.join(KINDS)} (default: all)",
    )
    parser.add_argument(
        "--work",
        choices=WORKS,
        default="publish-replace-365",
        help="the call that is made (default: %(default)s)",
    )
    parser.add_argument("--rounds", type=at_least_one, default=3, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="of each run, about (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample to FILE")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--memory",
        type=at_least_one,
        metavar="CALLS",
        help="instead of the rounds, make so many calls and print the resident memory after 1 "
        "and 5 million and at the end",
    )
    instead.add_argument(
        "--half-load",
        action="store_true",
        help=f"instead of the peak, measure the latency at half of {BASELINE}'s peak rate",
    )
    parser.add_argument(
        "--quick", action="store_true", help="one short round: does everything work?"
    )
    parser.add_argument(
        "--no-build", action="store_true", help="take what an earlier run has built and installed"
    )
    return parser.parse_args()


def chosen(names: str) -> list[Kind]:
    """The servers of a comma-separated list."""
    unknown = [name for name in names.split(",") if name not in KINDS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no server is called {unknown[0]!r}; there are {', '.join(KINDS)}"
        )
    return [KINDS[name] for name in dict.fromkeys(names.split(","))]


def at_least_one(text: str) -> int:
    """A number from 1 on, also written with underscores."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def run(arguments: argparse.Namespace) -> None:
    """Sets up, measures and reports."""
    work = WORKS[arguments.work]
    if arguments.quick:
        plan = Plan(work, rounds=1, seconds=1.0, warm_up_calls=2_000, latency_calls=1_000)
    else:
        plan = Plan(work, arguments.rounds, arguments.seconds, 20_000, 10_000)
    cpus = check_machine()
    half_load: bool = arguments.half_load
    needed = [*arguments.servers, KINDS[BASELINE]] if half_load else arguments.servers
    places = prepare(needed, build=not arguments.no_build, paced=half_load)
    bench = Bench(places, *cpus)
    machine = describe_machine()
    print(f"{work.name}: {work.method}, a request of {len(work.request)} bytes")
    print("; ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
    if arguments.memory:
        grown = {}
        for kind in arguments.servers:
            told = partial(tell_memory, kind.name)
            grown[kind.name] = bench.memory(kind, plan, arguments.memory, told)
        print(report.memory_table(grown))
        return
    if half_load:
        measure_half_load(bench, arguments, plan, machine)
        return
    samples = bench.rounds(arguments.servers, plan, lambda sample: tell(report.line(sample)))
    print(report.tables(samples))
    if warning := report.disturbance(samples):
        tell(f"warning: {warning}")
    if arguments.json:
        report.write_json(arguments.json, machine, plan, samples)


def measure_half_load(
    bench: Bench, arguments: argparse.Namespace, plan: Plan, machine: dict[str, str]
) -> None:
    """Measures the latency at half of the baseline's peak."""
    peak = bench.peak(plan)
    tell(f"{BASELINE} answers {peak.calls_per_second:,.0f} calls a second at its peak")
    rate = peak.calls_per_second / 2
    samples = bench.paced_rounds(
        arguments.servers, plan, rate, lambda sample: tell(report.paced_line(sample))
    )
    print(report.paced_table(samples, rate))
    if warning := report.disturbance([peak, *samples]):
        tell(f"warning: {warning}")
    if arguments.json:
        report.write_paced_json(arguments.json, machine, plan, peak, samples)


def tell(text: str) -> None:
    """Tells how far it is, apart from the results."""
    print(text, file=sys.stderr, flush=True)


def tell_memory(server: str, calls: int, resident: int) -> None:
    """Tells how far the memory run is."""
    tell(f"{server}: {resident / report.MIB:.1f} MiB after {calls:,} calls")


def interrupt(_signal: int, _frame: object) -> None:
    """Makes any request to end take the way of Ctrl-C, which ends the servers."""
    raise KeyboardInterrupt


def main() -> int:
    """Runs, and turns what went wrong into one message."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        run(parse_arguments())
    except BenchError as error:
        tell(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        tell("interrupted; the servers are stopped")
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
