"""How an app starts, runs and stops inside one process."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from broker import Broker, eventually
from conftest import Serve
from exhook import AddressInUseError, App, InvalidAddressError, InvalidOptionError, WrongStateError

ANY = "127.0.0.1:0"


def recorded(order: list[str], **options: Any) -> App:
    """Returns an app that notes its startup and shutdown functions."""

    async def span(app: App) -> AsyncIterator[None]:
        order.append("span begins")
        yield
        order.append("span ends")

    app = App(lifespan=span, **options)

    @app.lifespan
    @contextlib.asynccontextmanager
    async def other(app: App) -> AsyncIterator[None]:
        order.append("other begins")
        yield
        order.append("other ends")

    @app.on_startup
    def up() -> None:
        order.append("up")

    @app.on_startup
    async def up_later() -> None:
        order.append(f"up later on {type(asyncio.get_running_loop()).__name__ != ''}")

    @app.on_shutdown
    def down() -> None:
        order.append("down")

    @app.on_shutdown
    async def down_later() -> None:
        order.append("down later")

    return app


WHOLE = [
    "span begins",
    "other begins",
    "up",
    "up later on True",
    "body",
    "down later",
    "down",
    "other ends",
    "span ends",
]


def test_startup_in_order_and_shutdown_in_reverse() -> None:
    order: list[str] = []
    app = recorded(order)
    app.start(ANY)
    order.append("body")
    app.stop()
    assert order == WHOLE


def test_startup_functions_may_register(serve: Serve) -> None:
    app = App()

    @app.on_startup
    async def up() -> None:
        app.on_client_authenticate(lambda request: True)

    assert serve(app).authenticate() == "allow"


@pytest.mark.parametrize("way", ["start", "run", "serving"])
def test_a_failed_startup_starts_no_server(way: str) -> None:
    order: list[str] = []
    app = recorded(order)

    @app.on_startup
    def fail() -> None:
        raise LookupError("no database")

    async def inside() -> None:
        async with app.serving(ANY):
            order.append("body")

    ways = {"start": app.start, "run": app.run, "serving": lambda _: asyncio.run(inside())}
    with pytest.raises(LookupError, match="no database"):
        ways[way](ANY)
    assert order == [*WHOLE[:4], "other ends", "span ends"]
    with pytest.raises(WrongStateError):
        _ = app.address


def test_a_failed_shutdown_is_raised_by_stop() -> None:
    order: list[str] = []
    app = recorded(order)

    @app.on_shutdown
    def fail() -> None:
        raise LookupError("no database")

    app.start(ANY)
    with pytest.raises(LookupError, match="no database"):
        app.stop()
    assert order[-4:] == WHOLE[-4:]


def test_a_bad_lifespan_is_explained() -> None:
    with pytest.raises(InvalidOptionError, match="async context manager"):
        App(lifespan=lambda app: 5).start(ANY)  # type: ignore[arg-type,return-value]
    with pytest.raises(InvalidOptionError, match="function"):
        App().on_startup(5)  # type: ignore[type-var]


def test_serving_inside_a_loop_of_ones_own() -> None:
    order: list[str] = []
    app = recorded(order)

    @app.on_client_authenticate
    async def authenticate(request: Any) -> bool:
        await asyncio.sleep(0.05)
        order.append(threading.current_thread().name)
        return True

    app.on_client_authorize(lambda request: False)

    async def main() -> None:
        async with app.serving(ANY) as server:
            assert server.address == app.address
            assert server.port
            with pytest.raises(WrongStateError, match="async with"):
                app.stop()
            broker = Broker(server.address)
            call = broker.send("OnClientAuthenticate", clientinfo={"clientid": "c"})
            assert await asyncio.to_thread(broker.authorize) == "deny"
        # The call in flight was finished while the block was left.
        assert call.result().bool_result
        broker.close()

    asyncio.run(main())
    assert order == [*WHOLE[:4], threading.main_thread().name, *WHOLE[5:]]
    assert not [t for t in threading.enumerate() if t.name.startswith(("exhook-w", "exhook-s"))]


def test_an_error_in_the_body_of_serving_passes_through() -> None:
    order: list[str] = []

    async def main() -> None:
        async with recorded(order).serving(ANY):
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        asyncio.run(main())
    assert order == [step for step in WHOLE if step != "body"]


def test_start_and_stop_again_and_again() -> None:
    app = App()
    app.on_client_authenticate(lambda request: True)
    app.stop()
    for _ in range(3):
        app.start(ANY)
        with pytest.raises(WrongStateError, match=r"runs already on 127\.0\.0\.1"):
            app.start(ANY)
        broker = Broker(app.address)
        assert broker.authenticate() == "allow"
        broker.close()
        app.stop()
        app.stop()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("exhook-") and name != "exhook-log"]


def test_threads_may_stop_at_once_together() -> None:
    app = App()
    app.start(ANY)
    threads = [threading.Thread(target=app.stop) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    app.start(ANY)
    app.stop()


@pytest.mark.parametrize("is_async", [False, True])
def test_a_handler_may_ask_for_the_stop(is_async: bool) -> None:
    app = App()

    def now(request: Any) -> bool:
        app.stop()
        return True

    async def later(request: Any) -> bool:
        return now(request)

    app.on_client_authenticate(later if is_async else now)
    app.start(ANY)
    broker = Broker(app.address)
    assert broker.authenticate() == "allow"
    broker.close()
    eventually(lambda: app._life is not None and app._life.is_over())


def test_run_in_another_thread_is_stopped_by_stop() -> None:
    order: list[str] = []
    app = recorded(order)
    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=app.run, args=(ANY,), kwargs={"banner": False})
    thread.start()
    eventually(lambda: app._life is not None and app._life.service is not None)
    assert signal.getsignal(signal.SIGINT) is before
    order.append("body")
    app.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert order == WHOLE


def test_two_apps_in_one_process(serve: Serve) -> None:
    one, other = App(), App()
    one.on_client_authenticate(lambda request: True)

    @other.on_client_authenticate
    async def refuse(request: Any) -> bool:
        return False

    first, second = serve(one), serve(other)
    assert [first.authenticate(), second.authenticate()] == ["allow", "deny"]
    one.stop()
    assert second.authenticate() == "deny"


def test_metrics_count_until_and_after_the_stop(serve: Serve) -> None:
    app = App()
    with pytest.raises(WrongStateError, match="never ran"):
        app.metrics()
    app.on_client_authenticate(lambda request: request.clientid == "good")
    broker = serve(app)
    broker.authenticate("good")
    broker.authenticate("bad")
    for _ in range(2):
        metrics = app.metrics()
        (hook,) = metrics["hooks"]
        assert (hook["hook"], hook["package"], hook["calls"]) == ("client.authenticate", "v3", 2)
        assert hook["verdicts"]["allow"] == hook["verdicts"]["deny"] == 1
        assert hook["latency_us"]["count"] == 2
        app.stop()
    assert metrics["connections_accepted"] == 1


def test_an_address_that_cannot_be_had(serve: Serve) -> None:
    app = App()
    serve(app)
    with pytest.raises(AddressInUseError) as raised:
        App().start(app.address)
    assert isinstance(raised.value, OSError)
    with pytest.raises(InvalidAddressError, match="host:port"):
        App().start("nowhere")


def test_a_unix_socket(tmp_path: Any) -> None:
    app = App()
    app.on_client_authenticate(lambda request: True)
    app.start(f"unix:{tmp_path}/socket")
    broker = Broker(f"unix:{tmp_path}/socket")
    assert broker.authenticate() == "allow"
    broker.close()
    app.stop()
