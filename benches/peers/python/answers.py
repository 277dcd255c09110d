"""What both Python peers answer, made with the generated code.

Needs ``exhook_v3_pb2`` on the path; benches/run.py generates it.
"""

# The generated module has no types.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import exhook_v3_pb2 as messages

Answer = Callable[[Any], Any]

# What a payload begins with that is left as it is.
KEPT = ord("k")
SERVICE = messages.DESCRIPTOR.services_by_name["HookProvider"]
IGNORED = messages.ValuedResponse(type=messages.ValuedResponse.IGNORE)

HOOKS = (
    "client.connect",
    "client.connack",
    "client.connected",
    "client.disconnected",
    "client.authenticate",
    "client.authorize",
    "client.subscribe",
    "client.unsubscribe",
    "session.created",
    "session.subscribed",
    "session.unsubscribed",
    "session.resumed",
    "session.discarded",
    "session.takenover",
    "session.terminated",
    "message.ingress",
    "message.publish",
    "message.delivered",
    "message.dropped",
    "message.acked",
)


@cache
def replacement(length: int) -> bytes:
    """The payload that replaces one of ``length`` bytes."""
    return b"r" * length


def loaded(request: Any) -> Any:
    """Asks for every hook."""
    return messages.LoadedResponse(hooks=[messages.HookSpec(name=name) for name in HOOKS])


def authenticate(request: Any) -> Any:
    """Admits everybody."""
    return messages.ValuedResponse(type=messages.ValuedResponse.STOP_AND_RETURN, bool_result=True)


def publish(request: Any) -> Any:
    """Replaces the payload, or leaves it."""
    message = request.message
    payload = message.payload
    if payload[0] == KEPT:
        return IGNORED
    message.payload = replacement(len(payload))
    return messages.ValuedResponse(type=messages.ValuedResponse.STOP_AND_RETURN, message=message)


def nothing_to_say(answer: str) -> Answer:
    """Always answers the same message of type ``answer``."""
    made = IGNORED if answer == "ValuedResponse" else getattr(messages, answer)()
    return lambda request: made


ANSWERS: dict[str, Answer] = {
    rpc.name: nothing_to_say(rpc.output_type.name) for rpc in SERVICE.methods
} | {
    "OnProviderLoaded": loaded,
    "OnClientAuthenticate": authenticate,
    "OnMessagePublish": publish,
}
