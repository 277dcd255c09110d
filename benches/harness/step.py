"""One step of the set-up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from harness import ROOT, BenchError


def step(
    command: list[str],
    remedy: str = "",
    folder: Path = ROOT,
    variables: Mapping[str, str] | None = None,
) -> None:
    """Runs a command whose output matters only when it fails."""
    print("$", " ".join(command), file=sys.stderr, flush=True)
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | (variables or {}),
        check=False,
    )
    if done.returncode != 0:
        tail = "\n  ".join(done.stdout.strip().splitlines()[-20:])
        raise BenchError(f"that failed:\n  {tail}" + (f"\n{remedy}" if remedy else ""))


@contextmanager
def is_fresh(stamp: Path, sources: Collection[Path]) -> Iterator[bool]:
    """Whether what was made last is newer than its sources; if not, its making is the body."""
    newest = max(
        file.stat().st_mtime
        for source in sources
        for file in (source, *source.rglob("*"))
        if "__pycache__" not in file.parts
    )
    fresh = stamp.exists() and stamp.stat().st_mtime > newest
    yield fresh
    if not fresh:
        stamp.touch()
