"""``Broker``: a simulated EMQX that calls a hook program as the real one does."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NoReturn

from exhook.app import App
from exhook.errors import InvalidOptionError, WrongStateError
from exhook.testing import options, wire
from exhook.testing.client import Client, Payload, Publication, UserProperties, client_settings
from exhook.testing.operating import Operating
from exhook.testing.outcomes import Published
from exhook.testing.play import Play
from exhook.testing.programs import Provider, programs_of, why_not_loaded

if TYPE_CHECKING:
    from exhook.testing.asynchronous import AsyncBroker

_OPTIONS = (
    "version",
    "nodes",
    "request_timeout",
    "failed_action",
    "auto_reconnect",
    "pool_size",
    "authentication",
    "authorization",
    "no_match",
    "authorization_cache",
    "pace",
    "load",
)
_CLIENT_OPTIONS = (
    "username",
    "password",
    "protocol_version",
    "clean_start",
    "session_expiry_interval",
    "keepalive",
    "peerhost",
    "will",
    "user_properties",
    "node",
)
_REQUEST_TIMEOUT_SECONDS = 5.0
# A program that is gone, or a network that is slow, must not hold up the next test.
_UNLOAD_MS = 1000


class NotLoadedError(WrongStateError):
    """The broker could not load the program, and so would never call it."""


class Broker(Operating):
    """A simulated EMQX with its providers: apps, which it starts and stops, or running programs.

    ``with Broker(app) as broker`` runs it; so do ``start`` and ``stop``. In an event loop,
    ``async with Broker(app) as broker`` gives a broker whose methods are awaited. Any thread may
    use it, several at once.
    """

    def __init__(
        self,
        programs: App | str | Provider | Sequence[App | str | Provider],
        *,
        version: str | None = None,
        nodes: int = 1,
        request_timeout: float = _REQUEST_TIMEOUT_SECONDS,
        failed_action: Literal["deny", "ignore"] = "deny",
        auto_reconnect: float = 60.0,
        pool_size: int = 8,
        authentication: Literal["allow", "deny"] | None = None,
        authorization: Literal["allow", "deny"] | None = None,
        no_match: Literal["allow", "deny"] = "allow",
        authorization_cache: bool = True,
        pace: float = 1.0,
        load: bool = True,
        **unknown: NoReturn,
    ) -> None:
        """Creates a broker that is not running yet.

        ``programs`` is an app, the URL of a program that runs elsewhere (``http://host:port``,
        ``unix:/path``), or a list of them, in the order in which the broker asks them.

        ``version`` is the EMQX it behaves like, 4.3 or newer: ``"5.8"`` means the last release of
        5.8; where ``None``, the newest that was recorded. ``nodes`` is how many it has.
        ``request_timeout`` is for how many seconds it waits for an answer, ``failed_action`` what
        it does where none comes, ``auto_reconnect`` after how many seconds it tries again to load
        (0 is never), and ``pool_size`` how many connections each node opens.

        ``authentication`` is what the broker's own authenticators say, where it has some: it then
        asks no hook. ``authorization`` is the same of its authorization sources, which EMQX 4 asks
        after the hook. ``no_match`` holds where nobody has an opinion. ``authorization_cache`` is
        whether it keeps answers.

        ``pace`` is how many times faster than real its own waits pass: those before it connects
        or loads again, between its looks at connections, and for which it keeps authorizations.
        It does not change ``request_timeout``.

        With ``load=False`` it starts also where it cannot load a program, as EMQX does.

        Raises ``InvalidOptionError`` where an option does not exist or has no meaning; what only
        the start finds out, ``start`` raises.
        """
        options.refuse_unknown(unknown, "Broker", _OPTIONS)
        self._request_timeout_ms = options.milliseconds("request_timeout", request_timeout, 1)
        defaults = {
            "request_timeout_ms": self._request_timeout_ms,
            "failed_action": failed_action,
            "auto_reconnect": auto_reconnect,
            "pool_size": pool_size,
        }
        self._programs = programs_of(programs, defaults)
        words = ("allow", "deny")
        for name, word in (("authentication", authentication), ("authorization", authorization)):
            if word is not None:
                options.one_of(name, word, words)
        self._settings = options.given(
            version=None if version is None else options.text("version", version),
            nodes=options.whole("nodes", nodes, 1),
            authentication=authentication,
            authorization=authorization,
            no_match=options.one_of("no_match", no_match, words),
            authorization_cache=bool(authorization_cache),
            pace=options.number("pace", pace),
        )
        self._must_load = load
        self._lock = threading.Lock()
        self._play: Play | None = None
        self._timeout_ms = self._request_timeout_ms
        self._process = os.getpid()

    # -- its life

    def start(self) -> None:
        """Starts the apps, each on a free port of the loopback, and the broker, which loads them.

        Raises ``NotLoadedError`` where one cannot be loaded, unless ``load=False`` was given,
        ``InvalidOptionError`` where an app has no handlers or a version is none of EMQX, and
        ``WrongStateError`` where an app or this broker runs already. Whatever it raises, nothing
        is left running.
        """
        with self._lock, contextlib.ExitStack() as stack:
            if self._play is not None and not self._play.is_over:
                raise WrongStateError("the broker runs already; stop it before")
            for program in self._programs:
                program.start()
                stack.callback(program.forget_address)
                stack.callback(program.stop)
            providers = [program.settings for program in self._programs]
            play = Play({**self._settings, "providers": providers})
            stack.callback(play.end)
            if self._must_load:
                self._require_loaded(play)
            self._play, self._process = play, os.getpid()
            self._timeout_ms = self._request_timeout_ms
            stack.pop_all()

    def stop(self) -> None:
        """Unloads the programs, ends the broker and stops the apps; a second call has no effect.

        What the broker has told, calls and messages, stays readable. Raises what shutdown
        functions of an app raise.
        """
        with self._lock, contextlib.ExitStack() as stack:
            play = self._play
            if play is None or play.is_over:
                return
            for program in self._programs:
                stack.callback(program.forget_address)
                stack.callback(program.stop)
            play.stop(min(self._timeout_ms, _UNLOAD_MS))

    def __enter__(self) -> Broker:
        """Starts it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stops it; in a forked child, where it does not run, it does nothing."""
        if os.getpid() == self._process:
            self.stop()

    async def __aenter__(self) -> AsyncBroker:
        """Starts it without blocking the event loop."""
        from exhook.testing.asynchronous import AsyncBroker

        return await AsyncBroker.started(self)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stops it without blocking the event loop."""
        from exhook.testing.asynchronous import in_thread

        if os.getpid() == self._process:
            await in_thread(self.stop)

    # -- its clients

    def client(
        self,
        clientid: str,
        *,
        username: str | None = None,
        password: str | None = None,
        protocol_version: Literal[3, 4, 5] = 5,
        clean_start: bool = True,
        session_expiry_interval: int = 0,
        keepalive: int = 60,
        peerhost: str = "127.0.0.1",
        will: Publication | None = None,
        user_properties: UserProperties = (),
        node: int | None = None,
        **unknown: NoReturn,
    ) -> Client:
        """Returns an MQTT client that is not connected.

        ``protocol_version`` is 3 for MQTT 3.1, 4 for 3.1.1, or 5. ``session_expiry_interval`` is
        0 for a session that ends with the connection; others live until the broker stops.
        ``will`` is published when its connection is lost. ``node`` is the node it connects to,
        from 0; the nodes take turns where it does not say. Several clients may have one client id,
        which belongs to the last that connected.

        Raises ``InvalidOptionError`` where an option does not exist or has no meaning.
        """
        options.refuse_unknown(unknown, "client", _CLIENT_OPTIONS)
        nodes = self._settings["nodes"]
        if node is not None and options.whole("node", node, 0) >= nodes:
            raise InvalidOptionError(f"node is {node}; the broker has {nodes}, counted from 0")
        settings = client_settings(
            clientid=clientid,
            username=username,
            password=password,
            protocol_version=protocol_version,
            clean_start=clean_start,
            session_expiry_interval=session_expiry_interval,
            keepalive=keepalive,
            peerhost=peerhost,
            will=will,
            user_properties=user_properties,
            node=node,
        )
        return Client(self._running(), settings)

    def publish(
        self,
        topic: str,
        payload: Payload = b"",
        *,
        qos: int = 0,
        retain: bool = False,
        user_properties: UserProperties = (),
    ) -> Published:
        """Publishes as the broker's REST API does: no client, no authorization."""
        message = Publication(topic, payload, qos, retain, user_properties)
        play = self._running()
        return wire.published(play.perform("publish", message=message.settings()), play.request_of)

    @property
    def app(self) -> App:
        """The app. Raises ``WrongStateError`` where the program is none, or there are several."""
        apps = [program.app for program in self._programs]
        if len(apps) != 1 or apps[0] is None:
            raise WrongStateError("the broker does not have one app that it could be")
        return apps[0]

    def __repr__(self) -> str:
        """The broker and how it stands with its providers."""
        play = self._play
        version = f"EMQX {self._settings['version']}" if "version" in self._settings else "EMQX"
        if play is None or play.is_over:
            return f"<Broker {version}, not running>"
        stands = ", ".join(f"{each.provider} {each.status}" for each in play.statuses())
        return f"<Broker {version}: {stands}>"

    def _require_loaded(self, play: Play) -> None:
        statuses = play.statuses()
        if all(each.status == "connected" for each in statuses):
            return
        raise NotLoadedError(
            f"{why_not_loaded(statuses, self._programs)}; load=False lets the broker start all "
            "the same, as EMQX does"
        )
