#!/usr/bin/env python3
"""Where our Node.js servers' time goes on a publish, by perf: python3 benches/profile_node.py."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from harness import BenchError
from harness.kinds import KINDS, Kind
from harness.perf import print_table, recorded
from harness.prepare import check_machine, places_of, target_directory

MODES = ("exhook-node-sync", "exhook-node-async", "exhook-node-async-suspending")
WARM_UP_CALLS = 60_000
CALLS = int(os.environ.get("CALLS", "600000"))

CORE, KERNEL = "core, on its own threads", "kernel, on the event loop"
NATIVE, OURS, HANDLER = "native module, and copies", "exhook's JavaScript", "the handler"
CONTEXTS, PROMISES = "Node.js: async contexts", "V8: promises and microtasks"
COLLECTION, REST = "V8: garbage collection", "Node.js and V8, the rest"
PARTS = (CORE, KERNEL, NATIVE, OURS, HANDLER, CONTEXTS, PROMISES, COLLECTION, REST)
# The first of these that a frame matches, from the innermost on, says whose the sample is.
FRAMES = (
    (COLLECTION, re.compile(r"Scaveng|MarkCompact|GarbageCollect|IterateRoots|IterateObjectCache")),
    # It keeps no frame pointers, so the callers of what it calls are unknown.
    (NATIVE, re.compile(r"\.node\)$|^__mem(move|set)_|\[unknown\]")),
    (CONTEXTS, re.compile(r"\bnode:(internal/)?async_hooks|node::AsyncWrap")),
    (PROMISES, re.compile(r"^Builtins_\w*(Promise|AsyncFunction|Await|Microtask)")),
    (HANDLER, re.compile(r"exhook_server\.mjs")),
    (OURS, re.compile(r"bindings-node/lib/")),
    (REST, re.compile(r"\bnode:")),
)
ADDRESS = re.compile(r"^\s*[0-9a-f]+ ")


def spent(kind: Kind, cpus: tuple[int, int]) -> dict[str, float]:
    """The CPU time of a call in each part, in µs."""
    with tempfile.TemporaryDirectory() as folder:
        places = replace(places_of(target_directory()), logs=Path(folder))
        with recorded(kind, places, cpus, (WARM_UP_CALLS, CALLS), ["-g"]) as recording:
            told = recording.told("script", "--no-inline", "-F", "comm,ip,sym,dso")
        for left in (
            Path(f"/tmp/perf-{recording.pid}.map"),
            *Path().glob(f"isolate-*-{recording.pid}-v8.log"),
        ):
            left.unlink(missing_ok=True)
    counts = Counter(part_of(sample) for sample in told.split("\n\n") if sample.strip())
    if not counts:
        raise BenchError("perf has seen nothing: more CALLS take longer")
    each = recording.cpu_us_per_call / counts.total()
    return {part: count * each for part, count in counts.items()}


def part_of(sample: str) -> str:
    """The part that a sample of perf belongs to: a thread, and the frames from the innermost on."""
    thread, *frames = (ADDRESS.sub("", line) for line in sample.strip("\n").splitlines())
    if not thread.startswith("node"):
        return CORE
    if frames and "[kernel.kallsyms]" in frames[0]:
        return KERNEL
    for frame in frames:
        for part, pattern in FRAMES:
            if pattern.search(frame):
                return part
    return REST


def main() -> int:
    """Prints a table."""
    # perf learns from these what V8 has compiled.
    os.environ["NODE_OPTIONS"] = "--perf-basic-prof --interpreted-frames-native-stack"
    cpus = check_machine()
    try:
        columns = [spent(KINDS[mode], cpus) for mode in MODES]
    except (BenchError, subprocess.CalledProcessError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print_table([mode.split("-", 2)[2] for mode in MODES], PARTS, columns)
    return 0


if __name__ == "__main__":
    sys.exit(main())
