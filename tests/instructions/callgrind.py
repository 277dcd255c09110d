"""What callgrind has counted: instructions per function, its own and with what it calls."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

# The name that callgrind gives to the second level of a recursion.
RECURSION = re.compile(r"'\d+\s*$")
# Differs from build to build.
RUST_HASH = re.compile(r"::h[0-9a-f]{16}$|\[[0-9a-f]{8,16}\]")


@dataclass
class Profile:
    """Instructions by object file, and by function."""

    objects: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    own: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    inclusive: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    # How often a function is called, and by which: under both names.
    calls: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def per_call(self, fewer: Profile, calls: int) -> Profile:
        """What one call costs, from this run and one with ``calls`` calls less."""
        result = Profile()
        for name in ("objects", "own", "inclusive", "calls"):
            into, more, less = (getattr(profile, name) for profile in (result, self, fewer))
            for key in more.keys() | less.keys():
                into[key] = (more.get(key, 0) - less.get(key, 0)) / calls
        return result

    def callers(self, name: str) -> list[tuple[float, str]]:
        """How often a function is called, and by which others, the most frequent first."""
        found = [(times, by) for (callee, by), times in self.calls.items() if callee == name]
        return sorted(found, reverse=True)

    def total(self) -> float:
        """All instructions of the process."""
        return sum(self.objects.values())

    def within(self, objects: str) -> float:
        """The instructions of the object files whose names match this pattern."""
        return sum(cost for name, cost in self.objects.items() if re.match(objects, name))


def read(path: Path) -> Profile:
    """Reads a dump with whole names and no lines (``--compress-strings=no --dump-line=no``)."""
    profile = Profile()
    place = name = callee = ""
    is_first_level = called = False
    with path.open(errors="replace") as lines:
        for line in lines:
            if line.startswith("ob="):
                place = Path(line[3:].strip()).name
            elif line.startswith("fn="):
                name = _plain(line[3:])
                is_first_level = RECURSION.search(line) is None
            elif line.startswith("cfn="):
                callee = _plain(line[4:])
            elif line.startswith("calls="):
                called = True
                profile.calls[callee, name] += int(line[6:].split()[0])
            elif line[0].isdigit():
                cost = int(line.split()[1])
                if not called:
                    profile.objects[place] += cost
                    profile.own[name] += cost
                if is_first_level:
                    profile.inclusive[name] += cost
                called = False
    return profile


def _plain(name: str) -> str:
    """A name that the next build has too."""
    return RUST_HASH.sub("", RECURSION.sub("", name).strip())
