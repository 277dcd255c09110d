"""What a program does before its first call and after its last."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

from exhook.errors import InvalidOptionError
from exhook.handlers import name_of

LifespanFunction = Callable[
    [Any], "AbstractAsyncContextManager[object, bool | None] | AsyncIterator[object]"
]
StepFunction = Callable[[], object]


class Lifespan:
    """The lifespans, startup and shutdown functions of one app."""

    def __init__(self) -> None:
        """Starts with nothing to do."""
        self._spans: list[LifespanFunction] = []
        self._startup: list[StepFunction] = []
        self._shutdown: list[StepFunction] = []

    def add_span(self, function: LifespanFunction) -> None:
        """Adds an async generator function, or a factory of async context managers."""
        if inspect.isasyncgenfunction(function):
            function = contextlib.asynccontextmanager(function)
        elif not callable(function):
            raise InvalidOptionError(f"lifespan {function!r} is no function that takes the app")
        self._spans.append(function)

    def add_startup(self, function: StepFunction) -> None:
        """Adds a function that is called before the server starts."""
        self._startup.append(_checked(function, "on_startup"))

    def add_shutdown(self, function: StepFunction) -> None:
        """Adds a function that is called after the server has stopped."""
        self._shutdown.append(_checked(function, "on_shutdown"))

    async def begin(self, app: object, stack: AsyncExitStack) -> None:
        """Enters the lifespans and calls the startup functions, each kind in order.

        What is to be done at the end is left on ``stack``: the shutdown functions in reverse,
        then the ends of the lifespans in reverse. After a failed start only the latter are due.
        """
        for span in self._spans:
            manager = span(app)
            if not isinstance(manager, AbstractAsyncContextManager):
                raise InvalidOptionError(
                    f"lifespan {name_of(span)} returned a {type(manager).__name__}; it must be "
                    "an async generator function or return an async context manager"
                )
            await manager.__aenter__()
            # The end is told of no error: code after `yield` runs in any case.
            stack.push_async_callback(manager.__aexit__, None, None, None)
        for function in self._startup:
            await _call(function)
        for function in self._shutdown:
            stack.push_async_callback(_call, function)


def _checked(function: StepFunction, where: str) -> StepFunction:
    if not callable(function):
        raise InvalidOptionError(f"{where} needs a function, not {function!r}")
    return function


async def _call(function: StepFunction) -> None:
    result = function()
    if inspect.isawaitable(result):
        await result
