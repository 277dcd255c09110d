"""What other compilers build: our C server with its library, the C++ peer and the Go peer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import ROOT, BenchError
from harness.machine import GO_PEER
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

GO_PLUGINS = (
    "google.golang.org/protobuf/cmd/protoc-gen-go",
    "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
)
GO_MODULE = "exhook-bench-go"
# Takes the toolchain that is there, or says that it is too old.
GO_VARIABLES = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod -buildvcs=false"}

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


def build_go(server: Path, python: Path) -> None:
    """Builds the Go peer in the folder of ``server``, with code that ``python`` generates there."""
    if shutil.which("go") is None:
        raise BenchError("grpc-go cannot be built: install Go, or leave it out of --servers")
    folder = server.parent
    folder.mkdir(exist_ok=True)
    for source in GO_PEER.iterdir():
        shutil.copy(source, folder)
    remedy = "grpc-go needs the Go that go.mod names, and Go's module proxy"
    step(["go", "build", "-o", "bin/", *GO_PLUGINS], remedy, folder, GO_VARIABLES)
    command = [str(python), "-m", "grpc_tools.protoc", f"-I{ROOT / 'proto'}"]
    for plugin in ("go", "go-grpc"):
        command += [f"--plugin=protoc-gen-{plugin}=bin/protoc-gen-{plugin}", f"--{plugin}_out=."]
        command += [f"--{plugin}_opt=module={GO_MODULE}"]
        command += [f"--{plugin}_opt=Mexhook_v3.proto={GO_MODULE}/exhookv3"]
    step([*command, "exhook_v3.proto"], folder=folder)
    step(["go", "build", "-o", server.name, "."], remedy, folder, GO_VARIABLES)


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
