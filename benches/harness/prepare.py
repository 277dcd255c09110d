"""The set-up: tools are there, binaries are built, the venv holds the Python servers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness import ROOT, BenchError, native
from harness.kinds import C_BINARY, CPP_BINARY, GO_BINARY, Kind
from harness.machine import NODE_PEERS
from harness.measure import EXHOOK
from harness.servers import Places
from harness.step import is_fresh, step

TOOLS = {
    "h2load": "install the Debian package nghttp2-client",
    "taskset": "install the Debian package util-linux",
    "cargo": "install Rust with rustup",
}
REQUIREMENTS = ROOT / "benches" / "peers" / "python" / "requirements.txt"
# What our Python package is made of.
PYTHON_SOURCES = [
    *(ROOT / name for name in ("Cargo.toml", "Cargo.lock", "build.rs", "proto")),
    *(ROOT / name / "src" for name in ("core", "cli", "bindings-python")),
    *(ROOT / "bindings-python" / name for name in ("python", "pyproject.toml", "Cargo.toml")),
]


@dataclass
class Prepared:
    """What can be measured, and why the rest cannot."""

    places: Places
    kinds: list[Kind]
    skipped: dict[str, str] = field(default_factory=dict)


def check_machine() -> tuple[int, int]:
    """Checks that the tools are there, and returns the CPUs for server and load."""
    if sys.platform != "linux":
        raise BenchError("the measurement reads /proc and pins processes: it needs Linux")
    for tool, remedy in TOOLS.items():
        if shutil.which(tool) is None:
            raise BenchError(f"{tool} is missing: {remedy}")
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise BenchError("one CPU is not enough: server and load need one each; give it two")
    return cpus[0], cpus[1]


def places_of(target: Path) -> Places:
    """Where everything is that is built or installed in the folder ``target``."""
    return Places(
        target=target,
        python=target / "bench-venv" / "bin" / "python",
        generated=target / "bench-generated",
        logs=target / "bench-logs",
    )


def prepare(kinds: Sequence[Kind], build: bool, may_skip: bool) -> Prepared:
    """Builds and installs what ``kinds`` need, or with ``build`` off takes what is there.

    With ``may_skip`` a peer that cannot be had is left out; ours never is.
    """
    target = target_directory()
    places = places_of(target)
    places.logs.mkdir(parents=True, exist_ok=True)
    if build:
        _build_rust(kinds)
        # The probe that checks answers is one of them.
        _install_python_peers(places)
    _require([places.python, target / EXHOOK])
    prepared = Prepared(places, [])
    tried: dict[str, str] = {}
    for kind in kinds:
        if (reason := tried.get(_part(kind))) is None:
            try:
                if build:
                    _build(kind, places)
                _require(_needed(kind, places))
            except BenchError as error:
                if kind.is_ours or not may_skip:
                    raise
                reason = str(error)
            tried[_part(kind)] = reason or ""
        if reason:
            prepared.skipped[kind.name] = reason
        else:
            prepared.kinds.append(kind)
    return prepared


def target_directory() -> Path:
    """Where cargo puts what it builds."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return Path(json.loads(done.stdout)["target_directory"])
    except (ValueError, KeyError):
        raise BenchError("cargo metadata fails in the repository; run it to see why") from None


def _part(kind: Kind) -> str:
    """What is built at once, and so for the first of its kinds only."""
    return kind.binary or f"{kind.is_ours} {Path(kind.script).parent}"


def _build(kind: Kind, places: Places) -> None:
    builds: dict[str, Callable[[Path], None]] = {
        CPP_BINARY: native.build_cpp,
        f"{CPP_BINARY}-default": native.build_cpp,
        C_BINARY: native.build_c,
    }
    if native_build := builds.get(kind.binary):
        native_build(places.target / kind.binary)
    elif kind.binary == GO_BINARY:
        native.build_go(places.target / kind.binary, places.python)
    elif kind.is_python and kind.is_ours:
        with is_fresh(places.target / "bench-venv" / "exhook-installed", PYTHON_SOURCES) as fresh:
            if not fresh:
                _pip(places, str(ROOT / "bindings-python"))
    elif kind.is_node:
        _build_node(kind)


def _needed(kind: Kind, places: Places) -> list[Path]:
    if kind.binary:
        return [places.target / kind.binary]
    return [NODE_PEERS / "node_modules"] if kind.is_node and not kind.is_ours else []


def _require(paths: Collection[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise BenchError(f"{path} is missing: run once without --no-build")


def _build_rust(kinds: Sequence[Kind]) -> None:
    names = [Path(EXHOOK).name, *(Path(kind.binary).name for kind in kinds if kind.is_rust)]
    packages = ["exhook-benches", "exhook-bench-pajamax", "exhook-cli"]
    options = [option for name in packages for option in ("-p", name)]
    options += [option for name in dict.fromkeys(names) for option in ("--bin", name)]
    step(["cargo", "build", "--release", *options])


def _install_python_peers(places: Places) -> None:
    proto = ROOT / "proto" / "exhook_v3.proto"
    venv = places.python.parents[1]
    if not places.python.exists():
        step([sys.executable, "-m", "venv", str(venv)], "Debian: install python3-venv")
    with is_fresh(places.generated / "made", [REQUIREMENTS, proto]) as fresh:
        if fresh:
            return
        _pip(places, "-r", str(REQUIREMENTS))
        places.generated.mkdir(exist_ok=True)
        outputs = [f"--{kind}_out={places.generated}" for kind in ("python", "grpc_python")]
        protoc = [str(places.python), "-m", "grpc_tools.protoc", f"-I{proto.parent}"]
        step([*protoc, *outputs, proto.name])


def _build_node(kind: Kind) -> None:
    if shutil.which("npm") is None:
        raise BenchError("npm is missing: install Node.js 18 or newer")
    if kind.is_ours:
        step(["node", str(ROOT / "bindings-node" / "scripts" / "build.js")])
        return
    made = NODE_PEERS / "node_modules" / ".bench-installed"
    with is_fresh(made, [NODE_PEERS / "package-lock.json"]) as fresh:
        if not fresh:
            step(["npm", "ci", "--ignore-scripts", "--no-audit", "--prefix", str(NODE_PEERS)])


def _pip(places: Places, *arguments: str) -> None:
    pip = [str(places.python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    step([*pip, "install", *arguments])
