"""Records of the core in ``logging``."""

from __future__ import annotations

import logging

import pytest
from broker import eventually
from conftest import Serve
from exhook import App


def test_records_of_the_core_reach_logging(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "exhook")
    app = App()
    app.on_client_authenticate(lambda request: None)
    broker = serve(app, "v2")
    broker.authenticate()
    broker.authenticate()
    eventually(lambda: "refuse such clients" in caplog.text)
    eventually(lambda: app.address in caplog.text)
    warning = next(entry for entry in caplog.records if "refuse such" in entry.getMessage())
    assert warning.levelno == logging.WARNING
    assert warning.name.startswith("exhook.")
    assert "client.authenticate" in warning.getMessage()


def test_the_level_of_the_logger_counts(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "exhook")
    app = App()
    serve(app)
    app.stop()
    assert [entry for entry in caplog.records if entry.levelno < logging.ERROR] == []
