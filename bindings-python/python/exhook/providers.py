"""Objects whose methods are handlers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from exhook.errors import InvalidOptionError
from exhook.hooks import NAMES, PREFIX
from exhook.words import suggestion

_OPTIONS = "__exhook_options__"
_STEPS = frozenset({"startup", "shutdown"})

F = TypeVar("F", bound=Callable[..., object])


def options(*topics: str, **options: Any) -> Callable[[F], F]:
    """Gives a provider's method the topic filters and options that a decorator would take.

    ``@options("sensors/#", timeout_ms=500)`` above ``def on_message_publish(self, request)``;
    ``App.include`` reads it.
    """

    def mark(method: F) -> F:
        setattr(method, _OPTIONS, (topics, options))
        return method

    return mark


def methods_of(provider: object) -> list[tuple[str, Callable[..., object], dict[str, Any]]]:
    """Returns hook, bound method and options of each method that is named like a decorator.

    ``on_startup`` and ``on_shutdown`` count too. Raises ``InvalidOptionError`` when a name begins
    with ``on_`` and means nothing, and when there is no handler at all.
    """
    if isinstance(provider, type):
        raise InvalidOptionError(
            f"{provider.__qualname__} is a class; include an object: {provider.__qualname__}()"
        )
    owner = type(provider).__qualname__
    found = []
    for name in dir(provider):
        if not name.startswith(PREFIX):
            continue
        method = getattr(provider, name)
        if not callable(method):
            continue
        hook = name.removeprefix(PREFIX)
        if hook not in NAMES | _STEPS:
            known = {PREFIX + hook for hook in NAMES | _STEPS}
            raise InvalidOptionError(f"{owner}.{name} is no hook{suggestion(name, known)}")
        topics, options = getattr(method, _OPTIONS, ((), {}))
        found.append((hook, method, {"topics": topics, **options} if topics else dict(options)))
    if not found:
        raise InvalidOptionError(
            f"{owner} has no method that is named like a hook, such as on_client_authenticate"
        )
    return found
