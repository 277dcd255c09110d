"""Runs the tests of the Python package on the oldest and the newest CPython that this machine has.

With EVERY_VERSION=1 on each of them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bindings-python"
VENVS = ROOT / "target" / "venvs"
OLDEST = (3, 10)
# What pytest exits with where tests have failed, and nothing worse.
FAILED_TESTS = 1
VERSION = "import sys; print(sys.implementation.name, *sys.version_info[:2])"


def main() -> int:
    """Tests the one wheel in the folder that is named on the command line."""
    (wheel,) = Path(sys.argv[1]).glob("*.whl")
    failed = []
    newest: Path | None = None
    found = sorted(interpreters().items())
    ends = found if os.environ.get("EVERY_VERSION") else sorted({found[0], found[-1]})
    for version, python in ends:
        name = ".".join(map(str, version))
        venv = environment(name, python, wheel)
        if venv is None:
            print(f"CPython {name} is skipped: it cannot make a virtual environment", flush=True)
            continue
        print(f"CPython {name}", flush=True)
        if not passes(venv):
            failed.append(name)
        newest = venv
    if newest is not None and not conforms(newest):
        failed.append(f"{newest.parents[1].name} (conformance)")
    if failed:
        print(f"failed on CPython {', '.join(failed)}")
    return 1 if failed else 0


def passes(python: Path) -> bool:
    """Whether the tests pass.

    Those that fail are run once more, alone: a machine that stands still for a moment fails tests
    of deadlines. A crash is final.
    """
    pytest = [str(python), "-m", "pytest", "-q"]
    code = subprocess.run(pytest, cwd=PACKAGE, check=False).returncode
    if code == FAILED_TESTS:
        print("once more: those that failed", flush=True)
        again = [*pytest, "--last-failed", "--last-failed-no-failures=none"]
        code = subprocess.run(again, cwd=PACKAGE, check=False).returncode
    return code == 0


def conforms(python: Path) -> bool:
    """Whether the package does what every language does, seen by brokers."""
    runner = shlex.join([str(python), str(PACKAGE / "tests" / "conformance_runner.py")])
    play = [str(ROOT / "target" / "debug" / "exhook-conformance"), "--runner", runner]
    return subprocess.run(play, cwd=ROOT, check=False).returncode == 0


def interpreters() -> dict[tuple[int, int], Path]:
    """Each minor version from the oldest that is supported, and an interpreter of it."""
    candidates = [Path(sys.executable)]
    for folder in map(Path, os.get_exec_path()):
        if folder.is_dir():
            named = (path for path in folder.glob("python3.*") if path.name.count(".") == 1)
            candidates += sorted(path for path in named if re.search(r"\.\d+$", path.name))
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], check=False, capture_output=True, text=True)
        candidates += sorted(Path(root.stdout.strip()).glob("versions/*/bin/python"))
    found: dict[tuple[int, int], Path] = {}
    for candidate in candidates:
        version = version_of(candidate)
        if version is not None and version >= OLDEST:
            found.setdefault(version, candidate)
    return found


def version_of(python: Path) -> tuple[int, int] | None:
    """The version of a CPython; None for anything else, such as a shim without a version."""
    try:
        answer = subprocess.run(
            [python, "-c", VERSION], check=False, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match answer.stdout.split():
        case ["cpython", major, minor]:
            return int(major), int(minor)
        case _:
            return None


def environment(name: str, python: Path, wheel: Path) -> Path | None:
    """The interpreter of a virtual environment with the wheel and what the tests need."""
    venv = VENVS / name
    inner = venv / "bin" / "python"
    if not inner.exists():
        made = subprocess.run([python, "-m", "venv", venv], check=False)
        if made.returncode != 0:
            shutil.rmtree(venv, ignore_errors=True)
            return None
    pip = [str(inner), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", str(PACKAGE / "tests" / "requirements.txt")], check=True)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", str(wheel)], check=True)
    return inner


if __name__ == "__main__":
    sys.exit(main())
