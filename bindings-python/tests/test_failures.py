"""What happens when handlers raise, hang or give up."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from typing import Any

import grpc
import pytest
from broker import eventually
from conftest import Serve, handler_records
from exhook import App


@pytest.mark.parametrize("kind", ["def", "inline", "async"])
@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(3), KeyboardInterrupt()])
def test_exceptions_are_logged_and_fall_back(
    serve: Serve, caplog: pytest.LogCaptureFixture, kind: str, error: BaseException
) -> None:
    app = App()

    def fail(request: Any) -> Any:
        if request.clientid == "good":
            return True
        raise type(error)("broken")

    async def fail_later(request: Any) -> Any:
        await asyncio.sleep(0)
        return fail(request)

    handler = fail_later if kind == "async" else fail
    app.on_client_authenticate(inline=kind == "inline")(handler)
    app.on_message_publish("a/#", inline=kind == "inline")(handler)
    broker = serve(app)
    assert broker.authenticate("bad-1") == "deny"
    assert broker.publish(payload=b"hidden-payload", clientid="bad-2") == "ignore"
    assert broker.authenticate("good") == "allow"
    assert [hook["failures"]["exception"] for hook in app.metrics()["hooks"]] == [1, 1]
    login, publish = handler_records(caplog, 2)
    assert login.levelno == publish.levelno == logging.ERROR
    assert login.exc_info is not None
    assert login.exc_info[0] is type(error)
    assert vars(login)["hook"] == "client.authenticate"
    assert vars(login)["clientid"] == "bad-1"
    assert vars(publish)["topic"] == "a/b"
    assert "fail" in vars(publish)["handler"]
    for word in ("client.authenticate", "bad-1", "message.publish", "bad-2", "a/b", "fail"):
        assert word in caplog.text
    assert "secret-word" not in caplog.text
    assert "hidden-payload" not in caplog.text


def test_a_cancelled_handler_falls_back(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    app = App()

    @app.on_client_authenticate
    async def give_up(request: Any) -> Any:
        raise asyncio.CancelledError

    assert serve(app).authenticate() == "deny"
    assert "cancelled" in handler_records(caplog)[0].getMessage()


def test_block_as_fallback(serve: Serve) -> None:
    app = App()

    @app.on_message_publish(fallback="block")
    def fail(request: Any) -> None:
        raise ValueError

    assert serve(app).publish() == "block"


@pytest.mark.parametrize("fallback", ["allow", "deny", "ignore"])
@pytest.mark.parametrize("kind", ["def", "async"])
def test_a_hanging_handler_is_answered_for_at_its_deadline(
    serve: Serve, kind: str, fallback: str
) -> None:
    app = App(drain_timeout_ms=100)
    release = threading.Event()

    def hang(request: Any) -> None:
        release.wait(60)

    async def hang_later(request: Any) -> None:
        await asyncio.sleep(60)

    handler = hang if kind == "def" else hang_later
    app._register("client_authenticate", handler, timeout_ms=1_000, fallback=fallback)
    broker = serve(app)
    begun = time.monotonic()
    assert broker.authenticate() == fallback
    assert 0.9 < time.monotonic() - begun < 30
    (hook,) = app.metrics()["hooks"]
    assert hook["failures"]["deadline"] == 1
    release.set()


def test_the_brokers_own_timeout_counts_when_it_is_shorter(serve: Serve) -> None:
    app = App(drain_timeout_ms=100)
    remaining: list[float] = []

    @app.on_client_authenticate
    async def hang(request: Any) -> None:
        remaining.append(request.deadline_ms)
        await asyncio.sleep(60)

    broker = serve(app)

    def told() -> str | None:
        # A busy machine may take the little that is left of the deadline for the answer.
        with contextlib.suppress(grpc.RpcError):
            return broker.authenticate(timeout=2)
        return None

    assert eventually(told) == "deny"
    assert 0 < remaining[0] < 1_990
