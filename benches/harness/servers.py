"""The servers: how each is started, and that each is ended."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness import ROOT, BenchError
from harness.kinds import Kind

HOST = "127.0.0.1"
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 8.0
GREETING = "listening on "


@dataclass(frozen=True)
class Places:
    """Where the set-up put things."""

    target: Path
    python: Path
    generated: Path
    logs: Path


@dataclass(frozen=True)
class Server:
    """A server that listens."""

    pid: int
    address: str


@contextmanager
def running(kind: Kind, places: Places, cpu: int) -> Iterator[Server]:
    """Starts a server of this kind on ``cpu``, and ends it whatever happens."""
    bind = f"{HOST}:{0 if kind.announces else _free_port()}"
    address = ["--bind", bind] if kind.takes_options else [bind]
    command = [*_program(kind, places), *kind.arguments, *address]
    log = places.logs / f"{kind.name}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            ["taskset", "-c", str(cpu), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if kind.announces else errors,
            stderr=errors,
            env=os.environ | {"PYTHONPATH": str(places.generated)},
            start_new_session=True,
        )
    try:
        yield Server(process.pid, _address(process, kind, bind, log))
    except BenchError as error:
        raise BenchError(f"{kind.name}: {error}\n  its output is in {log}") from error
    finally:
        _end(process)


def _program(kind: Kind, places: Places) -> list[str]:
    if kind.binary:
        return [str(places.target / kind.binary)]
    runtime = str(places.python) if kind.is_python else "node"
    return [runtime, str(ROOT / "benches" / kind.script)]


def _address(process: subprocess.Popen[bytes], kind: Kind, bind: str, log: Path) -> str:
    """Waits until the server listens, and returns where."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            tail = log.read_text(errors="replace").strip().splitlines()[-12:]
            raise BenchError(
                f"it ended with status {process.returncode} before it listened:\n  "
                + "\n  ".join(tail)
            )
        if kind.announces:
            if address := _announced(process):
                return address
        elif _accepts(bind):
            return bind
        else:
            time.sleep(0.05)
    raise BenchError(f"it does not listen after {START_TIMEOUT_S:.0f} seconds")


def _announced(process: subprocess.Popen[bytes]) -> str:
    """The address in the server's greeting, if that has come within a moment."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], 0.1)[0]:
        return ""
    line = process.stdout.readline().decode(errors="replace")
    return line.removeprefix(GREETING).strip() if line.startswith(GREETING) else ""


def _accepts(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks the server and its children to end, then makes them."""
    try:
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(STOP_TIMEOUT_S)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()
