"""Records that would repeat at every call."""

from __future__ import annotations

import logging

import pytest
from exhook import App
from exhook.repeats import Repeats
from exhook.testing import Broker


def test_one_record_of_a_kind_goes_through_and_the_next_tells_how_many_did_not() -> None:
    repeats = Repeats(quiet_seconds=3600)
    assert repeats.due("a") == 0
    assert [repeats.due("a") for _ in range(3)] == [None] * 3
    assert repeats.due("b") == 0
    at_once = Repeats(quiet_seconds=0)
    assert [at_once.due("a") for _ in range(3)] == [0, 0, 0]


def test_a_handler_that_fails_at_every_call_is_told_of_once_for_each_kind_of_exception(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()

    @app.on_client_authenticate
    def authenticate(req):  # type: ignore[no-untyped-def]
        raise (KeyError if req.clientid.startswith("key") else ValueError)("told to fail")

    with caplog.at_level(logging.ERROR, "exhook.handlers"), Broker(app) as broker:
        for number in range(5):
            assert not broker.client(f"key-{number}").connect().accepted
            assert not broker.client(f"value-{number}").connect().accepted
    told = [record.getMessage() for record in caplog.records if record.name == "exhook.handlers"]
    assert len(told) == 2, told
    assert "KeyError" in told[0]
    assert "ValueError" in told[1]
