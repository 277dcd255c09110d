"""The simulated broker of ``exhook.testing`` against apps."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from broker import eventually
from exhook import App, Message
from exhook.testing import Broker, Provider, Publication

VERSIONS = ("4.3", "4.4", "5.0", "5.3", "5.8", "5.9", "6.2", "6.3")


@pytest.fixture
def app() -> App:
    """Lets in alice, lets topics below ``own/`` be used, changes ``in`` and blocks ``secret``."""
    app = App()
    app.state.seen = []

    @app.on_client_authenticate
    def authenticate(request):
        return request.clientinfo.username == "alice"

    @app.on_client_authorize
    def authorize(request):
        return request.topic.startswith("own/")

    @app.on_message_publish("own/#")
    async def change(request):
        if request.topic == "own/secret":
            return request.message.block()
        if request.topic == "own/in":
            return request.message.replace(
                topic="own/out", payload=b"<" + request.message.payload + b">"
            )
        return None

    @app.on_client_connected
    @app.on_client_disconnected
    @app.on_message_dropped
    def note(request):
        app.state.seen.append((request.hook, request.clientid))

    return app


@pytest.fixture
def broker(app: App) -> Iterator[Broker]:
    with Broker(app) as broker:
        yield broker


@pytest.mark.parametrize("version", VERSIONS)
def test_what_clients_experience_is_told_for_every_release(app: App, version: str) -> None:
    with Broker(app, version=version, pool_size=2) as broker:
        client = broker.client("c1", username="alice")
        connected = client.connect()
        assert (connected.accepted, connected.reason, connected.reason_code) == (True, "success", 0)
        assert client.is_connected
        subscribed = client.subscribe("own/#", "other/#", qos=1)
        assert not subscribed.accepted
        assert [grant.granted for grant in subscribed.filters] == [True, False]
        assert subscribed.filters[1].reason_code == 135

        published = client.publish("own/in", b"\x00\xff", qos=2)
        assert published.authorized
        assert not published.blocked
        assert published.delivered_to == ("c1",)
        assert published.delivered_as is not None
        assert published.delivered_as.payload == b"<\x00\xff>"
        assert published.delivered_as.from_ == "c1"
        assert published.call("message.publish").verdict == "replace"
        assert [message.topic for message in client.received] == ["own/out"]
        assert client.received[0].qos == 1

        refused = client.publish("other/1", "text")
        assert (refused.authorized, refused.reason_code) == (False, 135)
        assert refused.delivered_as is None
        assert client.disconnect().hooks == ["client.disconnected"]
        assert not client.is_connected

        stranger = broker.client("c2", username="mallory").connect()
        assert (stranger.accepted, stranger.reason_code) == (False, 135)
        assert stranger.call("client.authenticate").verdict == "deny"


def test_a_blocked_message_reaches_nobody(broker: Broker) -> None:
    client = broker.client("c1", username="alice")
    client.connect()
    client.subscribe("own/#")
    published = client.publish("own/secret", b"x", qos=1)
    assert (published.blocked, published.delivered_as, published.reason_code) == (True, None, 16)
    assert client.received == []


def test_calls_have_the_requests_that_handlers_get(broker: Broker) -> None:
    client = broker.client("c1", username="alice", password="pw", peerhost="10.0.0.7")
    login = client.connect().call("client.authenticate").request
    assert login.clientinfo.username == "alice"
    assert login.clientinfo.peerhost == "10.0.0.7"
    assert login.package == "v3"
    assert "pw" not in repr(login)
    message = client.publish("own/in", b"x").call("message.publish").request.message
    assert isinstance(message, Message)
    assert message.payload == b"x"
    broker.forget_calls()
    assert broker.calls() == []
    with pytest.raises(RuntimeError, match="told to forget"):
        _ = client.connect().calls and login_of(broker)


def login_of(broker: Broker) -> object:
    call = broker.calls()[0]
    broker.forget_calls()
    return call.request


def test_a_will_retained_messages_and_sessions_are_kept(broker: Broker) -> None:
    will = Publication("own/will", b"gone", qos=1, retain=True)
    lost = broker.client("lost", username="alice", will=will)
    lost.connect()
    keeper = broker.client(
        "keeper", username="alice", clean_start=False, session_expiry_interval=60
    )
    keeper.connect()
    keeper.subscribe("own/will", qos=1)
    keeper.lose_connection()
    lost.lose_connection()
    assert keeper.connect().session_present
    assert [message.payload for message in keeper.received] == [b"gone"]
    late = broker.client("late", username="alice")
    late.connect()
    late.subscribe("own/will")
    assert [message.retain for message in late.received] == [True]
    late.unsubscribe("own/will")
    assert "late" not in broker.publish("own/will", "again").delivered_to


def test_waiting_covers_events_that_wait_and_all_kinds_of_handlers() -> None:
    app = App()
    done: list[str] = []
    go = threading.Event()

    @app.on_client_connected
    def slow(request):
        go.wait()
        done.append("def")

    @app.on_client_connected
    async def slow_async(request):
        await asyncio.sleep(0.05)
        done.append("async def")

    @app.on_session_created(inline=True)
    def inline(request):
        done.append("inline")

    with Broker(app) as broker:
        for number in range(3):
            assert broker.client(f"c{number}").connect().accepted
        with pytest.raises(TimeoutError, match="events wait or are being handled"):
            broker.wait_until_handled(0)
        go.set()
        broker.wait_until_handled()
        assert sorted(done) == ["async def"] * 3 + ["def"] * 3 + ["inline"] * 3


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_short_request_timeout_shows_the_fallback_of_a_slow_handler(kind: str) -> None:
    app = App()
    go = threading.Event()
    left: list[float] = []

    if kind == "def":

        @app.on_client_authenticate
        def slow(request):
            left.append(request.deadline_ms)
            go.wait()
            return True

    else:

        @app.on_client_authenticate
        async def slow_async(request):
            left.append(request.deadline_ms)
            await asyncio.to_thread(go.wait)
            return True

    with Broker(app, request_timeout=60) as broker:
        try:
            with broker.request_timeout(1):
                refused = broker.client("c1").connect()
            assert not refused.accepted
            # The fallback of the app, or failed_action where that came too late.
            assert refused.call("client.authenticate").verdict in ("deny", None)
            assert left[0] < 1_000
            with pytest.raises(TimeoutError, match="handlers are not done after 0 s: "):
                broker.wait_until_handled(0)
        finally:
            go.set()
        broker.wait_until_handled()
        assert broker.client("c2").connect().accepted
        assert left[1] > 1_000


def test_a_delay_counts_against_the_timeout_and_the_failed_action_decides(app: App) -> None:
    with Broker(app, failed_action="ignore", no_match="deny") as broker:
        client = broker.client("c1", username="alice")
        client.connect()
        broker.delay_calls(1)
        with broker.request_timeout(0.02):
            published = client.publish("own/1")
        broker.delay_calls(0)
        failed = published.call("client.authorize")
        assert (failed.result, failed.verdict) == ("failed", None)
        assert failed.reason
        assert not published.authorized


def test_a_provider_is_disabled_and_enabled(broker: Broker) -> None:
    (status,) = broker.status()
    assert (status.status, status.loads) == ("connected", 1)
    assert next(each.topics for each in status.hooks if each.hook == "message.publish") == (
        "own/#",
    )
    broker.disable()
    assert broker.status()[0].status == "disabled"
    assert broker.client("c1", username="mallory").connect().calls == ()
    broker.enable()
    assert not broker.client("c1", username="mallory").connect().accepted
    broker.restart(orderly=True)
    broker.restart()
    assert len(broker.calls("provider.loaded")) == 4
    assert len(broker.calls("provider.unloaded")) == 2


def test_a_broker_at_a_fast_pace_finds_an_app_again_that_was_gone(app: App) -> None:
    with Broker(app, version="5.9", pace=1000) as broker:
        client = broker.client("c1", username="alice")
        client.connect()
        broker.stop_app()
        assert not client.publish("own/1").authorized
        broker.start_app()
        eventually(lambda: broker.status()[0].loads >= 2)
        assert client.publish("own/2").authorized
        broker.cut_connections()
        eventually(lambda: broker.status()[0].loads >= 3)
        broker.wait_until_loaded()


@pytest.mark.parametrize("version", ["4.4", "5.3", "5.8", "6.2"])
def test_an_app_that_is_gone_does_not_hold_up_the_end(app: App, version: str) -> None:
    with Broker(app, version=version, request_timeout=3600) as broker:
        broker.client("c1", username="alice").connect()
        broker.delay_calls(3600)
        broker.stop_app()
    assert broker.status()[0].status == "disabled"


def test_several_programs_are_asked_in_their_order(app: App) -> None:
    second = App(companion=True)
    second.on_client_connected(lambda request: None)
    providers = [Provider(app, name="first"), Provider(second, failed_action="ignore")]
    with Broker(providers, nodes=2, pool_size=1) as broker:
        assert [(each.node[:5], each.provider) for each in broker.status()] == [
            ("emqx1", "first"),
            ("emqx1", "default-2"),
            ("emqx2", "first"),
            ("emqx2", "default-2"),
        ]
        connected = broker.client("c1", username="alice", node=1).connect()
        assert connected.call("client.connected", provider="default-2").node.startswith("emqx2")
        with pytest.raises(AssertionError, match="called 2 times; say which"):
            connected.call("client.connected")
        broker.disable("first")
        with pytest.raises(ValueError, match="there are several providers; name one: first"):
            broker.disable()
        with pytest.raises(ValueError, match="did you mean"):
            broker.disable("frist")
        with pytest.raises(RuntimeError, match="does not have one app"):
            _ = broker.app


def test_a_program_elsewhere_is_called_by_its_url(app: App) -> None:
    app.start("127.0.0.1:0")
    try:
        with Broker(f"http://{app.address}") as broker:
            assert broker.client("c1", username="alice").connect().accepted
            with pytest.raises(RuntimeError, match="wait_until_handled is for apps"):
                broker.wait_until_handled()
        assert app.address
    finally:
        app.stop()


def test_threads_use_one_broker_side_by_side(broker: Broker) -> None:
    barrier = threading.Barrier(8)

    def play(number: int) -> int:
        barrier.wait()
        client = broker.client(f"c{number}", username="alice")
        client.connect()
        client.subscribe(f"own/{number}")
        for _ in range(20):
            client.publish(f"own/{number}", b"x")
        return len(client.received)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(play, range(8))) == [20] * 8
    broker.wait_until_handled()
    broker.assert_called("client.connected", times=8)


def test_what_was_told_can_be_read_once_the_broker_has_stopped(app: App) -> None:
    broker = Broker(app)
    with broker:
        client = broker.client("c1", username="alice")
        client.connect()
        client.subscribe("own/#")
        client.publish("own/1", b"x")
    assert client.received[0].payload == b"x"
    assert not client.is_connected
    assert broker.assert_called("client.authenticate").request.clientinfo.username == "alice"
    assert broker.calls("provider.unloaded")[0].verdict == "done"
    assert broker.status()[0].status == "disabled"
    with pytest.raises(RuntimeError, match="the broker has stopped"):
        client.publish("own/1")
    with broker:
        assert broker.calls(clientid="c1") == []
        assert broker.client("c1", username="alice").connect().accepted
    broker.stop()


def test_the_app_stops_also_after_a_test_that_fails(app: App) -> None:
    with pytest.raises(ZeroDivisionError), Broker(app):
        1 / 0  # noqa: B018
    with pytest.raises(RuntimeError, match="does not run"):
        _ = app.address


def test_an_error_of_a_shutdown_function_is_raised_and_leaves_nothing(app: App) -> None:
    @app.on_shutdown
    def fail() -> None:
        raise OSError("disk full")

    other = App()
    other.on_client_connected(lambda request: None)
    with pytest.raises(OSError, match="disk full"), Broker([app, other]) as broker:
        pass
    assert repr(broker) == "<Broker EMQX, not running>"
    for each in (app, other):
        with pytest.raises(RuntimeError, match="does not run"):
            _ = each.address


def test_an_event_loop_is_not_blocked(app: App) -> None:
    async def play() -> None:
        async with Broker(app, version="5.8") as broker:
            client = broker.client("c1", username="alice")
            assert (await client.connect()).accepted
            assert (await client.subscribe("own/#", qos=1)).accepted
            async with broker.request_timeout(30):
                published, _ = await asyncio.gather(
                    client.publish("own/in", b"x", qos=1), broker.publish("own/1", "y")
                )
            assert published.call("message.publish").verdict == "replace"
            assert {message.payload for message in client.received} == {b"<x>", b"y"}
            await broker.disable()
            await broker.enable()
            broker.delay_calls(0)
            await broker.wait_until_loaded()
            await client.unsubscribe("own/#")
            await client.lose_connection()
            await broker.wait_until_handled()
            broker.assert_called("client.disconnected", clientid="c1")
            broker.assert_not_called("client.connected", clientid="c2")
        assert broker.status()[0].status == "disabled"

    asyncio.run(play())


def test_a_cancelled_start_leaves_nothing_behind(app: App) -> None:
    @app.on_startup
    async def slow() -> None:
        started.set()
        await asyncio.sleep(0.1)

    started = threading.Event()

    async def play() -> None:
        async def enter() -> None:
            async with Broker(app):
                raise AssertionError("it was cancelled")

        task = asyncio.create_task(enter())
        await asyncio.to_thread(started.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(play())
    with pytest.raises(RuntimeError, match="does not run"):
        _ = app.address
