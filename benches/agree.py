#!/usr/bin/env python3
"""Compares what a server does under `exhook bench` and under h2load; see benches/README.md.

Both make the same calls in a closed loop, one after the other in turns, the server on one CPU and
the load on another. Builds nothing: `cargo build --release -p exhook-cli -p exhook-benches` first.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import BenchError, broker_calls, tables
from harness.kinds import KINDS
from harness.load import FINISHED, REQUESTS
from harness.prepare import check_machine, target_directory
from harness.processes import children_seconds, cpu_seconds
from harness.servers import Places, running

SERVERS = ("exhook-rust", "tonic")
SHAPES = ("1x1", "8x1", "8x16", "8x128", "24x16")
PAYLOAD_BYTES = 182
# As much as two tools may differ that measure the same.
AGREED = 0.05


@dataclass(frozen=True)
class Work:
    """A call, as both tools make it."""

    method: str
    message: str
    request: bytes
    options: tuple[str, ...]


WORKS = {
    "publish": Work(
        "/emqx.exhook.v3.HookProvider/OnMessagePublish",
        "MessagePublishRequest",
        broker_calls.publish(PAYLOAD_BYTES),
        ("--hook", "message.publish", "--payload-bytes", str(PAYLOAD_BYTES)),
    ),
    "authenticate": Work(
        "/emqx.exhook.v3.HookProvider/OnClientAuthenticate",
        "ClientAuthenticateRequest",
        broker_calls.authenticate(),
        ("--hook", "client.authenticate"),
    ),
}


@dataclass(frozen=True)
class Figures:
    """What one run came to."""

    calls_per_second: float
    server_us: float
    load_us: float


@dataclass(frozen=True)
class Load:
    """A server under load of one shape."""

    address: str
    pid: int
    cpu: int
    binary: Path
    work: Work
    connections: int
    streams: int
    request_file: Path

    def h2load(self, calls: int) -> Figures:
        """Makes so many calls with h2load."""
        command = ["h2load", "-t", "1", "-n", str(calls), "-c", str(self.connections)]
        command += ["-m", str(self.streams), "-d", str(self.request_file)]
        for header in broker_calls.http_headers(self.work.message):
            command += ["-H", header]
        return self._run([*command, f"http://{self.address}{self.work.method}"], calls, _of_h2load)

    def exhook(self, calls: int) -> Figures:
        """Makes so many calls with ``exhook bench``."""
        command = [str(self.binary), "bench", "--to", self.address, "--json", "--quiet"]
        command += ["--connections", str(self.connections), "--streams", str(self.streams)]
        command += ["--calls", str(calls), "--warm-up", "0", *self.work.options]
        return self._run(command, calls, self._of_exhook)

    def _run(self, command: list[str], calls: int, rate: Callable[[str, int], float]) -> Figures:
        server, load = cpu_seconds(self.pid), children_seconds()
        pinned = ["taskset", "-c", str(self.cpu), *command]
        done = subprocess.run(pinned, capture_output=True, text=True, check=False)
        server, load = cpu_seconds(self.pid) - server, children_seconds() - load
        if done.returncode != 0:
            raise BenchError(f"{command[0]} ended with status {done.returncode}: {done.stderr}")
        return Figures(rate(done.stdout, calls), server / calls * 1e6, load / calls * 1e6)

    def _of_exhook(self, output: str, calls: int) -> float:
        told = json.loads(output)
        if told["request_bytes"] not in broker_calls.lengths(self.work.request):
            raise BenchError(
                f"exhook bench makes requests of {told['request_bytes']} bytes and h2load of "
                f"{len(self.work.request)}: adapt benches/harness/broker_calls.py"
            )
        if told["ended"] != calls or told["failures"]:
            raise BenchError(f"not all {calls} calls of exhook bench succeeded")
        return float(told["calls_per_second"])


def _of_h2load(output: str, calls: int) -> float:
    finished, requests = FINISHED.search(output), REQUESTS.search(output)
    if not (finished and requests) or int(requests.group(2)) != calls:
        raise BenchError(f"not all {calls} calls of h2load succeeded:\n{output}")
    return float(finished.group(1))


def compare(load: Load, rounds: int, seconds: float) -> list[str]:
    """The cells of a shape: both tools' medians, and the medians of the ratios of each round."""
    calls = max(1_000, round(load.h2load(4_000).calls_per_second * seconds))
    theirs, ours = [], []
    for turn in range(rounds):
        for tool in ("h2load", "exhook") if turn % 2 == 0 else ("exhook", "h2load"):
            if tool == "h2load":
                theirs.append(load.h2load(calls))
            else:
                ours.append(load.exhook(calls))
    pairs = list(zip(ours, theirs, strict=True))
    rate = statistics.median(our.calls_per_second / their.calls_per_second for our, their in pairs)
    server = statistics.median(our.server_us / their.server_us for our, their in pairs)
    agreed = max(abs(rate - 1), abs(server - 1)) <= AGREED
    return [
        f"{statistics.median(figures.calls_per_second for figures in theirs):,.0f}",
        f"{statistics.median(figures.calls_per_second for figures in ours):,.0f}",
        f"{rate:.3f}",
        f"{statistics.median(figures.server_us for figures in theirs):.2f}",
        f"{statistics.median(figures.server_us for figures in ours):.2f}",
        f"{server:.3f}",
        f"{statistics.median(figures.load_us for figures in theirs):.2f}",
        f"{statistics.median(figures.load_us for figures in ours):.2f}",
        "yes" if agreed else "no",
    ]


def parse_arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", default=",".join(SERVERS), metavar="A,B")
    parser.add_argument("--shapes", default=",".join(SHAPES), metavar="CxS,...")
    parser.add_argument("--works", default=",".join(WORKS), metavar="A,B")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="of each run, about (default: %(default)s)"
    )
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> None:
    """Measures and prints the table."""
    server_cpu, load_cpu = check_machine()
    target = target_directory()
    binary = target / "release" / "exhook"
    places = Places(target, target / "no-python", target, target / "bench-logs")
    places.logs.mkdir(parents=True, exist_ok=True)
    for path in (binary, *(target / KINDS[name].binary for name in arguments.servers.split(","))):
        if not path.exists():
            raise BenchError(f"{path} is missing: build with --release, see --help")
    rows = []
    with TemporaryDirectory() as folder:
        for name in arguments.works.split(","):
            work = WORKS[name]
            file = Path(folder) / "request"
            file.write_bytes(b"\0" + len(work.request).to_bytes(4, "big") + work.request)
            for kind in arguments.servers.split(","):
                with running(KINDS[kind], places, server_cpu) as server:
                    for shape in arguments.shapes.split(","):
                        connections, streams = map(int, shape.split("x"))
                        load = Load(
                            server.address,
                            server.pid,
                            load_cpu,
                            binary,
                            work,
                            connections,
                            streams,
                            file,
                        )
                        cells = compare(load, arguments.rounds, arguments.seconds)
                        rows.append((name, kind, shape, *cells))
                        print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    head = ["work", "server", "shape", "h2load req/s", "exhook req/s", "ratio"]
    head += ["h2load server us", "exhook server us", "ratio"]
    head += ["h2load own us", "exhook own us", f"within {AGREED:.0%}"]
    print(tables.table(head, rows))


def main() -> int:
    """Runs, and turns what went wrong into one message."""
    try:
        run(parse_arguments())
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
