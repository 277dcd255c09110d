"""``Client``: an MQTT client of the simulated broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from exhook.errors import InvalidOptionError, WrongStateError
from exhook.testing import options, wire
from exhook.testing.outcomes import Connected, Done, Message, Outcome, Published, Subscribed
from exhook.testing.play import Play

Payload = bytes | bytearray | memoryview | str
UserProperties = Mapping[str, str] | Sequence[tuple[str, str]]
OutcomeType = TypeVar("OutcomeType", bound=Outcome)


@dataclass(frozen=True)
class Publication:
    """A message that is published, such as the will of a client."""

    topic: str
    """The topic."""
    payload: Payload = b""
    """The payload; a text is sent as UTF-8."""
    qos: int = 0
    """The quality of service."""
    retain: bool = False
    """Whether it is retained."""
    user_properties: UserProperties = ()
    """Its user properties, which brokers since 5.9 show to hooks."""

    def settings(self) -> dict[str, Any]:
        """Returns it as the native module takes it."""
        if not isinstance(self.payload, (bytes, bytearray, memoryview, str)):
            raise InvalidOptionError(f"payload is {self.payload!r}; it takes bytes or a text")
        return {
            "topic": options.topic(self.topic),
            "payload": wire.payload(self.payload),
            "qos": quality("qos", self.qos),
            "retain": bool(self.retain),
            "user_properties": options.properties(self.user_properties),
        }


class Client:
    """An MQTT client. What it does, it does one after the other, and returns what came of it.

    Any thread may use it. It stays connected until it leaves, or the broker stops.
    """

    def __init__(self, play: Play, settings: dict[str, Any]) -> None:
        """Makes a client that is not connected; ``Broker.client`` does so."""
        self._play = play
        self._clientid: str = settings["clientid"]
        self._name = play.new_client(settings)
        self._connected: Connected | None = None
        self._left: str | None = None

    @property
    def clientid(self) -> str:
        """Its client id."""
        return self._clientid

    @property
    def is_connected(self) -> bool:
        """Whether it is connected, and no other has taken its client id."""
        return self._play.is_connected(self._name)

    @property
    def received(self) -> list[Message]:
        """The messages that it has received so far, in their order; also once it has left."""
        return self._play.received(self._name)

    def connect(self) -> Connected:
        """Connects. One that is connected already takes its own session over."""
        values = self._play.perform("connect", client=self._name)
        connected = wire.connected(values, self._play.request_of)
        self._connected, self._left = connected, None
        return connected

    def subscribe(self, *filters: str, qos: int = 0, no_local: bool = False) -> Subscribed:
        """Subscribes to topic filters, ``"$share/group/filter"`` for shared ones.

        ``qos`` is the best quality of service it wants; with ``no_local`` it does not get what it
        publishes itself. Raises ``WrongStateError`` where it is not connected.
        """
        subscriptions = [
            {"filter": each, "qos": quality("qos", qos), "no_local": no_local}
            for each in _filters(filters)
        ]
        self._require_connect("subscribe")
        values = self._play.perform("subscribe", client=self._name, subscriptions=subscriptions)
        return self._checked("subscribe", wire.subscribed(values, self._play.request_of))

    def unsubscribe(self, *filters: str) -> Done:
        """Gives up subscriptions, those included that it does not have.

        Raises ``WrongStateError`` where it is not connected.
        """
        named = _filters(filters)
        self._require_connect("unsubscribe")
        values = self._play.perform("unsubscribe", client=self._name, filters=named)
        return self._checked("unsubscribe", wire.done(values, self._play.request_of))

    def publish(
        self,
        topic: str,
        payload: Payload = b"",
        *,
        qos: int = 0,
        retain: bool = False,
        user_properties: UserProperties = (),
    ) -> Published:
        """Publishes, and waits until the subscribers have the message.

        Raises ``WrongStateError`` where it is not connected.
        """
        message = Publication(topic, payload, qos, retain, user_properties).settings()
        self._require_connect("publish")
        values = self._play.perform("publish", client=self._name, message=message)
        return self._checked("publish", wire.published(values, self._play.request_of))

    def disconnect(self) -> Done:
        """Leaves with a DISCONNECT: its will is not published.

        Raises ``WrongStateError`` where it is not connected.
        """
        return self._leave("disconnect", "it has disconnected")

    def lose_connection(self) -> Done:
        """Loses its connection: its will is published.

        Raises ``WrongStateError`` where it is not connected.
        """
        return self._leave("lose_connection", "it has lost its connection")

    def __repr__(self) -> str:
        """The client and how it stands."""
        return f"<Client {self._clientid!r}, {'' if self.is_connected else 'not '}connected>"

    def _leave(self, command: str, left: str) -> Done:
        self._require_connect(command)
        if not self.is_connected:
            raise self._not_connected(command)
        done = wire.done(self._play.perform(command, client=self._name), self._play.request_of)
        self._left = left
        return done

    def _require_connect(self, action: str) -> None:
        if self._connected is None:
            action = action.replace("_", " ")
            raise WrongStateError(
                f"client {self._clientid!r} cannot {action}: it is not connected; call its "
                "connect() before"
            )

    def _checked(self, action: str, outcome: OutcomeType) -> OutcomeType:
        """Returns the outcome, unless nothing happened because the client is not connected."""
        if outcome.calls or self._play.is_connected(self._name):
            return outcome
        raise self._not_connected(action)

    def _not_connected(self, action: str) -> WrongStateError:
        if self._left is not None:
            why = self._left
        elif self._connected is not None and not self._connected.accepted:
            why = f"the broker refused it, {self._connected.reason}"
        else:
            why = "another client has taken its client id"
        action = action.replace("_", " ")
        return WrongStateError(f"client {self._clientid!r} cannot {action}: {why}")


def client_settings(
    *,
    clientid: str,
    username: str | None,
    password: str | None,
    protocol_version: int,
    clean_start: bool,
    session_expiry_interval: int,
    keepalive: int,
    peerhost: str,
    will: Publication | None,
    user_properties: UserProperties,
    node: int | None,
) -> dict[str, Any]:
    """Returns who a client is, checked, as the native module takes it.

    Raises ``InvalidOptionError`` where a value has no meaning.
    """
    if protocol_version not in (3, 4, 5):
        raise InvalidOptionError(f"protocol_version is {protocol_version!r}; it takes 3, 4 or 5")
    if will is not None and not isinstance(will, Publication):
        raise InvalidOptionError(f'will is {will!r}; it takes a Publication("topic", b"payload")')
    expiry = options.whole("session_expiry_interval", session_expiry_interval, 0)
    return options.given(
        clientid=options.text("clientid", clientid),
        username=None if username is None else options.text("username", username),
        password=None if password is None else options.text("password", password),
        protocol_version=protocol_version,
        clean_start=bool(clean_start),
        session_expiry_interval=expiry,
        keepalive=options.whole("keepalive", keepalive, 0),
        peerhost=options.text("peerhost", peerhost),
        will=None if will is None else will.settings(),
        user_properties=options.properties(user_properties),
        node=node,
    )


def quality(name: str, value: int) -> int:
    """Returns a quality of service; raises ``InvalidOptionError`` where it is none."""
    if isinstance(value, bool) or value not in (0, 1, 2):
        raise InvalidOptionError(f"{name} is {value!r}; it takes 0, 1 or 2")
    return value


def _filters(filters: Sequence[str]) -> list[str]:
    if not filters:
        raise InvalidOptionError('name a topic filter at least, as in subscribe("sensors/#")')
    return [options.text("a topic filter", each) for each in filters]
