"""What ``exhook.testing`` says to those who use it wrongly."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from exhook import App, InvalidOptionError, WrongStateError
from exhook.testing import Broker, NotLoadedError, Provider


@pytest.fixture
def app() -> App:
    app = App()
    app.on_client_authenticate(lambda request: request.clientinfo.username == "alice")
    app.on_client_connected(lambda request: None)
    return app


@pytest.fixture
def broker(app: App) -> Iterator[Broker]:
    with Broker(app) as broker:
        yield broker


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"nods": 2}, "Broker has no option 'nods'; did you mean 'nodes'?"),
        ({"nodes": 0}, "nodes is 0; it takes a whole number, 1 at least"),
        ({"version": 5.8}, "version is 5.8; it takes a text"),
        ({"request_timeout": 0}, "request_timeout is 0; it takes seconds, more than 0"),
        ({"request_timeout": "5s"}, "request_timeout is '5s'; it takes seconds, at least 0"),
        ({"failed_action": "denny"}, "failed_action is 'denny'; it takes 'deny' or 'ignore'"),
        ({"authorization": True}, "authorization is True; it takes 'allow' or 'deny'"),
        ({"pace": 0}, "pace is 0; it takes a number above 0"),
        ({"pool_size": 0}, "pool_size is 0; it takes a whole number, 1 at least"),
        ({"request_timeout": float("nan")}, "request_timeout is nan; it takes seconds, at least 0"),
        ({"auto_reconnect": -1}, "auto_reconnect is -1; it takes seconds, at least 0"),
    ],
)
def test_an_option_without_meaning_is_refused_at_once(
    app: App, options: dict[str, Any], expected: str
) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        Broker(app, **options)
    assert str(caught.value) == expected


@pytest.mark.parametrize("version", ["5", "4.2", "newest", ""])
def test_a_version_that_is_none_is_refused_with_an_example(app: App, version: str) -> None:
    with pytest.raises(InvalidOptionError, match=r"such as 5\.8 or 5\.8\.9") as caught:
        Broker(app, version=version).start()
    assert str(caught.value).startswith(f'"{version}" is no EMQX')
    assert "line" not in str(caught.value)


@pytest.mark.parametrize("given", [None, 9000, [], lambda: None, [App(), None]])
def test_what_is_no_program_is_refused(given: Any) -> None:
    with pytest.raises(InvalidOptionError, match="takes an App, the URL of a program that runs"):
        Broker(given)


def test_programs_that_cannot_be_told_apart_are_refused(app: App) -> None:
    with pytest.raises(InvalidOptionError, match="an app is given twice"):
        Broker([app, app])
    with pytest.raises(InvalidOptionError, match="two providers are called hooks"):
        Broker([Provider(app, name="hooks"), Provider("http://127.0.0.1:1", name="hooks")])


def test_a_url_without_port_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"has no port; give http://host:port"):
        Broker("localhost").start()


def test_a_program_that_nobody_serves_is_no_success() -> None:
    with socket.socket() as taken:
        # Bound, and nobody listens.
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(NotLoadedError) as caught:
            Broker(url).start()
        assert f"provider default at {url} is not loaded: cannot connect" in str(caught.value)
        assert "load=False" in str(caught.value)
        with pytest.raises(NotLoadedError, match="not loaded: no answer in time: cannot connect"):
            # Of before 5.4, which connect late and only see that no answer comes.
            Broker(url, version="5.3", request_timeout=1).start()
        with Broker(url, load=False) as broker:
            assert broker.status()[0].status == "connecting"
            # As with EMQX: nobody is asked, so everybody is let in.
            assert broker.client("c1").connect().accepted
            with pytest.raises(TimeoutError, match="is not loaded: cannot connect"):
                broker.wait_until_loaded(0.01)


def test_an_app_without_handlers_is_refused() -> None:
    app = App()
    with pytest.raises(InvalidOptionError, match="the app has no handlers"):
        Broker(app).start()
    with pytest.raises(WrongStateError):
        _ = app.address


def test_an_app_that_runs_already_goes_on_running(app: App) -> None:
    app.start("127.0.0.1:0")
    try:
        expected = f'Broker("http://{app.address}")'
        with pytest.raises(WrongStateError) as caught:
            Broker(app).start()
        assert expected in str(caught.value)
        assert app.address
    finally:
        app.stop()


def test_a_broker_that_does_not_run_says_so(app: App) -> None:
    broker = Broker(app)
    for use in (lambda: broker.client("c1"), broker.calls, broker.status, broker.restart):
        with pytest.raises(WrongStateError, match="the broker has not started"):
            use()
    with broker, pytest.raises(WrongStateError, match="the broker runs already"):
        broker.start()


@pytest.mark.parametrize(
    "use",
    [
        lambda client: client.publish("a"),
        lambda client: client.subscribe("a"),
        lambda client: client.unsubscribe("a"),
        lambda client: client.disconnect(),
        lambda client: client.lose_connection(),
    ],
)
def test_a_client_that_is_not_connected_says_why(
    broker: Broker, use: Callable[[Any], object]
) -> None:
    client = broker.client("c1", username="alice")
    with pytest.raises(WrongStateError, match=r"it is not connected; call its connect\(\) before"):
        use(client)
    client.connect()
    client.disconnect()
    with pytest.raises(WrongStateError, match="it has disconnected"):
        use(client)
    client.connect()
    broker.client("c1", username="alice").connect()
    with pytest.raises(WrongStateError, match="another client has taken its client id"):
        use(client)
    refused = broker.client("c2", username="mallory")
    refused.connect()
    with pytest.raises(WrongStateError, match="the broker refused it, not_authorized"):
        use(refused)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"usrname": "alice"}, "client has no option 'usrname'; did you mean 'username'?"),
        ({"password": b"pw"}, "password is b'pw'; it takes a text"),
        ({"protocol_version": 6}, "protocol_version is 6; it takes 3, 4 or 5"),
        ({"will": "gone"}, 'will is \'gone\'; it takes a Publication("topic", b"payload")'),
        ({"node": 1}, "node is 1; the broker has 1, counted from 0"),
    ],
)
def test_settings_of_clients_without_meaning_are_refused(
    broker: Broker, settings: dict[str, Any], expected: str
) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        broker.client("c1", **settings)
    assert str(caught.value) == expected


def test_packets_without_meaning_are_refused(broker: Broker) -> None:
    client = broker.client("c1", username="alice")
    client.connect()
    with pytest.raises(InvalidOptionError, match="qos is 3; it takes 0, 1 or 2"):
        client.publish("a", qos=3)
    with pytest.raises(InvalidOptionError, match="payload is 5; it takes bytes or a text"):
        client.publish("a", 5)  # type: ignore[arg-type]
    for topic in ("", "a/+", "#"):
        with pytest.raises(InvalidOptionError, match="it takes a topic, which is not empty"):
            client.publish(topic)
    for properties in ("ab", [("a",)], {"a": 1}, 5):
        with pytest.raises(InvalidOptionError, match="it takes a dict of texts, or pairs"):
            client.publish("a", user_properties=properties)  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionError, match="name a topic filter"):
        client.subscribe()


def test_assertions_show_the_calls_and_the_nearest_hook(broker: Broker) -> None:
    client = broker.client("c1", username="alice")
    connected = client.connect()
    assert broker.assert_called("client.connected", clientid="c1", times=1) == connected.calls[-1]
    assert broker.assert_called("client_connected").hook == "client.connected"
    broker.assert_not_called("client.connected", clientid="c2")
    made = "\n  client.authenticate of 'c1': allow\n  client.connected of 'c1': done"
    for wrong, expected in [
        (
            lambda: broker.assert_called("client.connected", clientid="c2"),
            "client.connected (clientid='c2') was not called; these calls were made:"
            f"\n  provider.loaded: loaded{made}",
        ),
        (
            lambda: broker.assert_called("message.publish"),
            "message.publish was not called, because no program has a handler for it; these calls "
            f"were made:\n  provider.loaded: loaded{made}",
        ),
        (
            lambda: broker.assert_called("client.connected", times=2),
            "client.connected was called once, not 2:\n  client.connected of 'c1': done",
        ),
        (
            lambda: broker.assert_not_called("client.connected"),
            "client.connected was called:\n  client.connected of 'c1': done",
        ),
        (
            lambda: connected.call("client.disconnected"),
            f"client.disconnected was not called; these calls were made:{made}",
        ),
    ]:
        with pytest.raises(AssertionError) as caught:
            wrong()
        assert str(caught.value) == expected
    for typo in (
        lambda: broker.assert_called("client.conected"),
        lambda: broker.calls("client.conected"),
        lambda: connected.call("client.conected"),
    ):
        with pytest.raises(InvalidOptionError, match=r"did you mean 'client\.connected'"):
            typo()


def test_outcomes_are_short_in_messages(broker: Broker) -> None:
    client = broker.client("c1", username="alice")
    assert repr(client.connect()) == (
        "Connected(accepted=True, reason='success', reason_code=0, session_present=False, "
        "calls=[client.authenticate: allow, client.connected: done])"
    )
    assert repr(client) == "<Client 'c1', connected>"
    assert repr(broker) == "<Broker EMQX: default connected>"
    assert repr(broker.calls(clientid="c1")[0]) == "<client.authenticate of 'c1': allow>"
