"""The recorded counts, and what is said of counts that differ from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callgrind import Profile
from cases import Case

RECORD = Path(__file__).with_name("counts.json")
# Functions that take less of a call are not recorded.
SMALLEST_SHARE = 0.004
# How far counts of the same code are apart with another compiler.
OTHER_COMPILER = 0.10
GROWN_FUNCTIONS = 15


@dataclass(frozen=True)
class Counts:
    """One case: instructions per call, and which functions have the most of them."""

    ours: int
    total: int
    functions: Mapping[str, int]

    @staticmethod
    def of(case: Case, profile: Profile) -> Counts:
        """What is recorded of a profile."""
        total = profile.total()
        largest = sorted(profile.own.items(), key=lambda item: (-item[1], item[0]))
        functions = {name: round(own) for name, own in largest if own >= SMALLEST_SHARE * total}
        return Counts(round(profile.within(case.ours)), round(total), functions)


@dataclass(frozen=True)
class Record:
    """All cases, and the tool chain that they were counted with."""

    tool_chain: Mapping[str, str]
    cases: Mapping[str, Counts]

    @staticmethod
    def read() -> Record:
        """The committed one; an empty one where there is none."""
        if not RECORD.exists():
            return Record({}, {})
        content: dict[str, Any] = json.loads(RECORD.read_text())
        cases = {name: Counts(**counts) for name, counts in content["cases"].items()}
        return Record(content["tool_chain"], cases)

    def write(self) -> None:
        """Becomes the committed one."""
        cases = {name: vars(counts) for name, counts in self.cases.items()}
        content = {"tool_chain": self.tool_chain, "cases": cases}
        RECORD.write_text(json.dumps(content, indent=2) + "\n")


@dataclass(frozen=True)
class Change:
    """One count beside the recorded one."""

    what: str
    before: int
    now: int
    tolerance: float

    @property
    def share(self) -> float:
        """By how much it has grown."""
        return self.now / self.before - 1 if self.before else 0.0

    @property
    def has_grown(self) -> bool:
        """By more than it may."""
        return self.share > self.tolerance

    @property
    def has_fallen(self) -> bool:
        """So far that growing back would go unnoticed."""
        return self.share < -self.tolerance

    def __str__(self) -> str:
        return f"{self.what} {self.before:,} → {self.now:,} ({self.share:+.1%})"


def changes(
    case: Case, before: Counts, now: Counts, recorded: Mapping[str, str], here: Mapping[str, str]
) -> Iterator[Change]:
    """The counts of a case that are held against the recorded ones."""
    other = OTHER_COMPILER if recorded.get("rustc") != here.get("rustc") else 0.0
    yield Change("ours", before.ours, now.ours, max(case.tolerance, other))
    # Other versions of an interpreter are other programs.
    if case.language in recorded and _minor(recorded[case.language]) != _minor(here[case.language]):
        return
    yield Change("total", before.total, now.total, max(case.total_tolerance, other))


def grown_functions(before: Counts, profile: Profile) -> Iterator[str]:
    """The functions whose own instructions have grown most, a line each."""
    growth = {
        name: own - before.functions.get(name, 0)
        for name, own in profile.own.items()
        # One that is not recorded may have been just below what is.
        if name in before.functions or own >= SMALLEST_SHARE * before.total
    }
    for name in sorted(growth, key=lambda name: -growth[name])[:GROWN_FUNCTIONS]:
        if growth[name] >= 1:
            yield f"{growth[name]:+10,.0f}  to {profile.own[name]:,.0f}  {name}"


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]
