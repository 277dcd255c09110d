"""The results: medians over the rounds, as benches/results.json has them."""

from __future__ import annotations

import datetime
import json
import os
import statistics
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.kinds import BASELINE, KINDS
from harness.measure import Failure, Plan, Sample
from harness.shapes import HALF_LOAD

MB = 1e6
# Share of one CPU beyond which other processes have surely moved the figures.
DISTURBED = 0.15

# A case as it stands in the file.
Entry = dict[str, Any]


@dataclass
class Results:
    """What was measured until now, and of what."""

    machine: dict[str, str]
    commit: str
    versions: dict[str, str]
    plan: Plan
    skipped: dict[str, str]
    samples: list[Sample] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def add(self, measured: Sample | Failure) -> None:
        """Takes what one server did in one case and round."""
        if isinstance(measured, Sample):
            self.samples.append(measured)
        else:
            self.failures.append(measured)

    def entries(self) -> list[Entry]:
        """A case of every server, work and shape, in the order in which they are listed."""
        groups: dict[tuple[str, str, str], list[Sample]] = {}
        for sample in self.samples:
            groups.setdefault((sample.work, sample.shape, sample.server), []).append(sample)
        ordered = {name: number for number, name in enumerate(KINDS)}
        cases = {(work, shape): None for work, shape, _ in groups}
        return [
            self._entry(server, work, shape, groups[work, shape, server])
            for work, shape in cases
            for server in sorted(ordered, key=ordered.__getitem__)
            if (work, shape, server) in groups
        ]

    def disturbance(self) -> str:
        """A warning if other processes were busy on the measured CPUs, else nothing."""
        worst = max((sample.bystanders for sample in self.samples), default=0.0)
        if worst <= DISTURBED:
            return ""
        return (
            f"other processes took up to {worst:.0%} of a CPU from the measurement: "
            "repeat it on an idle machine before quoting it"
        )

    def write(self, path: Path) -> None:
        """Writes the file as a whole, so that an interruption leaves the one before."""
        content = {
            "cases": self.entries(),
            "machine": self.machine,
            "commit": self.commit,
            "versions": self.versions,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "rounds": self.plan.rounds,
            "seconds": self.plan.seconds,
            "skipped": self.skipped,
            # The lines behind the first name places of this machine.
            "failures": [
                asdict(failure) | {"reason": failure.reason.partition("\n")[0]}
                for failure in self.failures
            ],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(json.dumps(content, indent=2) + "\n")
        draft.replace(path)

    def _entry(self, server: str, work: str, shape: str, own: Collection[Sample]) -> Entry:
        def median(value: Callable[[Sample], float], digits: int) -> float:
            return round(statistics.median(value(sample) for sample in own), digits)

        cpu = [sample.cpu_us_per_call for sample in own]
        peer = KINDS[server].peer or BASELINE
        late = [
            sample.latency.sent_late_p99_ms
            for sample in own
            if sample.latency.sent_late_p99_ms is not None
        ]
        return {
            "server": server,
            "work": work,
            "shape": shape,
            "cpu_us_per_call": median(lambda sample: sample.cpu_us_per_call, 3),
            "req_per_s": median(lambda sample: sample.calls_per_second, 1),
            "p50_ms": median(lambda sample: sample.latency.p50_ms, 3),
            "p99_ms": median(lambda sample: sample.latency.p99_ms, 3),
            "p999_ms": median(lambda sample: sample.latency.p999_ms, 3),
            "rss_mb": median(lambda sample: sample.resident_bytes / MB, 1),
            "cpu_us_range": [round(min(cpu), 3), round(max(cpu), 3)],
            "ratio_to_tonic": self._ratio(work, shape, server, BASELINE),
            "ratio_to_peer": self._ratio(work, shape, server, peer),
            "peer": peer,
            "rate": median(lambda sample: sample.calls_per_second, 1)
            if shape == HALF_LOAD.name
            else None,
            "sent_late_p99_ms": round(statistics.median(late), 3) if late else None,
            "others": round(max(sample.bystanders for sample in own), 3),
            "rounds": len(own),
        }

    def _ratio(self, work: str, shape: str, server: str, peer: str) -> float | None:
        """The median of the ratios of CPU time per call, each within one round."""
        cpu = {
            (sample.server, sample.round): sample.cpu_us_per_call
            for sample in self.samples
            if (sample.work, sample.shape) == (work, shape)
        }
        ratios = [
            mine / cpu[peer, turn]
            for (name, turn), mine in cpu.items()
            if name == server and (peer, turn) in cpu
        ]
        return round(statistics.median(ratios), 3) if ratios else None
