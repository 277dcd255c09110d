"""One step of the set-up."""

from __future__ import annotations

import subprocess
import sys

from harness import ROOT, BenchError


def step(command: list[str], remedy: str = "") -> None:
    """Runs a command whose output matters only when it fails."""
    print("$", " ".join(command), file=sys.stderr)
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        tail = "\n  ".join(done.stdout.strip().splitlines()[-20:])
        raise BenchError(f"that failed:\n  {tail}" + (f"\n{remedy}" if remedy else ""))
