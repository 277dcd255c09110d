"""What handlers return and what brokers are told."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from broker import message, verdict
from conftest import Serve, handler_records
from exhook import App, allow, block, deny, ignore, keep_going

BOOLS = [
    (True, "allow"),
    (allow(), "allow"),
    (False, "deny"),
    (deny(), "deny"),
    (keep_going(True), "keep_going True"),
    (keep_going(False), "keep_going False"),
    (None, "ignore"),
    (ignore(), "ignore"),
]
WRONG = ["yes", 1, 0, 1.5, b"", {}, [], object(), ValueError("no"), int]


def returning(hook: str, result: Any, inline: bool = False, **options: Any) -> App:
    app = App()

    def handler(request: Any) -> Any:
        return result(request) if callable(result) and not isinstance(result, type) else result

    app._register(hook, handler, inline=inline, **options)
    return app


@pytest.mark.parametrize("package", ["v1", "v2", "v3"])
def test_authenticate_tells_every_verdict(serve: Serve, package: str) -> None:
    app = App()

    @app.on_client_authenticate
    def answer(request: Any) -> Any:
        return BOOLS[int(request.clientid)][0]

    broker = serve(app, package)
    told = [broker.authenticate(str(index)) for index in range(len(BOOLS))]
    assert told == [expected for _, expected in BOOLS]


def test_authorize_tells_every_verdict(serve: Serve) -> None:
    app = App()

    @app.on_client_authorize
    async def answer(request: Any) -> Any:
        return BOOLS[int(request.topic)][0]

    broker = serve(app)
    told = [broker.authorize(str(index)) for index in range(len(BOOLS))]
    assert told == [expected for _, expected in BOOLS]


def test_ingress_takes_final_answers_only(serve: Serve) -> None:
    answers = [(True, "allow"), (False, "deny"), (None, "ignore"), (keep_going(True), "ignore")]
    app = App()

    @app.on_message_ingress
    def answer(request: Any) -> Any:
        return answers[request.message.qos][0]

    broker = serve(app)
    told = [
        verdict(broker.call("OnMessageIngress", message=message(qos=qos)))
        for qos in range(len(answers))
    ]
    assert told == [expected for _, expected in answers]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda request: request.message.replace(payload=b"new"), "replace a/b new 1"),
        (lambda request: request.message.replace(topic="c", qos=0), "replace c payload 0"),
        (lambda request: request.message.replace(payload=b"x").replace(qos=2), "replace a/b x 2"),
        (lambda request: request.message.block(), "block"),
        (lambda request: block(), "block"),
        (lambda request: None, "ignore"),
        (lambda request: ignore(), "ignore"),
    ],
)
def test_publish_tells_every_verdict(serve: Serve, answer: Any, expected: str) -> None:
    assert serve(returning("message_publish", answer)).publish() == expected


def test_publish_with_the_message_itself_changes_nothing(serve: Serve) -> None:
    told = serve(returning("message_publish", lambda request: request.message)).publish()
    assert told in ("ignore", "replace a/b payload 1")


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("hook", ["client_authenticate", "client_authorize", "message_publish"])
def test_wrong_results_are_logged_and_fall_back(
    serve: Serve, caplog: pytest.LogCaptureFixture, hook: str, wrong: Any
) -> None:
    broker = serve(returning(hook, wrong))
    if hook == "message_publish":
        assert broker.publish() == "ignore"
    else:
        told = broker.authenticate() if hook.endswith("cate") else broker.authorize()
        assert told == "deny"
    (record,) = handler_records(caplog)
    assert record.levelno == logging.ERROR
    text = record.getMessage()
    assert "returning.handler" in text, text
    assert type(wrong).__name__ in text, text


@pytest.mark.parametrize("wrong", [block(), keep_going(True)], ids=repr)
def test_verdicts_of_other_hooks_are_wrong(
    serve: Serve, caplog: pytest.LogCaptureFixture, wrong: Any
) -> None:
    if wrong == block():
        assert serve(returning("client_authorize", wrong)).authorize() == "deny"
    else:
        assert serve(returning("message_publish", wrong)).publish() == "ignore"
    (record,) = handler_records(caplog)
    assert f"returned {wrong!r}" in record.getMessage()


@pytest.mark.parametrize("topic", ["", "a/#", "+/b", "a\0b", "x" * 65_536])
def test_topics_that_cannot_be_published_to_fall_back(
    serve: Serve, caplog: pytest.LogCaptureFixture, topic: str
) -> None:
    app = returning("message_publish", lambda request: request.message.replace(topic=topic))
    assert serve(app).publish() == "ignore"
    assert handler_records(caplog)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_notification_that_returns_something_is_warned_of_once(
    serve: Serve, caplog: pytest.LogCaptureFixture, is_async: bool
) -> None:
    app = App()
    if is_async:

        @app.on_client_connect(ack="late")
        async def refuse_later(request: Any) -> bool:
            return False

    else:

        @app.on_client_connect(ack="late")
        def refuse(request: Any) -> bool:
            return False

    broker = serve(app)
    for _ in range(3):
        broker.call("OnClientConnect", conninfo={"clientid": "c1"})
    (record,) = handler_records(caplog)
    assert record.levelno == logging.WARNING
    assert "cannot refuse" in record.getMessage()


def test_a_coroutine_from_a_def_is_explained(
    serve: Serve, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    async def later(request: Any) -> bool:
        return True

    assert serve(
        returning("client_authenticate", lambda request: later(request))
    ).authenticate() == ("deny")
    assert "async def" in handler_records(caplog)[0].getMessage()
    assert not [warning for warning in recwarn if "never awaited" in str(warning.message)]
