"""Outcomes and settings as the native module has them: JSON."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import Any

from exhook._native import Request
from exhook.errors import ExhookError
from exhook.testing.outcomes import (
    Connected,
    Done,
    Grant,
    HookCall,
    InstalledHook,
    Message,
    NodeStatus,
    Published,
    Subscribed,
)

Values = dict[str, Any]
ReadRequest = Callable[[HookCall], Request]

_FRAME = re.compile(r"^the \w[\w ]*? cannot be used: | at line \d+ column \d+$")


def without_frame(error: ExhookError) -> ExhookError:
    """Returns the error without what it says about JSON, which nobody wrote."""
    return type(error)(_FRAME.sub("", str(error)))


def payload(value: bytes | bytearray | memoryview | str) -> Values:
    """Returns a payload; a text is its UTF-8."""
    data = value.encode() if isinstance(value, str) else bytes(value)
    return {"base64": base64.b64encode(data).decode()}


def message(values: Values) -> Message:
    """Reads a message."""
    return Message(
        topic=values["topic"],
        payload=base64.b64decode(values["payload_base64"]),
        qos=values["qos"],
        retain=values["retain"],
        from_=values["from"],
    )


def calls(values: Sequence[Values], read: ReadRequest) -> tuple[HookCall, ...]:
    """Reads calls; ``read`` finds the request of one."""
    return tuple(
        HookCall(
            hook=each["hook"],
            clientid=each["clientid"],
            topic=each["topic"],
            result=each["result"],
            verdict=each.get("verdict"),
            reason=each.get("reason"),
            elapsed_ms=each["elapsed_ms"],
            node=each["node"],
            provider=each["provider"],
            number=each["number"],
            _read=read,
        )
        for each in values
    )


def connected(values: Values, read: ReadRequest) -> Connected:
    """Reads what a client experienced that connects."""
    return Connected(**{**values, "calls": calls(values["calls"], read)})


def subscribed(values: Values, read: ReadRequest) -> Subscribed:
    """Reads what a client experienced that subscribes."""
    return Subscribed(
        calls=calls(values["calls"], read),
        accepted=values["accepted"],
        filters=tuple(Grant(**each) for each in values["filters"]),
    )


def published(values: Values, read: ReadRequest) -> Published:
    """Reads what a client experienced that publishes."""
    delivered_as = values["delivered_as"]
    return Published(
        calls=calls(values["calls"], read),
        authorized=values["authorized"],
        blocked=values["blocked"],
        delivered_as=None if delivered_as is None else message(delivered_as),
        delivered_to=tuple(values["delivered_to"]),
        reason_code=values["reason_code"],
    )


def done(values: Values, read: ReadRequest) -> Done:
    """Reads what a client experienced otherwise."""
    return Done(calls=calls(values["calls"], read))


def status(values: Values) -> NodeStatus:
    """Reads how a node stands with a provider."""
    return NodeStatus(
        node=values["node"],
        provider=values["provider"],
        status=values["status"],
        reason=values["reason"],
        hooks=tuple(InstalledHook(each["hook"], tuple(each["topics"])) for each in values["hooks"]),
        loads=values["loads"],
    )
