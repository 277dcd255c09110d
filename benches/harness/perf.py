"""A server under ``perf`` while it answers publishes, to tell where its time goes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.kinds import Kind
from harness.load import aimed, send
from harness.processes import cpu_seconds
from harness.servers import Places, running
from harness.shapes import PEAK
from harness.works import WORKS

WORK = WORKS["publish-replace-365"]
FREQUENCY = "2000"


@dataclass(frozen=True)
class Recording:
    """What ``perf`` has written while calls were made."""

    file: Path
    pid: int
    cpu_us_per_call: float

    def told(self, command: str, *options: str) -> str:
        """What a command of perf tells about it."""
        perf = ["perf", command, "-i", str(self.file), *options]
        return subprocess.run(perf, capture_output=True, text=True, check=True).stdout


@contextmanager
def recorded(
    kind: Kind,
    places: Places,
    cpus: tuple[int, int],
    calls: tuple[int, int],
    options: Sequence[str] = (),
) -> Iterator[Recording]:
    """Records a server on the first CPU; the first of the calls only warm it up."""
    warm_up, counted = calls
    with (
        running(kind, places, cpus[0]) as server,
        aimed(places.python, server.address, cpus[1], WORK) as target,
    ):
        file = target.request_file.with_name("perf.data")
        send(target, warm_up, PEAK.connections, PEAK.streams)
        before = cpu_seconds(server.pid)
        command = ["perf", "record", "-q", "-F", FREQUENCY, "-e", "cpu-clock", *options]
        with subprocess.Popen([*command, "-p", str(server.pid), "-o", str(file)]) as perf:
            send(target, counted, PEAK.connections, PEAK.streams)
            spent = cpu_seconds(server.pid) - before
            perf.terminate()
        yield Recording(file, server.pid, spent / counted * 1e6)


def print_table(
    head: Sequence[str], parts: Sequence[str], columns: Sequence[dict[str, float]]
) -> None:
    """Prints µs of CPU per call of each part, a column for each server."""
    print("| µs of CPU per call |", " | ".join(head), "|")
    print("|---|" + "---:|" * len(head))
    for part in parts:
        print(f"| {part} |", " | ".join(f"{by.get(part, 0):.2f}" for by in columns), "|")
    print("| all |", " | ".join(f"{sum(by.values()):.2f}" for by in columns), "|")
