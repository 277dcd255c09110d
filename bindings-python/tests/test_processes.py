"""Signals, the end of the interpreter, and forks, each in a process of its own."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from broker import Broker
from conftest import Program

Run = Callable[..., Program]

STUCK = """
    import asyncio, os, threading, time
    from exhook import App

    app = App(drain_timeout_ms=300)
    calls = 0

    def called():
        global calls
        calls += 1
        print("called", flush=True)

    @app.on_client_authenticate
    def hang(request):
        called()
        time.sleep(100)

    @app.on_client_authorize
    async def hang_later(request):
        called()
        await asyncio.sleep(100)

    @app.on_message_publish
    async def block_the_loop(request):
        called()
        time.sleep(100)

    @app.on_client_connected(inline=True)
    def spin(request):
        called()
        while True:
            pass

    def banner():
        print(f"serves on {app.address} (pid 0)", flush=True)
"""


def call_stuck(broker: Broker, *rpcs: str) -> list[Any]:
    """Begins calls that are in flight for as long as the broker and what is returned live."""
    return [broker.send(rpc) for rpc in rpcs]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_drains_and_ends_with_zero(program: Run, number: int) -> None:
    run = program(
        """
        import asyncio, signal, threading, time
        from exhook import App

        app = App()

        @app.on_client_authenticate
        def slow(request):
            print("called", flush=True)
            time.sleep(0.3)
            return True

        @app.on_client_authorize
        async def slow_async(request):
            print("called", flush=True)
            await asyncio.sleep(0.3)
            return True

        app.on_shutdown(lambda: print("down", threading.current_thread().name, flush=True))
        before = signal.getsignal(signal.SIGINT)
        app.run("127.0.0.1:0")
        assert signal.getsignal(signal.SIGINT) is before
        print("restored", flush=True)
        """
    )
    broker = Broker(run.address())
    calls = call_stuck(broker, "OnClientAuthenticate", "OnClientAuthorize")
    run.sees("called", 2)
    run.signal(number)
    assert all(call.result().bool_result for call in calls)
    assert run.ends() == 0
    assert "down MainThread" in run.output
    assert "restored" in run.output


@pytest.mark.parametrize("rpc", ["OnClientAuthenticate", "OnMessagePublish"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_at_once(program: Run, number: int, rpc: str) -> None:
    run = program(STUCK.replace("=300", "=60_000") + "\n    app.run('127.0.0.1:0')")
    broker = Broker(run.address())
    calls = call_stuck(broker, rpc)
    run.sees("called")
    run.signal(number)
    time.sleep(0.2)  # Two signals sent at once would be merged by the system.
    assert run.process.poll() is None
    run.signal(number)
    assert run.ends(30) == 128 + number
    assert not any(call.cancelled() for call in calls)


def test_a_signal_while_starting_up_gives_up(program: Run) -> None:
    run = program(
        """
        import asyncio
        from exhook import App

        app = App()

        @app.on_startup
        async def hang():
            print("starting", flush=True)
            await asyncio.sleep(100)

        app.run("127.0.0.1:0")
        print("ended", flush=True)
        """
    )
    run.sees("starting")
    run.signal(signal.SIGTERM)
    assert run.ends() == 0
    assert "ended" in run.output


@pytest.mark.parametrize(
    "rpcs",
    [
        ["OnClientAuthenticate", "OnClientAuthorize"],
        ["OnClientAuthenticate", "OnMessagePublish"],
        ["OnClientConnected"],
    ],
)
def test_the_interpreter_ends_with_calls_in_flight(program: Run, rpcs: list[str]) -> None:
    run = program(
        STUCK
        + """
    app.start("127.0.0.1:0")
    banner()
    while calls < int(os.environ["CALLS"]):
        time.sleep(0.01)
    """,
        CALLS=str(len(rpcs)),
    )
    broker = Broker(run.address())
    in_flight = call_stuck(broker, *rpcs)
    run.sees("called", len(rpcs))
    assert run.ends() == 0, run.output
    assert "Fatal" not in run.output, run.output
    assert "Traceback" not in run.output, run.output
    assert not any(call.cancelled() for call in in_flight)


def test_the_interpreter_ends_while_idle_or_quick(program: Run) -> None:
    run = program(
        """
        from exhook import App

        apps = [App() for _ in range(3)]
        for app in apps:
            app.on_client_authenticate(lambda request: True)
            app.on_shutdown(lambda: print("down", flush=True))
            app.start("127.0.0.1:0")
        """
    )
    assert run.ends() == 0
    assert run.output.count("down") == 3


def test_a_daemon_thread_that_runs_does_not_hold_up_the_end(program: Run) -> None:
    run = program(
        """
        import threading, time
        from exhook import App

        app = App()
        app.on_client_authenticate(lambda request: True)
        app.on_shutdown(lambda: print("down", flush=True))
        threading.Thread(target=app.run, args=("127.0.0.1:0",), daemon=True).start()
        while app._life is None or app._life.service is None:
            time.sleep(0.01)
        """
    )
    assert run.ends() == 0
    assert "down" in run.output


def test_an_exception_in_the_main_program_ends_it(program: Run) -> None:
    run = program(STUCK + "\n    app.start('127.0.0.1:0')\n    raise SystemExit(7)")
    assert run.ends() == 7


def test_a_forked_child_is_told_and_ends_cleanly(program: Run) -> None:
    run = program(
        """
        import os, time, warnings
        from exhook import App, ForkedError

        warnings.simplefilter("ignore")
        app = App()
        app.on_client_authenticate(lambda request: True)

        @app.on_client_authorize
        async def authorize(request):
            return True

        app.on_shutdown(lambda: print("down", os.getpid() == parent, flush=True))
        parent = os.getpid()
        app.start("127.0.0.1:0")
        child = os.fork()
        if child == 0:
            for use in (app.stop, app.metrics, app.start, lambda: app.address):
                try:
                    use()
                except ForkedError as error:
                    assert error.code == "FORKED"
                    print("forked", flush=True)
            other = App()
            other.on_client_authenticate(lambda request: False)
            other.start("127.0.0.1:0")
            other.stop()
            print("other", flush=True)
            raise SystemExit(0)
        begun = time.monotonic()
        print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        assert time.monotonic() - begun < 60
        print(f"serves on {app.address} (pid 0)", flush=True)
        time.sleep(1)
        """
    )
    broker = Broker(run.address())
    assert [broker.authenticate(), broker.authorize()] == ["allow", "allow"]
    assert run.ends() == 0
    assert run.output.count("forked") == 4
    assert "child 0" in run.output
    assert "other" in run.output
    assert run.output.count("down True") == 1
    assert "down False" not in run.output
