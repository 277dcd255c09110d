"""The table of faults in docs/operations.md: what brokers see, the log says and metrics count."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from broker import Broker, eventually
from conftest import Serve, handler_records
from exhook import App

KINDS = ["def", "inline", "async"]
HELD_SECONDS = 60


class Gate:
    """Holds up handlers of any kind until it is opened."""

    def __init__(self) -> None:
        self.held = 0
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def block(self) -> None:
        """Blocks the thread, whatever runs on it."""
        self.held += 1
        assert self._opened.wait(HELD_SECONDS)

    async def wait(self) -> None:
        """Waits without blocking the event loop."""
        self.held += 1
        assert await asyncio.to_thread(self._opened.wait, HELD_SECONDS)


@pytest.fixture
def gate(serve: Serve) -> Iterator[Gate]:
    """A gate that does not outlast the test."""
    gate = Gate()
    yield gate
    gate.open()


def app_with(path: Path, **options: Any) -> App:
    """An app with a decision log in a folder."""
    return App(decision_log=str(path / "decisions"), drain_timeout_ms=100, **options)


def causes(path: Path) -> list[str]:
    """Why each call was decided as it was, in the decision log of an app."""
    lines = (path / "decisions").read_text().splitlines()
    return [json.loads(line)["cause"] for line in lines]


def failures(app: App, hook: str = "client.authenticate") -> dict[str, int]:
    """The calls of a hook that user code gave no usable answer to, by cause."""
    (counted,) = [each for each in app.metrics()["hooks"] if each["hook"] == hook]
    return {cause: count for cause, count in counted["failures"].items() if count}


def late(app: App) -> int:
    return sum(hook["late"] for hook in app.metrics()["hooks"])


def register(app: App, kind: str, hook: str, handle: Callable[[Any], Any]) -> None:
    """Registers a function as a handler of a kind."""

    async def handle_on_loop(request: Any) -> Any:
        return handle(request)

    handler = handle_on_loop if kind == "async" else handle
    app._register(hook, handler, inline=kind == "inline")


def authenticate_at(gate: Gate, app: App, kind: str, clientid: str | None = None) -> None:
    """Lets everybody in, but has a client, or all of them, wait at the gate."""

    async def wait(request: Any) -> bool:
        if clientid in (None, request.clientid):
            await gate.wait()
        return True

    def block(request: Any) -> bool:
        if clientid in (None, request.clientid):
            gate.block()
        return True

    if kind == "async":
        app.on_client_authenticate(wait)
    else:
        app.on_client_authenticate(inline=kind == "inline")(block)


@pytest.mark.parametrize("kind", KINDS)
def test_a_handler_that_hangs_is_answered_for_and_may_answer_late(
    serve: Serve, gate: Gate, tmp_path: Path, kind: str
) -> None:
    app = app_with(tmp_path, timeout_ms=1_000)

    authenticate_at(gate, app, kind, "hangs")
    broker = serve(app)
    assert broker.authenticate("hangs") == "deny"
    assert gate.held == 1
    assert failures(app) == {"deadline": 1}
    assert late(app) == 0
    eventually(lambda: causes(tmp_path) == ["deadline"])
    gate.open()
    eventually(lambda: late(app) == 1)
    assert broker.authenticate("c1") == "allow"
    eventually(lambda: causes(tmp_path) == ["deadline", "handler"])


@pytest.mark.parametrize("kind", ["async", "inline"])
def test_a_handler_that_blocks_where_others_run_holds_up_only_those(
    serve: Serve, gate: Gate, tmp_path: Path, kind: str
) -> None:
    app = app_with(tmp_path, timeout_ms=1_000)
    other = {"async": "inline", "inline": "async"}[kind]

    def handle(request: Any) -> bool:
        if request.clientid == "blocks":
            gate.block()
        return True

    register(app, kind, "client_authenticate", handle)
    register(app, other, "client_authorize", handle)
    register(app, "def", "message_ingress", handle)
    broker = serve(app)
    blocks = broker.send("OnClientAuthenticate", clientinfo={"clientid": "blocks"})
    eventually(lambda: gate.held)
    assert broker.authorize() == "allow"
    assert broker.call("OnMessageIngress", message={"topic": "a"}).bool_result
    assert broker.authenticate("beside") == "deny"
    assert not blocks.result().bool_result
    assert failures(app) == {"deadline": 2}
    eventually(lambda: causes(tmp_path).count("deadline") == 2)
    gate.open()
    assert eventually(lambda: broker.authenticate() == "allow")
    assert sorted(set(causes(tmp_path))) == ["deadline", "handler"]


def test_all_threads_held_hold_up_only_what_needs_them(
    serve: Serve, gate: Gate, tmp_path: Path
) -> None:
    app = app_with(tmp_path, timeout_ms=1_000, threads=2)

    def handle(request: Any) -> bool:
        if request.clientid.startswith("blocks"):
            gate.block()
        return True

    register(app, "def", "client_authenticate", handle)
    register(app, "async", "client_authorize", handle)
    broker = serve(app)

    def send(*clients: str) -> list[Any]:
        return [broker.send("OnClientAuthenticate", clientinfo={"clientid": c}) for c in clients]

    calls = send("blocks-1", "blocks-2")
    eventually(lambda: gate.held == 2)
    calls += send("c1", "c2")
    assert broker.authorize() == "allow"
    assert [call.result().bool_result for call in calls] == [False] * 4
    assert failures(app) == {"deadline": 4}
    gate.open()
    assert broker.authenticate() == "allow"
    eventually(lambda: causes(tmp_path).count("deadline") == 4)
    assert app.metrics()["inflight"] == 0


def test_calls_that_are_never_answered_fall_back_and_their_memory_returns(
    serve: Serve, tmp_path: Path
) -> None:
    app = app_with(tmp_path, timeout_ms=500)
    lost: list[asyncio.Future[Any]] = []
    kept: list[Any] = []
    loops: list[asyncio.AbstractEventLoop] = []

    @app.on_message_publish
    async def lose(request: Any) -> None:
        loops.append(asyncio.get_running_loop())
        lost.append(loops[0].create_future())
        kept.append(request)
        await lost[-1]

    broker = serve(app)
    payload = bytes(256 * 1024)

    def lose_calls(count: int) -> int:
        """Loses calls, then lets go of them; the most memory there was, in KiB."""
        calls = [
            broker.send("OnMessagePublish", message={"topic": "a", "payload": payload})
            for _ in range(count)
        ]
        for call in calls:
            assert call.result().WhichOneof("value") is None
        assert len(lost) > 0
        eventually(lambda: app.metrics()["inflight"] == 0)
        for future in lost:
            loops[0].call_soon_threadsafe(future.cancel)
        lost.clear()
        kept.clear()
        assert app._life is not None
        service = app._life.service
        assert service is not None
        eventually(lambda: not service.is_busy())
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = lose_calls(40)
    after = [lose_calls(40) for _ in range(9)][-1]
    assert after - before < 40 * 1024, "of the 100 MiB that all calls take"
    assert failures(app, "message.publish") == {"deadline": 400}
    eventually(lambda: causes(tmp_path) == ["deadline"] * 400)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("rubbish", "cause", "words"),
    [
        (lambda request: "x" * 10_000_000, "bad_answer", "returned a str"),
        (lambda request: object(), "bad_answer", "returned an object"),
        (lambda request: [True], "bad_answer", "returned a list"),
        (lambda request: request, "bad_answer", "returned a MessagePublishRequest"),
        (lambda request: request.message.replace(topic="a/#"), "exception", "a/#"),
        (lambda request: request.message.replace(topic="x" * 10_000_000), "exception", "65535"),
        (lambda request: request.message.replace(qos=3), "exception", "qos"),
        (lambda request: request.message.replace(topic="\ud800"), "exception", "surrogates"),
        (lambda request: request.message.replace(payload=5), "exception", "TypeError"),
    ],
    ids=["str", "object", "list", "request", "wildcard", "long", "qos", "surrogate", "int"],
)
def test_rubbish_falls_back(
    serve: Serve,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    kind: str,
    rubbish: Callable[[Any], Any],
    cause: str,
    words: str,
) -> None:
    app = app_with(tmp_path)
    register(app, kind, "message_publish", rubbish)
    assert serve(app).publish() == "ignore"
    (record,) = handler_records(caplog)
    assert record.levelno == logging.ERROR
    assert words in caplog.text
    assert len(caplog.text) < 10_000
    assert failures(app, "message.publish") == {cause: 1}
    eventually(lambda: causes(tmp_path) == [cause])


@pytest.mark.parametrize("kind", KINDS)
def test_more_calls_than_may_run_fall_back_at_once(
    serve: Serve, gate: Gate, caplog: pytest.LogCaptureFixture, tmp_path: Path, kind: str
) -> None:
    app = app_with(tmp_path, max_inflight=2)

    authenticate_at(gate, app, kind)
    broker = serve(app)
    running = [broker.send("OnClientAuthenticate") for _ in range(2)]
    eventually(lambda: app.metrics()["inflight"] == 2)
    assert [broker.authenticate() for _ in range(3)] == ["deny"] * 3
    assert failures(app) == {"overload": 3}
    gate.open()
    assert [call.result().bool_result for call in running] == [True, True]
    eventually(lambda: "raise max_inflight" in caplog.text)
    eventually(lambda: sorted(causes(tmp_path)) == ["handler"] * 2 + ["overload"] * 3)


def test_notifications_above_the_inbox_are_answered_and_dropped(
    serve: Serve, gate: Gate, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    app = app_with(tmp_path, inbox_capacity=1, timeout_ms=200, threads=1)

    @app.on_client_connected
    def connected(request: Any) -> None:
        gate.block()

    broker = serve(app)
    for number in range(4):
        broker.notify(clientid=f"c{number}")
    (hook,) = app.metrics()["hooks"]
    assert (hook["calls"], hook["dropped"]) == (4, 3)
    eventually(lambda: "raise inbox_capacity" in caplog.text)
    gate.open()
    eventually(lambda: app.metrics()["inbox_depth"] == 0)
    assert gate.held == 1


def test_a_broker_that_vanishes_leaves_nothing_behind(
    serve: Serve, gate: Gate, tmp_path: Path
) -> None:
    app = app_with(tmp_path)

    @app.on_client_authenticate
    def wait(request: Any) -> bool:
        if request.clientid == "vanishes":
            gate.block()
        return True

    other = serve(app)
    vanishing = Broker(app.address)
    call = vanishing.send("OnClientAuthenticate", clientinfo={"clientid": "vanishes"})
    eventually(lambda: gate.held)
    vanishing.close()
    assert call.exception() is not None
    eventually(lambda: app.metrics()["inflight"] == 0)
    assert other.authenticate() == "allow"
    gate.open()
    assert other.authenticate() == "allow"
    assert failures(app) == {}
    eventually(lambda: causes(tmp_path) == ["handler"] * 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), SystemExit(1)], ids=repr)
def test_log_handlers_that_raise_cost_records_and_no_answers(
    serve: Serve, capfd: pytest.CaptureFixture[str], kind: str, error: BaseException
) -> None:
    class Full(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise error

    app = App()

    def handle(request: Any) -> Any:
        if request.clientid == "bad":
            raise ValueError("broken")
        return "rubbish" if request.clientid == "rubbish" else True

    register(app, kind, "client_authenticate", handle)
    logger = logging.getLogger("exhook")
    full = Full()
    logger.addHandler(full)
    try:
        broker = serve(app, "v2")
        for _ in range(3):
            for clientid in ("bad", "rubbish"):
                assert broker.authenticate(clientid) == "deny"
        assert broker.authenticate() == "allow"
        assert failures(app) == {"exception": 3, "bad_answer": 3}
        lost: list[str] = []

        def all_lost() -> bool:
            lost.append(capfd.readouterr().err)
            # Of each kind the first is told; the others are left out.
            return "".join(lost).count("a log record is lost") >= 2

        eventually(all_lost)
    finally:
        logger.removeHandler(full)
    assert str(error) in "".join(lost)


def test_the_thread_of_the_log_outlives_a_log_handler_that_raises(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "exhook")

    class Once(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logger.removeHandler(self)
            raise OSError(28, "No space left on device")

    logger = logging.getLogger("exhook.server")
    logger.addHandler(Once())
    app = App()
    app.on_client_authenticate(lambda request: True)
    assert serve(app).authenticate() == "allow"
    eventually(lambda: not logger.handlers)
    app.stop()
    eventually(lambda: "stopped" in caplog.text)
    assert failures(app) == {}
