#!/usr/bin/env python3
"""Where a server's time goes on a publish, by perf: python3 benches/profile.py BINARY..."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from harness import BenchError
from harness.kinds import Kind
from harness.perf import print_table, recorded
from harness.prepare import check_machine, places_of, target_directory

WARM_UP_CALLS = 20_000
CALLS = 600_000

# The first that a symbol matches is its part.
PARTS = {
    "kernel": r"^\[k\]",
    "memory": r"malloc|free|mi_|mem(move|cpy|set)|__rust_|drop_in_place|raw_vec|drop_slow",
    "protobuf": r"prost::|wire::|::decode$|from_utf8|btree|encod|_serde|PatchedMessage",
    "HTTP/2": r"h2::|http2::|http::|hyper|hpack|tokio_util|Bytes|bytes::|hashbrown|slab|indexmap",
    "calls": r"dispatch|call::|service::|server::|metrics|app::|tonic|tower",
}
REST = "runtime and others"
SYMBOL = re.compile(r"^\s*([\d.]+)%\s+(\[.\] .*?)\s*$")


def spent(binary: Path, cpus: tuple[int, int]) -> dict[str, float]:
    """The CPU time of a call in each part, in µs."""
    kind = Kind(binary.name, "Rust", binary=binary.name)
    with tempfile.TemporaryDirectory() as folder:
        places = replace(places_of(target_directory()), target=binary.parent, logs=Path(folder))
        with recorded(kind, places, cpus, (WARM_UP_CALLS, CALLS)) as recording:
            told = recording.told("report", "--sort", "sym", "--stdio")
    parts: dict[str, float] = defaultdict(float)
    for line in told.splitlines():
        if found := SYMBOL.match(line):
            parts[part_of(found[2])] += float(found[1])
    each = recording.cpu_us_per_call / sum(parts.values())
    return {name: share * each for name, share in parts.items()}


def part_of(symbol: str) -> str:
    """The part that a function belongs to."""
    return next((name for name, pattern in PARTS.items() if re.search(pattern, symbol)), REST)


def main() -> int:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", nargs="+", type=Path, metavar="BINARY")
    cpus = check_machine()
    try:
        binaries = parser.parse_args().binaries
        columns = [spent(path, cpus) for path in binaries]
    except (BenchError, subprocess.CalledProcessError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print_table([path.name for path in binaries], [*PARTS, REST], columns)
    return 0


if __name__ == "__main__":
    sys.exit(main())
