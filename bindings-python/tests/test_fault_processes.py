"""The rows of the table of faults in docs/operations.md that take a process of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from broker import Broker, eventually, free_port
from conftest import Program

Run = Callable[..., Program]

# On one version as long as a broker's patience lasts several times, on the others quickly.
HELD_SECONDS, TIMEOUT_MS = (30, 4_000) if sys.version_info[:2] == (3, 11) else (3, 1_000)

HOOKS = """
    import asyncio, ctypes, logging, os, sys, threading, time
    from exhook import App

    app = App()

    @app.on_client_authenticate
    def authenticate(request):
        act(request)
        return True

    @app.on_client_authorize
    async def authorize(request):
        act(request)
        return True

    @app.on_message_ingress(inline=True)
    def ingress(request):
        act(request)
        return True
"""
RPCS = {
    "def": "OnClientAuthenticate",
    "async": "OnClientAuthorize",
    "inline": "OnMessageIngress",
}
SERVE = "\n    app.run('127.0.0.1:0')\n"


def ask(broker: Broker, kind: str, clientid: str = "c1", timeout: float = 60) -> Any:
    """Begins a call that a handler of a kind is to answer."""
    if kind == "inline":
        message = {"from": clientid, "topic": "a", "node": "emqx@127.0.0.1"}
        return broker.send(RPCS[kind], timeout, message=message)
    return broker.send(RPCS[kind], timeout, clientinfo={"clientid": clientid})


def allowed(broker: Broker) -> list[bool]:
    """Whether handlers of each kind answer."""
    return [ask(broker, kind).result().bool_result for kind in RPCS]


def metrics_of(run: Program) -> str:
    """Returns where a program serves its metrics."""
    run.sees("/metrics")
    url = re.search(r"http://127\.0\.0\.1:\d+/metrics", run.output)
    assert url, run.output
    return url[0]


def counted(url: str, metric: str, **labels: str) -> float:
    """Returns the sum of a metric over what has these labels."""
    total = 0.0
    with urllib.request.urlopen(url, timeout=60) as response:
        text = str(response.read().decode())
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        wanted = (f'{label}="{text}"' in name for label, text in labels.items())
        if name.partition("{")[0] == metric and all(wanted):
            total += float(value)
    return total


def causes(path: Path) -> list[str]:
    """Why each call was decided as it was, in a decision log."""
    return [json.loads(line)["cause"] for line in path.read_text().splitlines()]


@pytest.mark.parametrize("kind", RPCS)
def test_an_abort_in_a_handler_closes_the_connections(program: Run, kind: str) -> None:
    run = program(
        HOOKS
        + """
    def act(request):
        print("called", flush=True)
        if request.clientid == "aborts":
            os.abort()
        time.sleep(100)
    """
        + SERVE,
        EXHOOK_TIMEOUT_MS="60000",
    )
    broker = Broker(run.address())
    waits = ask(broker, "async" if kind != "async" else "def", timeout=60)
    run.sees("called")
    aborts = ask(broker, kind, "aborts", timeout=60)
    for call in (waits, aborts):
        assert call.exception().code() is grpc.StatusCode.UNAVAILABLE
    assert run.ends() == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in run.output
    assert "in act" in run.output


def test_while_the_gil_is_held_every_call_gets_its_fallback(program: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "release")
    run = program(
        HOOKS
        + """
    release = os.open("release", os.O_RDWR)

    def act(request):
        if request.clientid == "holds":
            print("held", flush=True)
            # Called without letting go of the interpreter's lock.
            ctypes.PyDLL(None).read(release, ctypes.create_string_buffer(1), 1)
            print("let go", flush=True)
    """
        + SERVE,
        EXHOOK_ADMIN="127.0.0.1:0",
        EXHOOK_DECISION_LOG=str(tmp_path / "decisions"),
        EXHOOK_TIMEOUT_MS=str(TIMEOUT_MS),
    )
    broker = Broker(run.address())
    assert allowed(broker) == [True] * 3
    calls = [ask(broker, "def", "holds")]
    run.sees("held")
    until = time.monotonic() + HELD_SECONDS
    while time.monotonic() < until:
        calls += [ask(broker, kind) for kind in RPCS]
        time.sleep(0.1)
    assert [call.result().bool_result for call in calls] == [False] * len(calls)
    assert counted(metrics_of(run), "exhook_failures_total", cause="deadline") == len(calls)
    eventually(lambda: causes(tmp_path / "decisions").count("deadline") == len(calls))
    (tmp_path / "release").write_bytes(b"!")
    run.sees("let go")
    assert allowed(broker) == [True] * 3
    assert counted(metrics_of(run), "exhook_inflight") == 0
    run.signal(signal.SIGTERM)
    assert run.ends() == 0


@pytest.mark.parametrize("log", ["", "text", "json:/dev/full"])
def test_a_full_disk_for_logs_and_decisions_costs_lines_and_no_answers(
    program: Run, log: str
) -> None:
    port = free_port()
    run = program(
        """
    import os
    os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
    """
        + HOOKS
        + """
    def act(request):
        if request.clientid == "bad":
            raise ValueError("broken")

    class Kept(logging.Handler):
        def emit(self, record):
            os.write(1, record.getMessage().encode() + b"\\n")

    logging.basicConfig(format="%(message)s")
    logging.getLogger().addHandler(Kept())

    def tell():
        while app._life is None or app._life.service is None:
            time.sleep(0.01)
        os.write(1, f"serves on {app.address} (pid 0)\\n".encode())

    threading.Thread(target=tell, daemon=True).start()
    """
        + SERVE,
        EXHOOK_ADMIN=str(port),
        EXHOOK_DECISION_LOG="/dev/full",
        EXHOOK_LOG=log,
    )
    url = f"http://127.0.0.1:{port}/metrics"
    broker = Broker(run.address())
    for _ in range(3):
        assert allowed(broker) == [True] * 3
        for kind in RPCS:
            assert not ask(broker, kind, "bad").result().bool_result
    eventually(lambda: counted(url, "exhook_decisions_lost_total") == 18)
    assert counted(url, "exhook_failures_total", cause="exception") == 9
    if not log:
        run.sees("decision_log cannot be written")
    # Once for each of three handlers; the others are left out.
    run.sees("raised ValueError", 3)
    run.signal(signal.SIGTERM)
    assert run.ends() == 0


def test_without_file_descriptors_open_connections_go_on_and_new_ones_wait(program: Run) -> None:
    run = program(
        HOOKS
        + """
    import resource
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
    opened = []

    def act(request):
        if request.clientid == "exhausts":
            try:
                while True:
                    opened.append(os.open("/dev/null", os.O_RDONLY))
            except OSError as error:
                print(error, flush=True)
        if request.clientid == "frees":
            while opened:
                os.close(opened.pop())
    """
        + SERVE,
        EXHOOK_ADMIN="127.0.0.1:0",
    )
    broker = Broker(run.address())
    counted(metrics_of(run), "exhook_connections")
    assert ask(broker, "def", "exhausts").result().bool_result
    run.sees("Too many open files")
    late = Broker(run.address())
    waits = ask(late, "def", timeout=60)
    run.sees("connections cannot be accepted; check the limit of open files")
    assert allowed(broker) == [True] * 3
    assert not waits.done()
    assert ask(broker, "async", "frees").result().bool_result
    assert waits.result().bool_result
    assert allowed(late) == [True] * 3
    assert counted(metrics_of(run), "exhook_failures_total") == 0
    assert counted(metrics_of(run), "exhook_connections") == 2
    run.signal(signal.SIGTERM)
    assert run.ends() == 0


@pytest.mark.parametrize("kind", RPCS)
@pytest.mark.parametrize("end", ["return", "raise", "exit"])
def test_a_child_that_a_handler_forks_neither_answers_nor_hangs(
    program: Run, tmp_path: Path, kind: str, end: str
) -> None:
    run = program(
        HOOKS
        + f"""
    import warnings
    warnings.simplefilter("ignore")
    parent = os.getpid()

    def act(request):
        if request.clientid != "forks":
            return
        child = os.fork()
        if child == 0:
            if "{end}" == "return":
                return
            if "{end}" == "exit":
                os._exit(0)
            raise SystemExit(3)
        time.sleep(0.3)
        assert os.getpid() == parent
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print("child has ended with", status, flush=True)
    """
        + SERVE,
        EXHOOK_ADMIN="127.0.0.1:0",
        EXHOOK_DECISION_LOG=str(tmp_path / "decisions"),
    )
    broker = Broker(run.address())
    assert allowed(broker) == [True] * 3
    assert ask(broker, kind, "forks").result().bool_result
    run.sees(f"child has ended with {3 if end == 'raise' else 0}")
    assert allowed(broker) == [True] * 3
    assert counted(metrics_of(run), "exhook_calls_total") == 7
    assert counted(metrics_of(run), "exhook_failures_total") == 0
    run.signal(signal.SIGTERM)
    assert run.ends() == 0
    assert causes(tmp_path / "decisions") == ["handler"] * 7
