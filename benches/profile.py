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
from harness.load import aimed, send
from harness.prepare import check_machine, places_of, target_directory
from harness.processes import cpu_seconds
from harness.servers import running
from harness.works import WORKS

WORK = WORKS["publish-replace-365"]
CONNECTIONS, STREAMS = 8, 16
WARM_UP_CALLS = 20_000
CALLS = 600_000
FREQUENCY = "2000"

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


def shares(binary: Path, cpu: int, load_cpu: int) -> tuple[float, dict[str, float]]:
    """The CPU time of a call in µs, and the share of each part."""
    kind = Kind(binary.name, "Rust", binary=binary.name)
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "perf.data"
        places = replace(places_of(target_directory()), target=binary.parent, logs=Path(folder))
        with (
            running(kind, places, cpu) as server,
            aimed(places.python, server.address, load_cpu, WORK) as target,
        ):
            send(target, WARM_UP_CALLS, CONNECTIONS, STREAMS)
            before = cpu_seconds(server.pid)
            command = ["perf", "record", "-q", "-F", FREQUENCY, "-e", "cpu-clock"]
            with subprocess.Popen([*command, "-p", str(server.pid), "-o", str(record)]) as perf:
                send(target, CALLS, CONNECTIONS, STREAMS)
                spent = cpu_seconds(server.pid) - before
                perf.terminate()
        report = ["perf", "report", "-i", str(record), "--sort", "sym", "--stdio"]
        told = subprocess.run(report, capture_output=True, text=True, check=True)
    parts: dict[str, float] = defaultdict(float)
    for line in told.stdout.splitlines():
        if found := SYMBOL.match(line):
            parts[part_of(found[2])] += float(found[1])
    total = sum(parts.values())
    return spent / CALLS * 1e6, {name: share / total for name, share in parts.items()}


def part_of(symbol: str) -> str:
    """The part that a function belongs to."""
    return next((name for name, pattern in PARTS.items() if re.search(pattern, symbol)), REST)


def main() -> int:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", nargs="+", type=Path, metavar="BINARY")
    cpus = check_machine()
    try:
        measured = {path: shares(path, *cpus) for path in parser.parse_args().binaries}
    except (BenchError, subprocess.CalledProcessError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("| µs of CPU per call |", " | ".join(path.name for path in measured), "|")
    print("|---|" + "---:|" * len(measured))
    for part in [*PARTS, REST]:
        row = (f"{took * by.get(part, 0):.2f}" for took, by in measured.values())
        print(f"| {part} |", " | ".join(row), "|")
    print("| all |", " | ".join(f"{took:.2f}" for took, _ in measured.values()), "|")
    return 0


if __name__ == "__main__":
    sys.exit(main())
