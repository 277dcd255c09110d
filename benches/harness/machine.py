"""What figures depend on: the machine, the commit, and the versions of everything measured."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from harness import ROOT
from harness.servers import Places

NODE_PEERS = ROOT / "benches" / "peers" / "node"
GO_PEER = ROOT / "benches" / "peers" / "grpc_go"
LOCKED = re.compile(r'name = "(tonic|pajamax)"\nversion = "([^"]+)"')
REQUIRED = re.compile(r"google\.golang\.org/grpc v(\S+)")
RELEASE = re.compile(r"\d+(?:\.\d+)+")


def describe_machine() -> dict[str, str]:
    """The machine, without its name."""
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": models[0] if models else platform.machine(),
        "cpus": str(os.cpu_count()),
        "memory_gb": f"{pages / 1e9:.1f}",
        "kernel": platform.release(),
    }


def commit() -> str:
    """The commit, and whether anything was changed since."""
    return output(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"])


def versions(places: Places) -> dict[str, str]:
    """The version of each peer and toolchain that is there."""
    pip = [str(places.python), "-m", "pip", "--disable-pip-version-check", "list", "--format=json"]
    packages = {entry["name"]: entry["version"] for entry in json.loads(output(pip) or "[]")}
    found = {
        "exhook": _first(r'\[workspace\.package\]\nversion = "([^"]+)"', ROOT / "Cargo.toml"),
        **dict(LOCKED.findall((ROOT / "Cargo.lock").read_text())),
        "grpc++": output(["pkg-config", "--modversion", "grpc++"]),
        "grpcio": packages.get("grpcio", ""),
        "uvloop": packages.get("uvloop", ""),
        "protobuf (python)": packages.get("protobuf", ""),
        "@grpc/grpc-js": _npm_version("@grpc/grpc-js"),
        "nice-grpc": _npm_version("nice-grpc"),
        "grpc-go": _first(REQUIRED.pattern, GO_PEER / "go.mod"),
        "rustc": _release(["rustc", "--version"]),
        "cc": _release(["cc", "-dumpfullversion"]),
        "python": _release([str(places.python), "--version"]),
        "node": _release(["node", "--version"]),
        "go": _release(["go", "version"]),
        "h2load": _release(["h2load", "--version"]),
    }
    return {name: version for name, version in found.items() if version}


def output(command: list[str]) -> str:
    """What a command prints, or nothing where it fails or is not there."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _release(command: list[str]) -> str:
    found = RELEASE.search(output(command))
    return found.group() if found else ""


def _npm_version(package: str) -> str:
    file = NODE_PEERS / "node_modules" / package / "package.json"
    return str(json.loads(file.read_text())["version"]) if file.exists() else ""


def _first(pattern: str, file: Path) -> str:
    found = re.search(pattern, file.read_text())
    return found.group(1) if found else ""
