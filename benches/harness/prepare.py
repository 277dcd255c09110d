"""The set-up: tools are there, binaries are built, the venv holds the Python servers."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from harness import ROOT, BenchError, native
from harness.servers import C_BINARY, CPP_BINARY, EXHOOK, Kind, Places
from harness.step import step

TOOLS = {
    "h2load": "install the Debian package nghttp2-client",
    "taskset": "install the Debian package util-linux",
    "cargo": "install Rust with rustup",
}

GRPC_JS = ROOT / "benches" / "peers" / "grpc_js"


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


def prepare(kinds: Sequence[Kind], build: bool, paced: bool = False) -> Places:
    """Builds and installs what ``kinds`` need, or with ``build`` off takes what is there.

    With ``paced`` also what makes calls at a given rate.
    """
    binaries = {kind.binary for kind in kinds if kind.binary} | ({EXHOOK} if paced else set())
    target = target_directory()
    venv = target / "bench-venv"
    places = Places(
        target=target,
        python=venv / "bin" / "python",
        generated=target / "bench-generated",
        logs=target / "bench-logs",
    )
    places.logs.mkdir(parents=True, exist_ok=True)
    if build:
        _build_rust(binaries)
        if any(binary.startswith(CPP_BINARY) for binary in binaries):
            native.build_cpp(target / CPP_BINARY)
        if C_BINARY in binaries:
            native.build_c(target / C_BINARY)
        # The probe that checks answers is one of them.
        _install_python_peers(venv, places)
        if any(kind.is_python and kind.needs_package for kind in kinds):
            _pip(places, str(ROOT / "bindings-python"))
        if any(kind.is_node for kind in kinds):
            _prepare_node(kinds)
    needed = [target / binary for binary in sorted(binaries)]
    if any(kind.is_node and not kind.needs_package for kind in kinds):
        needed.append(GRPC_JS / "node_modules")
    missing = [path for path in (places.python, *needed) if not path.exists()]
    if missing:
        raise BenchError(f"{missing[0]} is missing: run once without --no-build")
    return places


def describe_machine() -> dict[str, str]:
    """What figures depend on, without naming the machine."""
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cpus": str(os.cpu_count()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "node": _output(["node", "--version"]).removeprefix("v"),
        "rustc": _output(["rustc", "--version"]).removeprefix("rustc "),
        "h2load": _output(["h2load", "--version"]).removeprefix("h2load "),
        "commit": _output(["git", "describe", "--always", "--dirty"]),
    }


def target_directory() -> Path:
    """Where cargo puts what it builds."""
    metadata = _output(["cargo", "metadata", "--no-deps", "--format-version", "1"])
    try:
        return Path(json.loads(metadata)["target_directory"])
    except (ValueError, KeyError):
        raise BenchError("cargo metadata fails in the repository; run it to see why") from None


def _build_rust(binaries: Collection[str]) -> None:
    names = [Path(binary).name for binary in sorted(binaries) if binary.startswith("release/")]
    if names:
        options = [option for name in names for option in ("--bin", name)]
        step(["cargo", "build", "--release", "-p", "exhook-benches", "-p", "exhook-cli", *options])


def _install_python_peers(venv: Path, places: Places) -> None:
    if not places.python.exists():
        step([sys.executable, "-m", "venv", str(venv)], "Debian: install python3-venv")
    _pip(places, "-r", str(ROOT / "benches" / "peers" / "requirements.txt"))
    places.generated.mkdir(exist_ok=True)
    outputs = [f"--{kind}_out={places.generated}" for kind in ("python", "grpc_python")]
    protoc = [str(places.python), "-m", "grpc_tools.protoc", f"-I{ROOT / 'proto'}"]
    step([*protoc, *outputs, "exhook_v3.proto"])


def _prepare_node(kinds: Sequence[Kind]) -> None:
    if shutil.which("npm") is None:
        raise BenchError("npm is missing: install Node.js 18 or newer")
    if any(kind.is_node and not kind.needs_package for kind in kinds):
        step(["npm", "ci", "--prefix", str(GRPC_JS)])
    if any(kind.is_node and kind.needs_package for kind in kinds):
        step(["node", str(ROOT / "bindings-node" / "scripts" / "build.js")])


def _pip(places: Places, *arguments: str) -> None:
    pip = [str(places.python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    step([*pip, "install", *arguments])


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "none"
    return done.stdout.strip()
