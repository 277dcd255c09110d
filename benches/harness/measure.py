"""One sample of one server, and the rounds that are made of samples."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from harness import BenchError
from harness.kinds import BASELINE, KINDS, Kind
from harness.load import Latency, Target, aimed, send, send_at_rate, send_timed
from harness.processes import Bystanders, resident_bytes, settled_cpu_seconds
from harness.servers import Places, Server, running
from harness.shapes import HALF_LOAD, Case
from harness.works import Work

EXHOOK = "release/exhook"
# How fast a server is shows in so many calls.
FIRST_CALLS = 500
FEWEST_CALLS = 1_000
# What a just-in-time compiler needs at first, and what another work needs after that.
FIRST_WARM_UP_S = 1.5
WARM_UP_S = 0.4
MOST_WARM_UP_CALLS = 40_000
TIMED_S = 0.4
# Calls that come at a rate are fewer, and their highest percentiles want many.
RATE_FACTOR = 1.5
# Below this share of the baseline's peak, a server is asked for half of its own.
KEEPS_UP = 0.7


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    # Of each run, about.
    seconds: float


@dataclass(frozen=True)
class Sample:
    """What one server did in one case and round."""

    server: str
    work: str
    shape: str
    round: int
    calls: int
    calls_per_second: float
    cpu_us_per_call: float
    resident_bytes: int
    bystanders: float
    latency: Latency


@dataclass(frozen=True)
class Failure:
    """A case of a server without figures in one round."""

    server: str
    work: str
    shape: str
    round: int
    reason: str


class Bench:
    """The machine: what was set up on it, and the CPUs of server and load."""

    def __init__(self, places: Places, server_cpu: int, load_cpu: int, plan: Plan) -> None:
        self._places = places
        self._server_cpu = server_cpu
        self._load_cpu = load_cpu
        self._plan = plan
        # Calls a second at peak, as first measured: every round asks for the half of it.
        self._peaks: dict[tuple[str, str], float] = {}

    def rounds(self, kinds: Sequence[Kind], cases: Sequence[Case]) -> Iterator[Sample | Failure]:
        """Measures every server once a round, each alone, each round beginning with another."""
        paced = {case.work.name: case.work for case in cases if case.shape.is_open}
        for work in paced.values():
            self._peak_of_baseline(work)
        for turn, kind in _turns(kinds, self._plan.rounds):
            yield from self._measured(kind, cases, turn)

    def _measured(self, kind: Kind, cases: Sequence[Case], turn: int) -> Iterator[Sample | Failure]:
        """All cases of one server; after one that fails, the server is started anew."""
        remaining = [case for case in cases if kind.takes(case.work)]
        while remaining:
            case = remaining[0]
            is_warm = False
            try:
                with running(kind, self._places, self._server_cpu) as server:
                    while remaining:
                        case = remaining.pop(0)
                        yield self._sample(kind, server, case, turn, is_warm)
                        is_warm = True
            except (BenchError, OSError, ValueError, subprocess.TimeoutExpired) as error:
                if case in remaining:
                    remaining.remove(case)
                yield Failure(kind.name, case.work.name, case.shape.name, turn, str(error))

    def _sample(self, kind: Kind, server: Server, case: Case, turn: int, is_warm: bool) -> Sample:
        with self._target(server, case.work) as target:
            shape = case.shape
            peak = self._warm(target, shape.connections, shape.streams, is_warm)
            bystanders = Bystanders((self._server_cpu, self._load_cpu))
            before = settled_cpu_seconds(server.pid)
            if shape.is_open:
                rate = self._paced_rate(kind, case.work, peak)
                exhook = self._places.target / EXHOOK
                latency = send_at_rate(target, exhook, rate, self._plan.seconds * RATE_FACTOR)
                calls = latency.calls
            else:
                calls = max(FEWEST_CALLS, round(peak * self._plan.seconds))
                rate = send(target, calls, shape.connections, shape.streams)
            spent = settled_cpu_seconds(server.pid) - before
            others = bystanders.share(spent)
            resident = resident_bytes(server.pid)
            if not shape.is_open:
                timed = max(FEWEST_CALLS, round(rate * TIMED_S))
                latency = send_timed(target, timed, shape.connections, shape.streams)
            return Sample(
                server=kind.name,
                work=case.work.name,
                shape=shape.name,
                round=turn,
                calls=calls,
                calls_per_second=rate,
                cpu_us_per_call=spent / calls * 1e6,
                resident_bytes=resident,
                bystanders=others,
                latency=latency,
            )

    def _warm(self, target: Target, connections: int, streams: int, is_warm: bool) -> float:
        """Makes calls that are not measured, and returns how many a second were answered."""
        first = send(target, FIRST_CALLS, connections, streams)
        seconds = WARM_UP_S if is_warm else FIRST_WARM_UP_S
        calls = min(max(FEWEST_CALLS, round(first * seconds)), MOST_WARM_UP_CALLS)
        return send(target, calls, connections, streams)

    def _paced_rate(self, kind: Kind, work: Work, peak: float) -> float:
        """Half of the baseline's peak, or of its own where a server is much slower."""
        baseline = self._peak_of_baseline(work)
        own = self._peaks.setdefault((kind.name, work.name), peak)
        return (baseline if own >= KEEPS_UP * baseline else own) / 2

    def _peak_of_baseline(self, work: Work) -> float:
        known = self._peaks.get((BASELINE, work.name))
        if known is None:
            kind = KINDS[BASELINE]
            with (
                running(kind, self._places, self._server_cpu) as server,
                self._target(server, work) as target,
            ):
                connections, streams = HALF_LOAD.connections, HALF_LOAD.streams
                rate = self._warm(target, connections, streams, is_warm=False)
                calls = max(FEWEST_CALLS, round(rate * self._plan.seconds))
                known = send(target, calls, connections, streams)
            self._peaks[BASELINE, work.name] = known
        return known

    def _target(self, server: Server, work: Work) -> AbstractContextManager[Target]:
        return aimed(self._places.python, server.address, self._load_cpu, work)


def _turns(kinds: Sequence[Kind], rounds: int) -> Iterator[tuple[int, Kind]]:
    """Every server once a round, each round beginning with another."""
    for turn in range(rounds):
        # Not one further, so that the neighbours of the first round are apart in the next.
        first = turn * len(kinds) // rounds
        for kind in (*kinds[first:], *kinds[:first]):
            yield turn + 1, kind
