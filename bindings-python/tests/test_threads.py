"""What runs beside what, and in which order."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from typing import Any

import pytest
from broker import eventually
from conftest import Serve
from exhook import App, current_request


def test_a_blocked_def_handler_does_not_hold_up_others(serve: Serve) -> None:
    app = App(threads=4)
    release = threading.Event()
    blocked = []

    @app.on_client_authenticate
    def authenticate(request: Any) -> bool:
        if request.clientid.startswith("slow"):
            blocked.append(threading.current_thread().name)
            release.wait(60)
        return True

    broker = serve(app)
    slow = [
        broker.send("OnClientAuthenticate", clientinfo={"clientid": f"slow-{number}"})
        for number in range(3)
    ]
    eventually(lambda: len(blocked) == 3)
    assert len(set(blocked)) == 3
    begun = time.monotonic()
    assert broker.authenticate("quick") == "allow"
    assert time.monotonic() - begun < 30
    release.set()
    for call in slow:
        assert call.result().bool_result
    names = [thread.name for thread in threading.enumerate() if "exhook-worker" in thread.name]
    assert len(names) == 4


def test_quick_handlers_stay_on_one_thread(serve: Serve) -> None:
    app = App()
    names = set()

    @app.on_client_authenticate
    def authenticate(request: Any) -> bool:
        names.add(threading.current_thread().name)
        return True

    broker = serve(app)
    for _ in range(200):
        assert broker.authenticate() == "allow"
    assert "exhook-worker-1" in names
    assert len(names) <= 2


def test_slow_async_handlers_run_concurrently(serve: Serve) -> None:
    app = App()
    running = 0
    most = 0
    all_there = asyncio.Event()

    @app.on_client_authenticate
    async def authenticate(request: Any) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 50:
            all_there.set()
        await all_there.wait()
        running -= 1
        return True

    broker = serve(app)
    calls = [
        broker.send("OnClientAuthenticate", clientinfo={"clientid": f"c{number}"})
        for number in range(50)
    ]
    assert all(call.result().bool_result for call in calls)
    assert most == 50


@pytest.mark.parametrize("kind", ["def", "async", "inline"])
def test_one_clients_notifications_keep_their_order(serve: Serve, kind: str) -> None:
    app = App(threads=8)
    seen: dict[str, list[int]] = {f"c{client}": [] for client in range(5)}

    def note(request: Any) -> None:
        seen[request.clientid].append(int(request.topic))

    def now(request: Any) -> None:
        time.sleep(0.001 if int(request.topic) % 7 == 0 else 0)
        note(request)

    async def later(request: Any) -> None:
        await asyncio.sleep(0.002 if int(request.topic) % 3 == 0 else 0)
        note(request)

    app.on_session_subscribed(inline=kind == "inline")(later if kind == "async" else now)
    broker = serve(app)
    for number in range(60):
        calls = [
            broker.send("OnSessionSubscribed", clientinfo={"clientid": client}, topic=str(number))
            for client in seen
        ]
        for call in calls:
            call.result()
    eventually(lambda: all(len(numbers) == 60 for numbers in seen.values()))
    assert all(numbers == list(range(60)) for numbers in seen.values())


def test_notifications_are_answered_before_their_handler_unless_late(serve: Serve) -> None:
    app = App()
    release = threading.Event()
    done: list[str] = []

    @app.on_client_connected
    def early(request: Any) -> None:
        release.wait(60)
        done.append("early")

    @app.on_client_disconnected(ack="late")
    def late(request: Any) -> None:
        done.append("late")

    broker = serve(app)
    broker.notify("OnClientConnected")
    assert done == []
    broker.notify("OnClientDisconnected", clientid="c2")
    assert done == ["late"]
    release.set()
    eventually(lambda: done == ["late", "early"])


def test_a_valued_call_does_not_wait_behind_notifications(serve: Serve) -> None:
    app = App()
    release = threading.Event()

    @app.on_client_connected
    async def slow(request: Any) -> None:
        await asyncio.to_thread(release.wait, 10)

    app.on_client_authenticate(lambda request: True)
    broker = serve(app)
    for _ in range(5):
        broker.notify()
    assert broker.authenticate() == "allow"
    release.set()


@pytest.mark.parametrize("kind", ["def", "async", "inline"])
def test_the_current_request_is_known_in_handlers(serve: Serve, kind: str) -> None:
    app = App()
    seen: list[Any] = []

    def deeper(request: Any) -> bool:
        current = current_request()
        assert current is not None
        seen.append((current is request, current.hook, current.clientid))
        return True

    async def later(request: Any) -> bool:
        await asyncio.sleep(0.005)
        deeper(request)
        return await asyncio.to_thread(deeper, request)

    app.on_client_authenticate(inline=kind == "inline")(later if kind == "async" else deeper)
    broker = serve(app)
    calls = [
        broker.send("OnClientAuthenticate", clientinfo={"clientid": f"c{number}"})
        for number in range(10)
    ]
    assert all(call.result().bool_result for call in calls)
    assert {clientid for _, _, clientid in seen} == {f"c{number}" for number in range(10)}
    assert all(same and hook == "client.authenticate" for same, hook, _ in seen)
    assert current_request() is None


@pytest.mark.parametrize("is_async", [False, True])
def test_context_variables_do_not_leak_into_the_next_call(serve: Serve, is_async: bool) -> None:
    app = App(threads=1)
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")
    seen: list[str] = []

    def now(request: Any) -> bool:
        seen.append(variable.get())
        variable.set(request.clientid)
        return True

    async def later(request: Any) -> bool:
        return now(request)

    app.on_client_authenticate(later if is_async else now)
    broker = serve(app)
    for number in range(3):
        broker.authenticate(str(number))
    assert seen == ["unset"] * 3


def test_tasks_started_by_a_handler_live_on(serve: Serve) -> None:
    app = App()
    app.state.done = []

    async def afterwards() -> None:
        await asyncio.sleep(0.01)
        current = current_request()
        app.state.done.append(current.clientid if current else None)

    @app.on_client_connected
    async def connected(request: Any) -> None:
        app.state.task = asyncio.create_task(afterwards())

    serve(app).notify(clientid="c7")
    eventually(lambda: app.state.done == ["c7"])
