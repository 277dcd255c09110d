"""One sample of one server, and the rounds that are made of samples."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.load import Latency, Paced, Target, probe, send, send_at_rate, send_one_by_one
from harness.processes import Bystanders, cpu_seconds, resident_bytes
from harness.servers import BASELINE, EXHOOK, KINDS, Kind, Places, Server, running
from harness.works import Work

MEMORY_STEP = 1_000_000
MEMORY_MARKS = (1_000_000, 5_000_000)


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    work: Work
    rounds: int
    seconds: float
    warm_up_calls: int
    latency_calls: int


@dataclass(frozen=True)
class Sample:
    """What one server did in one round."""

    server: str
    round: int
    calls: int
    calls_per_second: float
    cpu_us_per_call: float
    resident_bytes: int
    answer_bytes: int
    bystanders: float
    latency: Latency


@dataclass(frozen=True)
class PacedSample:
    """What one server did in one round at a given rate; no latency where it did not keep up."""

    server: str
    round: int
    calls_per_second: float
    cpu_us_per_call: float
    bystanders: float
    latency: Paced | None


class Bench:
    """The machine: what was set up on it, and the CPUs of server and load."""

    def __init__(self, places: Places, server_cpu: int, load_cpu: int) -> None:
        self._places = places
        self._server_cpu = server_cpu
        self._load_cpu = load_cpu

    def rounds(
        self, kinds: Sequence[Kind], plan: Plan, tell: Callable[[Sample], None]
    ) -> list[Sample]:
        """Measures every server once a round, each alone, each round beginning with another."""
        samples = []
        for turn, kind in _turns(kinds, plan.rounds):
            samples.append(self._sample(kind, plan, turn))
            tell(samples[-1])
        return samples

    def peak(self, plan: Plan) -> Sample:
        """What the baseline does when calls come as fast as it answers them."""
        return self._sample(KINDS[BASELINE], plan, 0)

    def paced_rounds(
        self,
        kinds: Sequence[Kind],
        plan: Plan,
        calls_per_second: float,
        tell: Callable[[PacedSample], None],
    ) -> list[PacedSample]:
        """As ``rounds``, with calls that come at a given rate."""
        samples = []
        for turn, kind in _turns(kinds, plan.rounds):
            samples.append(self._paced_sample(kind, plan, turn, calls_per_second))
            tell(samples[-1])
        return samples

    def memory(
        self, kind: Kind, plan: Plan, calls: int, tell: Callable[[int, int], None]
    ) -> dict[int, int]:
        """Resident memory after so many calls, 0 standing for the end of the warm-up."""
        grown = {}
        with self._target(kind, plan.work) as (server, target):
            send(target, plan.warm_up_calls)
            done = 0
            while True:
                if done in (0, *MEMORY_MARKS, calls):
                    grown[done] = resident_bytes(server.pid)
                    tell(done, grown[done])
                if done == calls:
                    return grown
                step = min(MEMORY_STEP, calls - done)
                send(target, step)
                done += step

    def _sample(self, kind: Kind, plan: Plan, turn: int) -> Sample:
        with self._target(kind, plan.work) as (server, target):
            warm_rate = send(target, plan.warm_up_calls)
            calls = max(1_000, round(warm_rate * plan.seconds))
            bystanders = Bystanders((self._server_cpu, self._load_cpu))
            before = cpu_seconds(server.pid)
            rate = send(target, calls)
            spent = cpu_seconds(server.pid) - before
            others = bystanders.share(spent)
            return Sample(
                server=kind.name,
                round=turn,
                calls=calls,
                calls_per_second=rate,
                cpu_us_per_call=spent / calls * 1e6,
                resident_bytes=resident_bytes(server.pid),
                answer_bytes=target.answer_bytes,
                bystanders=others,
                latency=send_one_by_one(target, plan.latency_calls),
            )

    def _paced_sample(
        self, kind: Kind, plan: Plan, turn: int, calls_per_second: float
    ) -> PacedSample:
        with self._target(kind, plan.work) as (server, target):
            send(target, plan.warm_up_calls)
            bystanders = Bystanders((self._server_cpu, self._load_cpu))
            before = cpu_seconds(server.pid)
            exhook = self._places.target / EXHOOK
            latency = send_at_rate(target, exhook, calls_per_second, plan.seconds)
            spent = cpu_seconds(server.pid) - before
            return PacedSample(
                server=kind.name,
                round=turn,
                calls_per_second=calls_per_second,
                cpu_us_per_call=spent / latency.calls * 1e6 if latency else 0.0,
                bystanders=bystanders.share(spent),
                latency=latency,
            )

    @contextmanager
    def _target(self, kind: Kind, work: Work) -> Iterator[tuple[Server, Target]]:
        with (
            tempfile.TemporaryDirectory() as folder,
            running(kind, self._places, self._server_cpu) as server,
        ):
            request_file = Path(folder) / "request"
            request_file.write_bytes(work.frame)
            answer_bytes = probe(self._places.python, server.address, work)
            yield (
                server,
                Target(
                    address=server.address,
                    cpu=self._load_cpu,
                    work=work,
                    request_file=request_file,
                    answer_bytes=answer_bytes,
                ),
            )


def _turns(kinds: Sequence[Kind], rounds: int) -> Iterator[tuple[int, Kind]]:
    """Every server once a round, each round beginning with another."""
    for turn in range(rounds):
        first = turn % len(kinds)
        for kind in (*kinds[first:], *kinds[:first]):
            yield turn + 1, kind
