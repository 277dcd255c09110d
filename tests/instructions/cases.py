"""The counted servers: what is built for them, and how each is started."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from harness import ROOT

RELEASE = ROOT / "target" / "release"
STAGE = ROOT / "target" / "instructions"
CORE_SERVER = STAGE / "core-server"
C_SERVER = STAGE / "c-server"
PACKAGE = STAGE / "python" / "exhook"
NODE_MODULE = STAGE / "exhook.node"
BENCHES = ROOT / "benches"


class BuildError(Exception):
    """What is to be counted cannot be built."""


@dataclass(frozen=True)
class Case:
    """A server, and how many calls come to it in one packet."""

    name: str
    language: str
    command: tuple[str, ...]
    # The object file that is made of our code.
    ours: str
    # By what share a count may grow: ours, and all of the process.
    tolerance: float = 0.03
    total_tolerance: float = 0.05
    burst: int = 16

    @property
    def environment(self) -> dict[str, str]:
        """Leaves nothing to chance that can be told."""
        return {
            **os.environ,
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(PACKAGE.parent),
            "EXHOOK_LOG_LEVEL": "error",
            # A busy machine may take its time.
            "EXHOOK_TIMEOUT_MS": "60000",
            "EXHOOK_NATIVE": str(NODE_MODULE),
        }


def _c(mode: str) -> Case:
    return Case(f"c-{mode}", "c", (str(C_SERVER), "--mode", mode), "c-server")


def _python(mode: str, tolerance: float = 0.03) -> Case:
    script = str(BENCHES / "python" / "exhook_server.py")
    command = (sys.executable, script, "--mode", mode)
    return Case(f"python-{mode}", "python", command, "_native", tolerance, total_tolerance=0.15)


def _node(mode: str) -> Case:
    script = str(BENCHES / "node" / "exhook_server.mjs")
    # Without machine code that is written at moments of V8's choosing, by threads of its own.
    command = ("node", "--jitless", "--single-threaded", "--predictable", script, "--mode", mode)
    return Case(f"node-{mode}", "node", command, "exhook.node", total_tolerance=0.15)


CASES = {
    case.name: case
    for case in (
        Case("core", "core", (str(CORE_SERVER),), "core-server"),
        Case("core-alone", "core", (str(CORE_SERVER),), "core-server", burst=1),
        _c("inline"),
        _c("lane"),
        _python("def", tolerance=0.05),
        _python("inline"),
        # How many calls and answers the loop's thread and an I/O thread hand over together varies.
        _python("async", tolerance=0.08),
        _python("async-suspending", tolerance=0.12),
        _node("sync"),
        _node("async"),
    )
}


def build(languages: Collection[str]) -> None:
    """Builds the servers of these languages, with optimisation.

    Those of one command to cargo share their crates, and share them with the wheel of the Python
    package. Node.js would give them other features.
    """
    packages = {"core": "exhook-instructions", "c": "exhook-c", "python": "exhook-python"}
    wanted = [f"-p={packages[name]}" for name in packages if name in languages]
    features = ["--features=exhook-c/mimalloc"] if "c" in languages else []
    if wanted:
        _run("cargo", "build", "--quiet", "--release", *wanted, *features)
    if "node" in languages:
        _run("cargo", "build", "--quiet", "--release", "-p=exhook-node")
    STAGE.mkdir(parents=True, exist_ok=True)
    if "core" in languages:
        _lay(RELEASE / "exhook-instructions", CORE_SERVER)
    if "c" in languages:
        _build_c()
    if "python" in languages:
        _stage_python()
    if "node" in languages:
        _lay(RELEASE / "libexhook_node.so", NODE_MODULE)


def _build_c() -> None:
    options = (
        "-std=c99",
        "-O2",
        "-pthread",
        "-Wl,--strip-debug",
        f"-I{ROOT / 'bindings-c' / 'include'}",
    )
    source = BENCHES / "c" / "exhook_server.c"
    libraries = (str(RELEASE / "libexhook.a"), "-lpthread", "-ldl", "-lrt", "-lm")
    _run(os.environ.get("CC", "cc"), *options, "-o", str(C_SERVER), str(source), *libraries)


def _stage_python() -> None:
    """Lays the package together as it is installed, with links."""
    shutil.rmtree(PACKAGE, ignore_errors=True)
    PACKAGE.mkdir(parents=True)
    for source in (ROOT / "bindings-python" / "python" / "exhook").iterdir():
        if source.name != "__pycache__" and not source.name.startswith("_native"):
            (PACKAGE / source.name).symlink_to(source)
    _lay(RELEASE / "lib_native.so", PACKAGE / "_native.abi3.so")


def _lay(built: Path, place: Path) -> None:
    """Copies without line tables, which valgrind would read for seconds at each start."""
    _run("strip", "--strip-debug", "-o", str(place), str(built))


def tool_chain() -> dict[str, str]:
    """What counts depend on beside our code."""
    return {
        "machine": platform.machine(),
        "rustc": _first_line("rustc", "--version").removeprefix("rustc ").partition(" ")[0],
        "cc": _first_line(os.environ.get("CC", "cc"), "-dumpversion"),
        "python": platform.python_version(),
        "node": _first_line("node", "--version").removeprefix("v"),
    }


def _first_line(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return "none"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or ["unknown"])[0]


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise BuildError(f"{' '.join(command)} failed; what it says is above")
