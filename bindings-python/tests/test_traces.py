"""Spans that user code begins are below the span of its handler."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Serve
from exhook import App

# Nobody is there; what becomes of the spans of calls is tested in the core.
COLLECTOR = "http://127.0.0.1:9"

trace_api: Any = pytest.importorskip("opentelemetry.trace")
sdk: Any = pytest.importorskip("opentelemetry.sdk.trace")


@pytest.mark.parametrize("kind", ["def", "inline", "async def"])
@pytest.mark.parametrize("percent", [0, 100])
def test_spans_of_user_code_are_below_that_of_its_handler(
    serve: Serve, kind: str, percent: int
) -> None:
    tracer = sdk.TracerProvider().get_tracer("tests")
    seen: list[tuple[str | None, Any]] = []

    def note(request: Any) -> bool:
        with tracer.start_as_current_span("work") as span:
            seen.append((request.traceparent, span))
        return True

    async def note_async(request: Any) -> bool:
        return note(request)

    app = App(otlp_endpoint=COLLECTOR, otlp_sample_percent=percent)
    if kind == "async def":
        app.on_client_authenticate(note_async)
    else:
        app.on_client_authenticate(inline=kind == "inline")(note)
    broker = serve(app)
    assert [broker.authenticate() for _ in range(2)] == ["allow", "allow"]
    traceparents = [traceparent for traceparent, _ in seen]
    if percent == 0:
        assert traceparents == [None, None]
        assert [span.parent for _, span in seen] == [None, None]
        return
    assert len(set(traceparents)) == 2
    for traceparent, span in seen:
        trace, parent = span.context.trace_id, span.parent.span_id
        assert traceparent == f"00-{trace:032x}-{parent:016x}-01"


def test_a_handler_that_is_not_traced_sees_no_span_of_another(serve: Serve) -> None:
    current = []

    def note(request: Any) -> bool:
        context = trace_api.get_current_span().get_span_context()
        current.append((request.traceparent is not None, context.is_valid))
        return True

    app = App(otlp_endpoint=COLLECTOR, otlp_sample_percent=50)
    app.on_client_authenticate(inline=True)(note)
    broker = serve(app)
    for _ in range(60):
        broker.authenticate()
    assert {traced for traced, _ in current} == {False, True}
    assert all(traced == valid for traced, valid in current)
