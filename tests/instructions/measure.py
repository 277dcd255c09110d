"""Counts one case: a server under callgrind, called in bursts."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import callgrind
from burst_client import BurstClient, CallError
from cases import STAGE, Case
from harness import BenchError
from harness.servers import HOST
from harness.works import WORKS

WORK = WORKS["publish-replace-365"]
# So many bursts in two runs: what they differ by is no start, no end and no first time.
FEWER, MORE = 30, 130
CALLGRIND = (
    "valgrind",
    "--tool=callgrind",
    "--quiet",
    # Threads take turns, rather than run as the machine has it.
    "--fair-sched=yes",
    "--compress-strings=no",
    "--compress-pos=no",
    "--dump-line=no",
)
STOP_TIMEOUT_S = 60.0


class CountError(Exception):
    """A case that could not be counted."""


def count(case: Case) -> callgrind.Profile:
    """What one call costs."""
    few, many = (callgrind.read(_run(case, bursts)) for bursts in (FEWER, MORE))
    return many.per_call(few, (MORE - FEWER) * case.burst)


def _run(case: Case, bursts: int) -> Path:
    """Lets a server answer so many bursts; returns what callgrind has written."""
    out = STAGE / f"{case.name}-{bursts}.callgrind"
    out.unlink(missing_ok=True)
    log = out.with_suffix(".log")
    port = _free_port()
    command = (*CALLGRIND, f"--callgrind-out-file={out}", *case.command)
    with log.open("wb") as output:
        server = subprocess.Popen(
            (*command, "--bind", f"{HOST}:{port}"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=case.environment,
        )
    try:
        with BurstClient(server, port, WORK) as client:
            for _ in range(bursts):
                client.burst(case.burst)
        # No server has a handler for it, and callgrind writes its counts.
        server.send_signal(signal.SIGALRM)
        server.wait(STOP_TIMEOUT_S)
    except (CallError, BenchError, OSError, subprocess.TimeoutExpired) as error:
        raise CountError(f"{case.name}: {error}; its output is in {log}") from error
    finally:
        server.kill()
        server.wait()
    if not out.exists():
        raise CountError(f"{case.name}: valgrind has written no counts; its output is in {log}")
    return out


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
