"""Which functions can be handlers, in which order they run, and what goes wrong in them."""

from __future__ import annotations

import asyncio
import functools
import threading
from typing import Any

import pytest
from broker import eventually, verdict
from conftest import Serve
from exhook import (
    App,
    BrokerInfo,
    InvalidOptionError,
    RequestMeta,
    WrongStateError,
    allow,
    block,
    deny,
    keep_going,
)


class Provider:
    """Handlers in every form that an object can have."""

    def method(self, request: Any) -> bool:
        return True

    async def async_method(self, request: Any) -> bool:
        await asyncio.sleep(0)
        return True

    def with_flag(self, flag: bool, request: Any) -> bool:
        return flag

    async def async_with_flag(self, flag: bool, request: Any) -> bool:
        return flag

    @staticmethod
    def static(request: Any) -> bool:
        return True

    @classmethod
    def of_class(cls, request: Any) -> bool:
        return True


class Callable:
    def __call__(self, request: Any) -> bool:
        return True


class AsyncCallable:
    async def __call__(self, request: Any) -> bool:
        await asyncio.sleep(0)
        return True


provider = Provider()


@pytest.mark.parametrize(
    ("handler", "thread"),
    [
        (lambda request: True, "exhook-worker"),
        (provider.method, "exhook-worker"),
        (provider.async_method, "exhook-loop"),
        (functools.partial(provider.with_flag, True), "exhook-worker"),
        (functools.partial(provider.async_with_flag, True), "exhook-loop"),
        (Provider.static, "exhook-worker"),
        (Provider.of_class, "exhook-worker"),
        (Callable(), "exhook-worker"),
        (AsyncCallable(), "exhook-loop"),
        (functools.partial(AsyncCallable()), "exhook-loop"),
    ],
)
def test_every_kind_of_callable_is_run_where_it_belongs(
    serve: Serve, handler: Any, thread: str
) -> None:
    app = App()
    assert app.on_client_authenticate(handler) is handler
    (registration,) = app._registrations
    assert registration.runner == ("loop" if thread == "exhook-loop" else "thread")
    assert serve(app).authenticate() == "allow"


def test_each_kind_runs_on_its_threads(serve: Serve) -> None:
    app = App()
    seen = {}

    @app.on_client_authenticate
    def on_worker(request: Any) -> None:
        seen["def"] = threading.current_thread().name

    @app.on_client_authenticate(inline=True)
    def on_inline(request: Any) -> None:
        seen["inline"] = threading.current_thread().name

    @app.on_client_authenticate
    async def on_loop(request: Any) -> bool:
        seen["async"] = threading.current_thread().name
        return True

    assert serve(app).authenticate() == "allow"
    assert seen == {"def": "exhook-worker-1", "inline": "exhook-inline", "async": "exhook-loop"}


def test_the_first_decision_ends_the_chain(serve: Serve) -> None:
    app = App()
    order = []

    def handler(name: str, result: Any, is_async: bool) -> Any:
        async def later(request: Any) -> Any:
            order.append(name)
            await asyncio.sleep(0)
            return result

        def now(request: Any) -> Any:
            order.append(name)
            return result

        return later if is_async else now

    app.on_client_authorize(handler("first", None, False))
    app.on_client_authorize(handler("second", keep_going(True), True))
    app.on_client_authorize(inline=True)(handler("third", None, False))
    app.on_client_authorize(handler("fourth", deny(), True))
    app.on_client_authorize(handler("fifth", allow(), False))
    assert serve(app).authorize() == "deny"
    assert order == ["first", "second", "third", "fourth"]


def test_each_publish_handler_sees_what_the_one_before_changed(serve: Serve) -> None:
    app = App()

    @app.on_message_publish
    def one(request: Any) -> Any:
        return request.message.replace(payload=request.message.payload + b"-1")

    @app.on_message_publish("a/#")
    async def two(request: Any) -> Any:
        return request.message.replace(payload=request.message.payload + b"-2", topic="b")

    @app.on_message_publish("a/#")
    def not_asked(request: Any) -> Any:
        return block()

    @app.on_message_publish("b", inline=True)
    def three(request: Any) -> Any:
        return request.message.replace(payload=request.message.payload + b"-3")

    assert serve(app).publish() == "replace b payload-1-2-3 1"


def test_topic_filters_reach_the_broker_and_choose_handlers(serve: Serve) -> None:
    app = App()
    app.on_message_publish("sensors/+/temp", "$SYS/#")(lambda request: block())
    app.on_message_publish("alerts/#")(lambda request: request.message.replace(qos=2))
    app.on_message_delivered(lambda request: None)
    app.on_client_connected(lambda request: None)
    broker = serve(app)
    loaded = broker.call("OnProviderLoaded", broker={"version": "5.9.2"})
    assert {hook.name: list(hook.topics) for hook in loaded.hooks} == {
        "client.connected": [],
        "message.publish": ["sensors/+/temp", "$SYS/#", "alerts/#"],
        "message.delivered": [],
    }
    assert broker.publish("sensors/a/temp") == "block"
    assert broker.publish("sensors/a/b/temp") == "ignore"
    assert broker.publish("alerts") == "replace alerts payload 2"
    assert broker.publish("other") == "ignore"


