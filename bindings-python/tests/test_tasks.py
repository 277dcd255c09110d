"""What each call on the event loop has to itself, though a task may handle several of a burst."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from broker import Broker, eventually
from conftest import Serve
from exhook import App, current_request

CALLS = 24
HOLDS = "holds"


def answers_of_a_burst(
    serve: Serve, handle: Callable[[Any], Awaitable[object]]
) -> tuple[Broker, list[bool]]:
    """Lets calls wait while the loop is held, so that it takes them all at once; the answers."""
    app = App()
    held, release = threading.Event(), threading.Event()

    @app.on_client_authenticate
    async def authenticate(request: Any) -> object:
        if request.clientid == HOLDS:
            held.set()
            release.wait(10)
            return True
        return await handle(request)

    broker = serve(app)
    calls = [broker.send("OnClientAuthenticate", clientinfo={"clientid": HOLDS})]
    assert held.wait(10)
    calls += [
        broker.send("OnClientAuthenticate", clientinfo={"clientid": str(number)})
        for number in range(CALLS)
    ]
    eventually(lambda: app.metrics()["inflight"] == len(calls))
    release.set()
    return broker, [call.result().bool_result for call in calls[1:]]


def is_third(request: Any) -> bool:
    return int(request.clientid) % 3 == 0


def current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


async def never(request: Any) -> None:
    pass


async def seldom(request: Any) -> None:
    if is_third(request):
        await asyncio.sleep(0)


async def always(request: Any) -> None:
    await asyncio.sleep(0)


waits = pytest.mark.parametrize("wait", [never, seldom, always])


@waits
def test_each_call_has_a_task_that_is_kept_to_itself(serve: Serve, wait: Any) -> None:
    kept: list[asyncio.Task[Any]] = []
    known: weakref.WeakKeyDictionary[asyncio.Task[Any], int] = weakref.WeakKeyDictionary()
    done: list[asyncio.Task[Any]] = []
    names: list[str] = []

    async def keep(request: Any) -> bool:
        task = current_task()
        # Each in another way, so that one does not hide the other.
        match int(request.clientid) % 4:
            case 0:
                assert task not in kept
                kept.append(task)
            case 1:
                assert task not in known
                known[task] = 1
            case 2:
                task.add_done_callback(done.append)
            case _:
                names.append(task.get_name())
                task.set_name("named")
        await wait(request)
        return current_task() is task

    _, answers = answers_of_a_burst(serve, keep)
    assert answers == [True] * CALLS
    assert "named" not in names
    assert len(kept) == CALLS / 4
    eventually(lambda: len(set(done)) == CALLS / 4)


@waits
def test_each_call_of_a_burst_has_a_context_of_its_own(serve: Serve, wait: Any) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")
    before: list[str] = []

    async def note(request: Any) -> bool:
        before.append(variable.get())
        variable.set(request.clientid)
        await wait(request)
        await wait(request)
        return variable.get() == request.clientid and current_request() is request

    _, answers = answers_of_a_burst(serve, note)
    assert answers == [True] * CALLS
    assert before == ["unset"] * CALLS


@waits
def test_a_call_that_is_cancelled_takes_no_other_with_it(serve: Serve, wait: Any) -> None:
    async def give_up(request: Any) -> bool:
        if is_third(request):
            current_task().cancel()
            await asyncio.sleep(0)
        await wait(request)
        return True

    broker, answers = answers_of_a_burst(serve, give_up)
    assert answers == [number % 3 != 0 for number in range(CALLS)]
    assert broker.authenticate("1") == "allow"


@waits
def test_a_call_may_wait_for_a_limited_time_and_raise(serve: Serve, wait: Any) -> None:
    async def hurry(request: Any) -> bool:
        await wait(request)
        if is_third(request):
            try:
                await asyncio.wait_for(asyncio.Event().wait(), 0.001)
            except asyncio.TimeoutError:
                return True
        raise ValueError(request.clientid)

    _, answers = answers_of_a_burst(serve, hurry)
    assert answers == [number % 3 == 0 for number in range(CALLS)]


def test_many_events_of_one_client_leave_the_loop_its_turns(serve: Serve) -> None:
    app = App()
    held, release = threading.Event(), threading.Event()
    order: list[str] = []
    before_others: list[int] = []

    @app.on_session_subscribed
    async def note(request: Any) -> None:
        if not held.is_set():
            held.set()
            asyncio.get_running_loop().call_soon(lambda: before_others.append(len(order)))
            release.wait(10)
        order.append(request.topic)

    broker = serve(app)
    topics = [str(number) for number in range(600)]
    for topic in topics:
        broker.notify("OnSessionSubscribed", topic=topic)
    release.set()
    eventually(lambda: len(order) == len(topics))
    assert order == topics
    assert before_others[0] < len(topics)


@pytest.mark.skipif(
    not hasattr(inspect, "markcoroutinefunction"), reason="functions cannot be marked"
)
def test_a_handler_may_give_anything_to_await(serve: Serve) -> None:
    class Later:
        def __await__(self) -> Any:
            yield from asyncio.sleep(0).__await__()
            return True

    def later(request: Any) -> Any:
        return Later()

    app = App()
    app.on_client_authenticate(inspect.markcoroutinefunction(later))
    assert serve(app).authenticate() == "allow"
