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
from harness.load import aimed, send
from harness.prepare import check_machine, places_of, target_directory
from harness.processes import cpu_seconds
from harness.servers import running
from harness.works import WORKS

WORK = WORKS["publish-replace-365"]
CONNECTIONS, STREAMS = 8, 16
MODES = ("exhook-node-sync", "exhook-node-async", "exhook-node-async-suspending")
WARM_UP_CALLS = 60_000
CALLS = int(os.environ.get("CALLS", "600000"))
FREQUENCY = "2000"

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


def shares(kind: Kind, cpu: int, load_cpu: int) -> tuple[float, dict[str, float]]:
    """The CPU time of a call in µs, and the share of each part."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "perf.data"
        places = replace(places_of(target_directory()), logs=Path(folder))
        with (
            running(kind, places, cpu) as server,
            aimed(places.python, server.address, load_cpu, WORK) as target,
        ):
            send(target, WARM_UP_CALLS, CONNECTIONS, STREAMS)
            before = cpu_seconds(server.pid)
            command = ["perf", "record", "-q", "-g", "-F", FREQUENCY, "-e", "cpu-clock"]
            with subprocess.Popen([*command, "-p", str(server.pid), "-o", str(record)]) as perf:
                send(target, CALLS, CONNECTIONS, STREAMS)
                spent = cpu_seconds(server.pid) - before
                perf.terminate()
        script = ["perf", "script", "-i", str(record), "--no-inline", "-F", "comm,ip,sym,dso"]
        told = subprocess.run(script, capture_output=True, text=True, check=True)
        for left in (
            Path(f"/tmp/perf-{server.pid}.map"),
            *Path().glob(f"isolate-*-{server.pid}-v8.log"),
        ):
            left.unlink(missing_ok=True)
    counts = Counter(part_of(sample) for sample in told.stdout.split("\n\n") if sample.strip())
    if not counts:
        raise BenchError("perf has seen nothing: more CALLS take longer")
    return spent / CALLS * 1e6, {part: counts[part] / counts.total() for part in PARTS}


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
        measured = [shares(KINDS[mode], *cpus) for mode in MODES]
    except (BenchError, subprocess.CalledProcessError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("| µs of CPU per call |", " | ".join(mode.split("-", 2)[2] for mode in MODES), "|")
    print("|---|" + "---:|" * len(MODES))
    for part in PARTS:
        print(f"| {part} |", " | ".join(f"{took * by[part]:.2f}" for took, by in measured), "|")
    print("| all |", " | ".join(f"{took:.2f}" for took, _ in measured), "|")
    return 0


if __name__ == "__main__":
    sys.exit(main())
