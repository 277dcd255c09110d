"""What handlers are given and what they answer with, as objects."""

from __future__ import annotations

from typing import Any

import pytest
from broker import message
from conftest import Serve
from exhook import App, ClientAuthenticateRequest, ClientInfo, allow, deny, keep_going


def test_a_request_has_the_fields_of_the_wire(serve: Serve) -> None:
    app = App()
    seen: list[Any] = []
    app.on_message_publish(lambda request: seen.append(request))
    broker = serve(app)
    broker.call(
        "OnMessagePublish",
        message=message(payload=b"\x00\xff"),
        meta={"node": "n1", "version": "5.9.2"},
        user_props=[{"name": "a", "value": "b"}],
    )
    (request,) = seen
    assert request.meta.version == "5.9.2"
    assert request.node
    assert request.package == "v3"
    assert (request.message.topic, request.message.payload) == ("a/b", b"\x00\xff")
    assert (request.message.from_, request.message.qos) == ("c1", 1)
    assert request.message.headers == {"username": "alice"}
    assert [(prop.name, prop.value) for prop in request.user_props] == [("a", "b")]
    assert request.clientid == "c1"
    assert request.topic == "a/b"
    with pytest.raises(AttributeError):
        request.topic = "x"


def test_no_repr_shows_password_or_payload(serve: Serve) -> None:
    app = App()
    seen: list[Any] = []
    app.on_client_authenticate(lambda request: seen.append(request))
    app.on_message_publish(lambda request: seen.append(request))
    broker = serve(app)
    broker.authenticate()
    broker.publish(payload=b"hidden-payload")
    login, publish = seen
    texts = [repr(login), repr(login.clientinfo), repr(publish), repr(publish.message)]
    assert "alice" in texts[1]
    assert "a/b" in texts[3]
    for text in texts:
        assert "secret-word" not in text
        assert "hidden-payload" not in text


def test_verdicts_can_be_compared_and_read() -> None:
    assert repr(allow()) == "allow()"
    assert repr(keep_going(False)) == "keep_going(False)"
    assert allow() == allow()
    assert allow() != deny()
    assert len({allow(), allow(), deny()}) == 2
    with pytest.raises(AttributeError):
        allow().anything = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        keep_going("yes")  # type: ignore[arg-type]


def test_requests_can_be_matched(serve: Serve) -> None:
    app = App()

    @app.on_client_authenticate
    def authenticate(request: Any) -> bool:
        match request:
            case ClientAuthenticateRequest(clientinfo=ClientInfo(username="alice")):
                return True
            case _:
                return False

    broker = serve(app)
    assert broker.authenticate() == "allow"
    assert broker.authenticate(username="bob") == "deny"
