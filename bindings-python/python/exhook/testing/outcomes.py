"""What MQTT clients experience, and the calls of hooks that the broker makes for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from exhook.testing.search import find_one

if TYPE_CHECKING:
    from exhook import Request

Verdict = Literal[
    "allow",
    "deny",
    "continue true",
    "continue false",
    "ignore",
    "replace",
    "block",
    "done",
    "loaded",
]
"""What the broker understood: the answers, ``"done"`` of hooks that only inform, ``"loaded"``."""


@dataclass(frozen=True)
class HookCall:
    """A call of a hook, as the broker made it."""

    hook: str
    """The hook, such as ``"message.publish"``."""
    clientid: str
    """The MQTT client that it is about; empty where there is none."""
    topic: str | None
    """The topic that it is about, where there is one."""
    result: Literal["answered", "unusable", "failed"]
    """``"unusable"`` where the broker takes the answer for none, ``"failed"`` where it does what
    ``failed_action`` says."""
    verdict: Verdict | None
    """What the broker understood, where it was answered."""
    reason: str | None
    """Why it was not answered, or not usably."""
    elapsed_ms: float
    """How long the client waited for it, in milliseconds."""
    node: str
    """The node that called."""
    provider: str
    """The provider that was called."""
    number: int
    """Its place among all calls of the broker, from 0, in the order in which they ended."""
    _read: Callable[[HookCall], Request] = field(repr=False, compare=False)

    @property
    def request(self) -> Any:
        """What was asked: such an object as handlers get, for example a ``MessagePublishRequest``.

        Raises ``WrongStateError`` once the broker was told to forget the call.
        """
        return self._read(self)

    def __str__(self) -> str:
        """The call in a line: ``client.authenticate of 'c1': deny``."""
        about = f" of {self.clientid!r}" if self.clientid else ""
        topic = f" for {self.topic!r}" if self.topic is not None else ""
        return f"{self.hook}{about}{topic}: {self.verdict or f'{self.result}, {self.reason}'}"

    def __repr__(self) -> str:
        """The call in a line, for assertions that fail."""
        return f"<{self}>"


@dataclass(frozen=True, repr=False)
class Outcome:
    """What all outcomes have: the calls that were made on the way."""

    calls: tuple[HookCall, ...]
    """The calls that were made for it, in the order in which they ended."""

    @property
    def hooks(self) -> list[str]:
        """The hooks of the calls, in their order."""
        return [call.hook for call in self.calls]

    def call(
        self,
        hook: str,
        *,
        clientid: str | None = None,
        topic: str | None = None,
        provider: str | None = None,
    ) -> HookCall:
        """Returns the one call of ``hook``, of this client, topic and provider where given.

        Raises ``AssertionError`` where there is none, or more than one, with the calls that were
        made, and ``InvalidOptionError`` where there is no such hook.
        """
        return find_one(self.calls, hook, clientid=clientid, topic=topic, provider=provider)

    def __repr__(self) -> str:
        """The fields, each call in a few words."""
        values = [
            f"{each.name}={getattr(self, each.name)!r}"
            for each in fields(self)
            if each.name != "calls"
        ]
        calls = ", ".join(f"{call.hook}: {call.verdict or call.result}" for call in self.calls)
        return f"{type(self).__name__}({', '.join([*values, f'calls=[{calls}]'])})"


@dataclass(frozen=True)
class Message:
    """A message as MQTT clients see it."""

    topic: str
    """The topic."""
    payload: bytes
    """The payload."""
    qos: int
    """The quality of service."""
    retain: bool
    """Whether it is a retained one."""
    from_: str
    """The client id of who published it; empty where no client did."""


@dataclass(frozen=True, repr=False)
class Connected(Outcome):
    """What a client experienced that connects."""

    accepted: bool
    """Whether the broker let it in."""
    reason: str
    """The reason in its CONNACK: ``"success"`` or ``"not_authorized"``."""
    reason_code: int
    """The number of that reason in MQTT 5: 0 or 135."""
    session_present: bool
    """Whether the broker had a session of it."""


@dataclass(frozen=True)
class Grant:
    """What became of one topic filter."""

    filter: str
    """The filter as the client gave it."""
    granted: bool
    """Whether it was granted."""
    reason_code: int
    """The number in the SUBACK: the quality of service, or 135 for not authorized."""


@dataclass(frozen=True, repr=False)
class Subscribed(Outcome):
    """What a client experienced that subscribes."""

    accepted: bool
    """Whether all filters were granted."""
    filters: tuple[Grant, ...]
    """One entry for each filter, in their order."""


@dataclass(frozen=True, repr=False)
class Published(Outcome):
    """What a client experienced that publishes."""

    authorized: bool
    """Whether it was allowed to."""
    blocked: bool
    """Whether a hook blocked the message."""
    delivered_as: Message | None
    """What subscribers of its topic get; ``None`` where it was not authorized, blocked or lost."""
    delivered_to: tuple[str, ...]
    """The client ids of those who got it."""
    reason_code: int
    """The number in the PUBACK of MQTT 5: 0; 16 for no matching subscribers, which is what a
    client gets for a blocked message too; 135 for not authorized."""


@dataclass(frozen=True, repr=False)
class Done(Outcome):
    """What a client experienced otherwise: that unsubscribes, or leaves."""


@dataclass(frozen=True)
class InstalledHook:
    """A hook that a node calls."""

    hook: str
    """The hook."""
    topics: tuple[str, ...]
    """The filters that its topics have to match; none for every topic."""


@dataclass(frozen=True)
class NodeStatus:
    """How one node stands with one provider."""

    node: str
    """The node."""
    provider: str
    """The provider."""
    status: Literal["connected", "connecting", "disconnected", "disabled"]
    """``"connected"`` is loaded; ``"connecting"`` could not be loaded or was lost, and is tried
    again; ``"disconnected"`` is not tried again; ``"disabled"`` was unloaded."""
    reason: str | None
    """Why it is not connected."""
    hooks: tuple[InstalledHook, ...]
    """The hooks that the node calls."""
    loads: int
    """How often it was loaded."""
