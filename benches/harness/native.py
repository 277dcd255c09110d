"""What C and C++ compilers build: the C++ peer, and our C server with its library."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import ROOT, BenchError
from harness.step import step

GRPC_CPP = ROOT / "benches" / "peers" / "grpc_cpp"
GRPC_CPP_TOOLS = {
    "make": "make",
    "g++": "g++",
    "pkg-config": "pkg-config",
    "protoc": "protobuf-compiler",
    "grpc_cpp_plugin": "protobuf-compiler-grpc",
}
# To be linked, so for the compiler to find.
GRPC_CPP_FILES = {"libgrpc++.a": "libgrpc++-dev", "libjemalloc.so.2": "libjemalloc2"}

C_SOURCE = ROOT / "benches" / "c" / "exhook_server.c"
INCLUDE = ROOT / "bindings-c" / "include"
PROFILE = os.environ.get("PROFILE", "dist")
ABI_VERSION = re.compile(r"^#define EXHOOK_ABI_VERSION (\d+)$", re.MULTILINE)


def build_cpp(server: Path) -> None:
    """Builds the C++ peer and the code generated for it into the folder of ``server``."""
    missing = [package for tool, package in GRPC_CPP_TOOLS.items() if shutil.which(tool) is None]
    if "g++" not in missing:
        missing += [package for file, package in GRPC_CPP_FILES.items() if not _is_linkable(file)]
    if missing:
        raise BenchError(
            f"grpc-cpp cannot be built: install the Debian packages {' '.join(missing)}, "
            "or leave it out of --servers"
        )
    step(["make", "--directory", str(GRPC_CPP), f"OUT={server.parent}", "CXX=g++"])


def build_c(server: Path) -> None:
    """Builds our C server and the library, which it finds in the folder of ``server``."""
    if shutil.which("cc") is None:
        raise BenchError("cc is missing: install the Debian package gcc")
    # As `make install` builds it.
    cargo = ["cargo", "rustc", f"--profile={PROFILE}", "-p", "exhook-c", "--crate-type", "cdylib"]
    step([*cargo, "--features", "mimalloc"])
    library = server.parents[1] / PROFILE / "libexhook.so"
    server.parent.mkdir(exist_ok=True)
    # The name in the library, which programs look for.
    link = server.parent / f"libexhook.so.{_abi_version()}"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(library, link.parent))
    command = ["cc", "-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"]
    command += [f"-I{INCLUDE}", "-o", str(server), str(C_SOURCE)]
    step([*command, str(library), "-Wl,-rpath,$ORIGIN"])


def _is_linkable(file: str) -> bool:
    """Whether the compiler knows where this library is: it repeats the name where it does not."""
    command = ["g++", f"-print-file-name={file}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() != file


def _abi_version() -> str:
    header = INCLUDE / "exhook.h"
    if found := ABI_VERSION.search(header.read_text()):
        return found.group(1)
    raise BenchError(f"{header} has no EXHOOK_ABI_VERSION: run `make gen`")
