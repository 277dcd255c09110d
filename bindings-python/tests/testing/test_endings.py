"""Ctrl-C, forks and the end of the process while a simulated broker runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from conftest import Program

Run = Callable[..., Program]

HOOKS = """
    import os, sys, threading, time
    from exhook import App, ForkedError
    from exhook.testing import Broker

    app = App(drain_timeout_ms=100, timeout_ms=3_600_000)
    forever = threading.Event()

    @app.on_client_authenticate
    def hang(request):
        print("called", flush=True)
        forever.wait()

    @app.on_client_connected
    def seen(request):
        pass
"""


def test_ctrl_c_ends_a_wait_for_the_program(program: Run) -> None:
    run = program(
        HOOKS
        + """
    began = time.monotonic()
    try:
        with Broker(app, request_timeout=3600) as broker:
            broker.client("c1").connect()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        forever.set()
    print("'pytest' is there" if "pytest" in sys.modules else "no pytest", flush=True)
"""
    )
    run.sees("called")
    run.signal(signal.SIGINT)
    run.sees("interrupted")
    assert run.ends() == 0
    assert "no pytest" in run.output


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_is_refused_and_ends_in_peace(program: Run) -> None:
    run = program(
        HOOKS
        + """
    import gc, warnings
    warnings.simplefilter("ignore")
    with Broker(app, authentication="allow") as broker:
        client = broker.client("c1")
        client.connect()
        child = os.fork()
        if child == 0:
            try:
                client.publish("a")
            except ForkedError as error:
                print(error, flush=True)
            sys.exit(7)
        print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        assert client.publish("a").authorized
    other = Broker("http://127.0.0.1:1", load=False)
    other.start()
    child = os.fork()
    if child == 0:
        del other, broker, client
        gc.collect()
        print("collected", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
    )
    assert run.ends() == 0
    assert "start one after the fork" in run.output
    assert "child 7" in run.output
    assert "collected" in run.output


def test_a_process_ends_while_brokers_wait_on_threads(program: Run) -> None:
    run = program(
        HOOKS
        + """
    broker = Broker(app, request_timeout=3600)
    broker.start()
    for number in range(3):
        client = broker.client(f"c{number}")
        threading.Thread(target=client.connect, daemon=True).start()
"""
    )
    assert run.ends() == 0
    assert "Fatal" not in run.output


def test_unittest_needs_no_pytest(program: Run) -> None:
    run = program(
        HOOKS
        + """
    import unittest

    class Hooks(unittest.TestCase):
        def setUp(self):
            self.broker = Broker(app, authentication="allow")
            self.broker.start()
            self.addCleanup(self.broker.stop)

        def test_seen(self):
            self.assertTrue(self.broker.client("c1").connect().accepted)
            self.broker.wait_until_handled()
            self.broker.assert_called("client.connected", clientid="c1")
            self.assertNotIn("pytest", sys.modules)

    unittest.main()
"""
    )
    assert run.ends() == 0, run.output
    assert "OK" in run.output
