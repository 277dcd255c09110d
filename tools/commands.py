"""Runs the commands that tests are made of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, **environment: str) -> str:
    """What a command prints; the test fails with all of it when the command fails."""
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}")
    return done.stdout


def install_c(*arguments: str | Path) -> str:
    """Installs the C library that was built for tests, or removes it."""
    return run(sys.executable, ROOT / "tools" / "install_c.py", "--profile=dev", *arguments)
