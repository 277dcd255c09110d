"""The shapes of load, and the cases that are made of works and shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.works import WORKS, Work

CLOSED = re.compile(r"([1-9]\d*)x([1-9]\d*)")


@dataclass(frozen=True)
class Shape:
    """So many connections with so many calls under way on each; at half load, calls at a rate."""

    name: str
    connections: int = 8
    streams: int = 16

    @property
    def is_open(self) -> bool:
        """Whether calls come at a rate, whatever is answered."""
        return self is HALF_LOAD


# Calls at random moments come alone: half of what is answered to calls that do.
HALF_LOAD = Shape("half-load", streams=1)
PEAK = Shape("8x16")
# One call in flight.
ALONE = Shape("1x1", connections=1, streams=1)


@dataclass(frozen=True)
class Case:
    """What is measured of each server."""

    work: Work
    shape: Shape


def shape_of(name: str) -> Shape:
    """The shape of this name; a ``ValueError`` says which there are."""
    if name == HALF_LOAD.name:
        return HALF_LOAD
    if found := CLOSED.fullmatch(name):
        return Shape(name, int(found.group(1)), int(found.group(2)))
    raise ValueError(
        f"no shape is called {name!r}; "
        f"there are {HALF_LOAD.name}, and CONNECTIONSxSTREAMS as in 8x16"
    )


def product(works: Sequence[str], shapes: Sequence[Shape]) -> list[Case]:
    """Every work in every shape."""
    return [Case(WORKS[work], shape) for work in works for shape in shapes]


# The smallest requests first, so that memory which large ones have grown is not in their figures.
FULL = [
    *product(["publish-replace-365"], [PEAK, HALF_LOAD]),
    *product(["authenticate", "notify", "publish-unchanged"], [PEAK]),
    *product(
        ["publish-replace-365"], [ALONE, *(shape_of(name) for name in ("8x1", "24x16", "8x128"))]
    ),
    *product(["publish-replace-8k", "publish-replace-32k"], [PEAK]),
]
QUICK = product(["publish-replace-365", "authenticate"], [PEAK])
