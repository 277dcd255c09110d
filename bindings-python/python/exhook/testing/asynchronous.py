"""``AsyncBroker`` and ``AsyncClient``: the same for tests that run in an event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from exhook.testing.broker import Broker
from exhook.testing.client import Client, Payload, Publication, UserProperties
from exhook.testing.outcomes import (
    Connected,
    Done,
    HookCall,
    Message,
    NodeStatus,
    Published,
    Subscribed,
)

if TYPE_CHECKING:
    from exhook.app import App

ResultType = TypeVar("ResultType")
Arguments = ParamSpec("Arguments")


def _taking_those_of(
    method: Callable[Concatenate[Broker, Arguments], object],
) -> Callable[
    [Callable[..., ResultType]], Callable[Concatenate[AsyncBroker, Arguments], ResultType]
]:
    """Gives a method the arguments of one of ``Broker`` for type checkers and ``help``."""

    def typed(function: Any) -> Any:
        return wraps(method)(function)

    return typed


async def in_thread(work: Callable[[], ResultType]) -> ResultType:
    """Calls ``work`` on a thread, and waits for it even where the task is cancelled meanwhile."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise


class AsyncBroker:
    """A running ``Broker`` for an event loop: what waits there is awaited here.

    ``async with Broker(app) as broker`` gives one.
    """

    def __init__(self, broker: Broker) -> None:
        """Wraps a broker."""
        self.broker = broker
        """The broker itself, whose methods block."""

    @classmethod
    async def started(cls, broker: Broker) -> AsyncBroker:
        """Starts a broker; one whose start is cancelled is stopped again."""
        try:
            await in_thread(broker.start)
        except asyncio.CancelledError:
            await in_thread(broker.stop)
            raise
        return cls(broker)

    @property
    def app(self) -> App:
        """As ``Broker.app``."""
        return self.broker.app

    @_taking_those_of(Broker.client)  # type: ignore[arg-type]  # An option could be called "self".
    def client(self, *arguments: Any, **settings: Any) -> AsyncClient:
        """As ``Broker.client``."""
        return AsyncClient(self.broker.client(*arguments, **settings))

    async def publish(
        self,
        topic: str,
        payload: Payload = b"",
        *,
        qos: int = 0,
        retain: bool = False,
        user_properties: UserProperties = (),
    ) -> Published:
        """As ``Broker.publish``."""
        message = Publication(topic, payload, qos, retain, user_properties)
        return await in_thread(partial(self.broker.publish, **vars(message)))

    @_taking_those_of(Broker.calls)
    def calls(self, *hook: Any, **wanted: Any) -> list[HookCall]:
        """As ``Broker.calls``."""
        return self.broker.calls(*hook, **wanted)

    def forget_calls(self) -> None:
        """As ``Broker.forget_calls``."""
        self.broker.forget_calls()

    @_taking_those_of(Broker.assert_called)
    def assert_called(self, *hook: Any, **wanted: Any) -> HookCall:
        """As ``Broker.assert_called``."""
        return self.broker.assert_called(*hook, **wanted)

    @_taking_those_of(Broker.assert_not_called)
    def assert_not_called(self, *hook: Any, **wanted: Any) -> None:
        """As ``Broker.assert_not_called``."""
        self.broker.assert_not_called(*hook, **wanted)

    def status(self) -> list[NodeStatus]:
        """As ``Broker.status``."""
        return self.broker.status()

    def delay_calls(self, seconds: float) -> None:
        """As ``Broker.delay_calls``."""
        self.broker.delay_calls(seconds)

    async def wait_until_handled(self, timeout: float = 5.0) -> None:
        """As ``Broker.wait_until_handled``."""
        await in_thread(lambda: self.broker.wait_until_handled(timeout))

    async def wait_until_loaded(self, timeout: float = 5.0) -> None:
        """As ``Broker.wait_until_loaded``."""
        await in_thread(lambda: self.broker.wait_until_loaded(timeout))

    async def enable(self, provider: str | None = None) -> None:
        """As ``Broker.enable``."""
        await in_thread(lambda: self.broker.enable(provider))

    async def disable(self, provider: str | None = None) -> None:
        """As ``Broker.disable``."""
        await in_thread(lambda: self.broker.disable(provider))

    async def restart(self, *, orderly: bool = False) -> None:
        """As ``Broker.restart``."""
        await in_thread(lambda: self.broker.restart(orderly=orderly))

    async def stop_app(self, provider: str | None = None) -> None:
        """As ``Broker.stop_app``."""
        await in_thread(lambda: self.broker.stop_app(provider))

    async def start_app(self, provider: str | None = None) -> None:
        """As ``Broker.start_app``."""
        await in_thread(lambda: self.broker.start_app(provider))

    async def cut_connections(self) -> None:
        """As ``Broker.cut_connections``."""
        await in_thread(self.broker.cut_connections)

    @contextlib.asynccontextmanager
    async def request_timeout(self, seconds: float) -> AsyncIterator[None]:
        """As ``Broker.request_timeout``, for ``async with``."""
        with self.broker.request_timeout(seconds):
            yield


class AsyncClient:
    """A ``Client`` for an event loop: what waits there is awaited here."""

    def __init__(self, client: Client) -> None:
        """Wraps a client."""
        self.client = client
        """The client itself, whose methods block."""

    @property
    def clientid(self) -> str:
        """As ``Client.clientid``."""
        return self.client.clientid

    @property
    def is_connected(self) -> bool:
        """As ``Client.is_connected``."""
        return self.client.is_connected

    @property
    def received(self) -> list[Message]:
        """As ``Client.received``."""
        return self.client.received

    async def connect(self) -> Connected:
        """As ``Client.connect``."""
        return await in_thread(self.client.connect)

    async def subscribe(self, *filters: str, qos: int = 0, no_local: bool = False) -> Subscribed:
        """As ``Client.subscribe``."""
        work = partial(self.client.subscribe, *filters, qos=qos, no_local=no_local)
        return await in_thread(work)

    async def unsubscribe(self, *filters: str) -> Done:
        """As ``Client.unsubscribe``."""
        return await in_thread(partial(self.client.unsubscribe, *filters))

    async def publish(
        self,
        topic: str,
        payload: Payload = b"",
        *,
        qos: int = 0,
        retain: bool = False,
        user_properties: UserProperties = (),
    ) -> Published:
        """As ``Client.publish``."""
        message = Publication(topic, payload, qos, retain, user_properties)
        return await in_thread(partial(self.client.publish, **vars(message)))

    async def disconnect(self) -> Done:
        """As ``Client.disconnect``."""
        return await in_thread(self.client.disconnect)

    async def lose_connection(self) -> Done:
        """As ``Client.lose_connection``."""
        return await in_thread(self.client.lose_connection)

    def __repr__(self) -> str:
        """The client and how it stands."""
        return f"<Async{repr(self.client)[1:]}"
