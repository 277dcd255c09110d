"""Servers on an address that is known before, on any CPUs, with options in the environment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness import ROOT
from harness.kinds import Kind
from harness.servers import HOST, Places

STOP_TIMEOUT_S = 8.0


@dataclass(frozen=True)
class Start:
    """How a server is started; ``{bind}`` stands for its address."""

    name: str
    command: Sequence[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT


def start_of(kind: Kind, places: Places, **variables: str) -> Start:
    """How a server of this kind is started."""
    if kind.binary:
        program = [str(places.target / kind.binary)]
    else:
        runtime = str(places.python) if kind.is_python else "node"
        program = [runtime, str(ROOT / "benches" / kind.script)]
    bind = ["--bind", "{bind}"] if kind.takes_options else ["{bind}"]
    generated = {"PYTHONPATH": f"{places.generated}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    return Start(kind.name, [*program, *kind.arguments, *bind], generated | variables)


def start_of_workers(places: Places, workers: int) -> Start:
    """How ``exhook run`` is started with so many workers."""
    run = [str(places.python), "-m", "exhook", "run", "busy:app", "--workers", str(workers)]
    folder = ROOT / "benches" / "python"
    return Start(f"workers {workers}", [*run, "--bind", "{bind}", "--no-banner"], folder=folder)


@contextmanager
def started(start: Start, cpus: str, logs: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Starts a server, which need not listen yet, and ends it: its process and its address."""
    bind = f"{HOST}:{free_port()}"
    command = [word.replace("{bind}", bind) for word in start.command]
    with (logs / f"{start.name.replace(' ', '-')}.log").open("wb") as log:
        process = subprocess.Popen(
            ["taskset", "-c", cpus, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=start.folder,
            env=os.environ | start.variables,
            start_new_session=True,
        )
    try:
        yield process, bind
    finally:
        # The process alone: workers are its own affair, and a second signal would cut them off.
        with suppress(subprocess.TimeoutExpired):
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_TIMEOUT_S)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """A port that nobody listened on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
