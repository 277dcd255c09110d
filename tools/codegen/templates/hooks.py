"""One decorator for each hook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias, TypeVar, overload

from exhook._native import (
    # (generated imports)
)

AuthAnswer: TypeAlias = bool | Verdict | None
"""What a handler of authenticate, authorize or ingress returns."""

PublishAnswer: TypeAlias = Message | Verdict | None
"""What a handler of `message.publish` returns."""

# (generated types)


class HookDecorators:
    """The decorators of an app. Each works bare and with options.

    All take `inline=True`: the handler is a `def` that never blocks and runs on the one thread
    for such handlers. `timeout_ms` is how long the handler may take, and `fallback` what is
    answered when it raises or takes longer. A handler with `shadow=True` is asked beside the
    others: what it says is logged and counted, and the broker is answered without it.
    """

    def _register(
        self,
        hook: str,
        handler: Callable[..., object],
        *,
        topics: Sequence[str] = (),
        inline: bool = False,
        **options: Any,
    ) -> None:
        raise NotImplementedError

    def _decorate(self, hook: str, given: tuple[Any, ...], **options: Any) -> Any:
        """Register a handler given at once, or return the decorator for one given next."""
        if len(given) == 1 and callable(given[0]):
            self._register(hook, given[0], **options)
            return given[0]
        for topic in given:
            if not isinstance(topic, str):
                raise TypeError(f"on_{hook} takes a handler or topic filters, not {topic!r}")

        def decorator(handler: Callable[..., object]) -> Callable[..., object]:
            self._register(hook, handler, topics=given, **options)
            return handler

        return decorator

    # (generated decorators)
