"""Makes the span of a handler OpenTelemetry's current one, in programs that have its package."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import Any

from exhook._native import Request


@functools.cache
def _opentelemetry() -> tuple[Any, Any] | None:
    """The module of contexts, and what reads ``traceparent``; ``None`` without the package."""
    try:
        context = import_module("opentelemetry.context")
        w3c = import_module("opentelemetry.trace.propagation.tracecontext")
    except ImportError:
        return None
    return context, w3c.TraceContextTextMapPropagator()


def enter_span(request: Request) -> object | None:
    """Makes the span of the handler of ``request`` the current one, if the call is traced.

    Returns what ``leave_span`` takes; ``None`` where nothing was changed.
    """
    traceparent = request.traceparent
    if traceparent is None:
        return None
    found = _opentelemetry()
    if found is None:
        return None
    context, propagator = found
    token: object = context.attach(propagator.extract({"traceparent": traceparent}))
    return token


def leave_span(token: object) -> None:
    """Makes what was current before ``enter_span`` current again, on the same thread."""
    found = _opentelemetry()
    if found is not None:
        found[0].detach(token)
