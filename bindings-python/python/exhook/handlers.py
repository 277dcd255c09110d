"""A handler on its way into the server: what it is, and whether it can be one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from exhook import _native
from exhook.errors import InvalidOptionError
from exhook.hooks import DOTTED, NAMES
from exhook.words import suggestion

Handler = Callable[..., object]
Runner = Literal["thread", "inline", "loop"]

# Handlers of these hooks take fields of the request, all others the request itself.
_ARGUMENTS = {"provider_loaded": ("broker", "meta"), "provider_unloaded": ("meta",)}


@dataclass(frozen=True)
class Registration:
    """One handler of one hook, checked when it is made.

    Raises ``InvalidOptionError`` when the hook is unknown, the handler cannot be called with a
    request, or an option has no meaning for the hook.
    """

    hook: str
    handler: Handler
    topics: Sequence[str] = ()
    inline: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Checks by registering with a registry that is thrown away."""
        if self.hook not in NAMES:
            raise InvalidOptionError(
                f"there is no hook {self.hook!r}{suggestion(self.hook, NAMES)}"
            )
        if isinstance(self.topics, str):
            raise InvalidOptionError(
                f"topics of {self.where} is a text; give a list: [{self.topics!r}]"
            )
        self._check_handler()
        self.enter(_native.Registry())

    @property
    def runner(self) -> Runner:
        """Where the handler runs: a worker thread, the inline thread, or the event loop."""
        if is_async(self.handler):
            return "loop"
        return "inline" if self.inline else "thread"

    @property
    def name(self) -> str:
        """The handler's name for people."""
        return name_of(self.handler)

    @property
    def where(self) -> str:
        """The handler and its hook for people."""
        return f"handler {self.name} of {DOTTED[self.hook]}"

    def enter(self, registry: _native.Registry) -> None:
        """Registers the handler with ``registry``."""
        handler = self.handler
        if self.hook in _ARGUMENTS:
            handler = _taking_request(handler, _ARGUMENTS[self.hook])
        registry.register(self.hook, handler, self.runner, topics=list(self.topics), **self.options)

    def _check_handler(self) -> None:
        if not callable(self.handler):
            raise InvalidOptionError(
                f"{self.handler!r} cannot handle {DOTTED[self.hook]}: it is not callable"
            )
        function = _unwrapped(self.handler)
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise InvalidOptionError(f"{self.where} yields; it must return its answer")
        if self.inline and is_async(self.handler):
            raise InvalidOptionError(
                f"{self.where} is async def, which runs on the event loop; leave inline out"
            )
        try:
            signature = inspect.signature(self.handler)
        except (TypeError, ValueError):
            return  # Some callables of C extensions do not tell theirs.
        arguments = _ARGUMENTS.get(self.hook, ("request",))
        try:
            signature.bind(*arguments)
        except TypeError as error:
            raise InvalidOptionError(
                f"{self.where} must take ({', '.join(arguments)}), but is {self.name}{signature}"
            ) from error


def _taking_request(handler: Handler, fields: Sequence[str]) -> Handler:
    """Makes a handler of a request from one of some of its fields."""

    def values(request: Any) -> tuple[Any, ...]:
        return tuple(getattr(request, field) for field in fields)

    if is_async(handler):

        async def spread_async(request: Any) -> object:
            result: Any = handler(*values(request))
            return await result

        spread: Handler = spread_async
    else:

        def spread(request: Any) -> object:
            return handler(*values(request))

    spread.__qualname__ = name_of(handler)
    return spread


def _unwrapped(handler: object) -> object:
    while isinstance(handler, functools.partial):
        handler = handler.func
    return handler


def is_async(handler: object) -> bool:
    """Tells whether calling ``handler`` gives something to await.

    Looks through ``functools.partial``, bound methods and objects with ``async def __call__``.
    """
    function = _unwrapped(handler)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(type(function), "__call__", None)  # noqa: B004
    )


def name_of(handler: object) -> str:
    """Returns the handler's name for people: of a function, or of an object's class."""
    function = _unwrapped(handler)
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return str(name).replace("<locals>.", "")
