"""Whether the memory of a server grows over millions of calls."""

from __future__ import annotations

from collections.abc import Callable

from harness.kinds import Kind
from harness.load import aimed, send
from harness.processes import resident_bytes
from harness.servers import Places, running
from harness.shapes import PEAK
from harness.works import Work

STEP = 1_000_000
MARKS = (1_000_000, 5_000_000)
WARM_UP_CALLS = 20_000


def growth(
    kind: Kind,
    work: Work,
    calls: int,
    places: Places,
    cpus: tuple[int, int],
    tell: Callable[[int, int], None],
) -> dict[int, int]:
    """Resident memory after so many calls, 0 standing for the end of the warm-up."""
    grown = {}
    server_cpu, load_cpu = cpus
    with (
        running(kind, places, server_cpu) as server,
        aimed(places.python, server.address, load_cpu, work) as target,
    ):
        send(target, WARM_UP_CALLS, PEAK.connections, PEAK.streams)
        done = 0
        while True:
            if done in (0, *MARKS, calls):
                grown[done] = resident_bytes(server.pid)
                tell(done, grown[done])
            if done == calls:
                return grown
            step = min(STEP, calls - done)
            send(target, step, PEAK.connections, PEAK.streams)
            done += step
