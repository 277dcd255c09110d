"""What is measured of a server as connections, streams, threads and processes grow."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness import BenchError
from harness.load import Target, aimed, send
from harness.processes import Bystanders, cpu_seconds, resident_bytes
from harness.scale_http2 import Connection, first_answer
from harness.scale_servers import Start, started
from harness.servers import Places
from harness.works import Work

LISTEN_TIMEOUT_S = 20.0
WARM_UP_CALLS = 5_000
SPARE_FILES = 100


@dataclass(frozen=True)
class Point:
    """What a server did with so many connections and so many calls in flight on each."""

    server: str
    connections: int
    streams: int
    calls: int
    calls_per_second: float
    cpu_us_per_call: float
    bystanders: float


@dataclass(frozen=True)
class Idle:
    """What connections cost that nothing is sent over."""

    server: str
    connections: int
    bytes_per_connection: float


@dataclass(frozen=True)
class ColdStart:
    """How long servers took from their start to the first answer, in milliseconds."""

    server: str
    times_ms: Sequence[float]

    @property
    def median_ms(self) -> float:
        """The median."""
        return statistics.median(self.times_ms)


class Scale:
    """The machine: what was set up on it, and the CPUs of server and load."""

    def __init__(self, places: Places, logs: Path, cpus: tuple[int, int]) -> None:
        self._places = places
        self._logs = logs
        self._cpus = cpus

    @property
    def both(self) -> str:
        """Both CPUs, for servers that need them."""
        return ",".join(map(str, self._cpus))

    @property
    def one(self) -> str:
        """The CPU that the load leaves alone."""
        return str(self._cpus[0])

    def points(
        self,
        start: Start,
        cpus: str,
        work: Work,
        shapes: Sequence[tuple[int, int]],
        seconds: float,
        tell: Callable[[Point], None],
        fail: Callable[[str], None],
    ) -> list[Point]:
        """Measures one server in every shape: connections, and calls in flight on each.

        A shape in which calls fail has no point.
        """
        found = []
        with self._target(start, cpus, work) as (pid, target):
            send(target, WARM_UP_CALLS, 8, 16)
            for shape in shapes:
                try:
                    found.append(self._point(start.name, pid, target, shape, seconds))
                except BenchError as error:
                    fail(f"{start.name} {shape[0]} x {shape[1]}: {error}")
                    continue
                tell(found[-1])
        return found

    def idle(self, start: Start, work: Work, connections: int) -> Idle:
        """Opens so many connections, and looks by how much resident memory has grown."""
        allow_files(connections + SPARE_FILES)
        with self._target(start, self.one, work) as (pid, target):
            send(target, WARM_UP_CALLS, 8, 16)
            before = resident_bytes(pid)
            with ExitStack() as opened:
                for _ in range(connections):
                    opened.callback(Connection(target.address).close)
                grown = resident_bytes(pid) - before
        return Idle(start.name, connections, grown / connections)

    def cold_start(self, start: Start, work: Work, times: int) -> ColdStart:
        """Starts a server so often, and waits for its first answer each time."""
        found = []
        for _ in range(times):
            began = time.monotonic()
            with started(start, self.one, self._logs) as (process, address):
                first_answer(process, address, work, began + LISTEN_TIMEOUT_S)
                found.append((time.monotonic() - began) * 1e3)
        return ColdStart(start.name, found)

    def _point(
        self, name: str, pid: int, target: Target, shape: tuple[int, int], seconds: float
    ) -> Point:
        connections, streams = shape
        least = 3 * connections * streams
        rate = send(target, max(WARM_UP_CALLS, least), connections, streams)
        calls = max(least, round(rate * seconds))
        bystanders = Bystanders(self._cpus)
        before = cpu_seconds(pid)
        rate = send(target, calls, connections, streams)
        spent = cpu_seconds(pid) - before
        return Point(
            server=name,
            connections=connections,
            streams=streams,
            calls=calls,
            calls_per_second=rate,
            cpu_us_per_call=spent / calls * 1e6,
            bystanders=bystanders.share(spent),
        )

    @contextmanager
    def _target(self, start: Start, cpus: str, work: Work) -> Iterator[tuple[int, Target]]:
        with started(start, cpus, self._logs) as (process, address), ExitStack() as stack:
            try:
                first_answer(process, address, work, time.monotonic() + LISTEN_TIMEOUT_S)
                aim = aimed(self._places.python, address, self._cpus[1], work)
                target = stack.enter_context(aim)
            except BenchError as error:
                raise BenchError(f"{start.name}: {error}; its output is in {self._logs}") from error
            yield process.pid, target


def allow_files(count: int) -> None:
    """Lets this process and the servers that it starts open so many files, where it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # A server of ours leaves a quarter of its files to the program.
    wanted = 2 * count if hard == resource.RLIM_INFINITY else min(2 * count, hard)
    if soft < wanted:
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
