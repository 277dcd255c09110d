"""Which request is being handled here."""

from __future__ import annotations

from contextvars import ContextVar

from exhook._native import Request

CURRENT: ContextVar[Request | None] = ContextVar("exhook_request", default=None)
"""The request being handled; handlers of all kinds run with it set."""


def current_request() -> Request | None:
    """Returns the request that is being handled, or ``None`` outside a handler.

    It works in everything that a handler calls, awaits or starts as a task, for example in a
    logging filter that adds ``hook``, ``clientid`` and ``node`` of the request to each record.
    Each ``def`` and ``async def`` handler runs in a context of its own. Inline handlers share
    the context of their thread, so there a request stays current until the next one comes.
    """
    return CURRENT.get()