def test_provider_hooks_are_told(serve: Serve) -> None:
    app = App()
    seen: list[str] = []

    @app.on_provider_loaded
    def loaded(broker: BrokerInfo, meta: RequestMeta | None) -> None:
        seen.append(f"loaded {broker.version} {meta}")

    @app.on_provider_unloaded
    async def unloaded(meta: RequestMeta | None) -> None:
        seen.append(f"unloaded {meta.node if meta else None}")

    broker = serve(app)
    broker.call("OnProviderLoaded", broker={"version": "5.9.2"})
    eventually(lambda: seen == ["loaded 5.9.2 None"])
    broker.call("OnProviderUnloaded", meta={"node": "n1"})
    eventually(lambda: seen == ["loaded 5.9.2 None", "unloaded n1"])


def test_a_companion_answers_ignore_to_hooks_without_handler(serve: Serve) -> None:
    app = App(companion=True)
    app.on_client_connected(lambda request: None)
    broker = serve(app)
    loaded = broker.call("OnProviderLoaded", broker={"version": "5.9.2"})
    assert "client.authenticate" in {hook.name for hook in loaded.hooks}
    assert broker.authenticate() == "ignore"


def test_a_hook_without_handler_is_answered_all_the_same(serve: Serve) -> None:
    broker = serve(App())
    assert broker.authorize() == "ignore"
    broker.notify()


@pytest.mark.parametrize(
    ("register", "words"),
    [
        (lambda app: app.on_client_authenticate(inline=True)(AsyncCallable()), "inline"),
        (lambda app: app.on_client_authenticate(lambda: True), r"must take \(request\)"),
        (lambda app: app.on_provider_loaded(Callable()), r"must take \(broker, meta\)"),
        (lambda app: app.on_client_authenticate(timeout_ms=0)(Callable()), "timeout_ms"),
        (lambda app: app.on_client_authenticate(fallback="block")(Callable()), "allow, deny"),
        (lambda app: app.on_message_publish("a/#/b")(Callable()), "a/#/b"),
        (lambda app: app._register("client_authenticte", Callable()), "client_authenticate"),
        (lambda app: app._register("client_connected", 5), "not callable"),
        (lambda app: app._register("client_connected", Callable(), topics=["a"]), "topic"),
        (lambda app: app._register("message_publish", Callable(), topics="a"), "list"),
        (lambda app: App(timeout=5), "timeout_ms"),
        (lambda app: App(thread=5), "threads"),
        (lambda app: App(threads=0).start("127.0.0.1:0"), "threads"),
        (lambda app: App(timeout_ms=0).start("127.0.0.1:0"), "timeout_ms"),
        (lambda app: App(companion=5).start("127.0.0.1:0"), "companion"),
        (lambda app: App(admin=9090).start("127.0.0.1:0"), "admin is 9090; it takes a text"),
        (lambda app: App(admin="nowhere").start("127.0.0.1:0"), "admin"),
    ],
)
def test_mistakes_are_explained(register: Any, words: str) -> None:
    with pytest.raises(InvalidOptionError, match=words) as raised:
        register(App())
    assert raised.value.code == "INVALID_OPTION"
    assert isinstance(raised.value, ValueError)


def test_handlers_that_yield_are_refused() -> None:
    app = App()
    with pytest.raises(InvalidOptionError, match="yields"):

        @app.on_client_connected
        async def stream(request: Any) -> Any:
            yield 1


def test_registering_after_the_start_is_refused(serve: Serve) -> None:
    app = App()
    serve(app)
    with pytest.raises(WrongStateError, match="has started"):
        app.on_client_connected(lambda request: None)
    app.stop()
    app.on_client_connected(lambda request: None)


def test_all_hooks_have_a_decorator_and_reach_their_handler(serve: Serve) -> None:
    from exhook import _native

    app = App()
    seen: list[str] = []
    for name, dotted, *_ in _native.HOOKS:
        # The hooks of the provider are called with fields of their request.
        getattr(app, f"on_{name}")(lambda *_, dotted=dotted: seen.append(dotted))
    broker = serve(app)
    service = broker._service
    for rpc in service.methods_by_name:
        broker.call(rpc)
    eventually(lambda: sorted(seen) == sorted(dotted for _, dotted, *_ in _native.HOOKS))


def test_v1_names_are_those_of_v1(serve: Serve) -> None:
    app = App()
    seen: list[Any] = []

    @app.on_client_authorize
    def authorize(request: Any) -> bool:
        seen.append((request.package, request.hook, request.topic))
        return True

    broker = serve(app, "v1")
    client = {"clientid": "c1"}
    response = broker.call("OnClientCheckAcl", clientinfo=client, topic="a")
    assert verdict(response) == "allow"
    assert seen == [("v1", "client.authorize", "a")]
