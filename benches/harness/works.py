"""The works: the request that is sent, and the answer that it must get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness import BenchError, broker_calls, wire

SERVICE = "/emqx.exhook.v3.HookProvider/"
GRPC_PREFIX_BYTES = 5
IGNORE = 1
STOP_AND_RETURN = 2
# What a payload begins with that servers leave as it is.
KEPT = b"k"

HEADERS = {
    "username": "sensor-0042",
    "protocol": "mqtt",
    "peerhost": "127.0.0.1",
    "allow_publish": "true",
}
META = wire.message(
    wire.text(1, "emqx@127.0.0.1"),
    wire.text(2, "5.8.9"),
    wire.text(3, "EMQX"),
    wire.text(4, "emqxcl"),
)


@dataclass(frozen=True)
class Work:
    """One kind of call."""

    name: str
    method: str
    request: bytes
    check: Callable[[bytes], None]
    # The options with which `exhook bench` makes calls of this kind and length, if it can.
    bench: tuple[str, ...] = ()
    # What a broker makes of the answer.
    verdict: str = ""

    @property
    def frame(self) -> bytes:
        """The request as gRPC sends it: uncompressed, behind its length."""
        return b"\0" + len(self.request).to_bytes(4, "big") + self.request


def published_message(payload: bytes) -> bytes:
    """A ``Message`` as a broker sends it."""
    return wire.message(
        wire.text(1, "emqx@127.0.0.1"),
        wire.text(2, "000660C089978EEA8D0B000003240002"),
        wire.number(3, 1),
        wire.text(4, "device-0042"),
        wire.text(5, "sensors/room-7/temperature"),
        wire.data(6, payload),
        wire.number(7, 1_795_236_741_123),
        *(wire.data(8, wire.message(wire.text(1, k), wire.text(2, v))) for k, v in HEADERS.items()),
    )


def publish_request(payload: bytes) -> bytes:
    """The call of ``message.publish`` with this payload."""
    return wire.message(wire.data(1, published_message(payload)), wire.data(2, META))


def payload_length(request_bytes: int) -> int:
    """How large the payload is of a publish of so many bytes."""
    length = 0
    while len(publish_request(b"p" * length)) < request_bytes:
        length += 1
    return length


def publish_replaced(name: str, length: int) -> Work:
    """A publish whose payload of ``length`` bytes is replaced."""
    request = publish_request(b"p" * length)
    expected = wire.decode(published_message(b"r" * length))

    def check(answer: bytes) -> None:
        fields = wire.decode(answer)
        messages = fields.get(4, [])
        if fields.get(1) != [STOP_AND_RETURN] or len(messages) != 1:
            raise BenchError("the answer is not STOP_AND_RETURN with a message")
        message = wire.decode(messages[0] if isinstance(messages[0], bytes) else b"")
        if wire.unordered(message) != wire.unordered(expected):
            raise BenchError("the answer's message is not the request's with a replaced payload")

    bench = ("--hook", "message.publish", "--payload-bytes")
    return Work(
        name,
        SERVICE + "OnMessagePublish",
        request,
        check,
        (*bench, str(broker_calls.payload_bytes(len(request)))),
        "replace",
    )


def publish_unchanged(name: str, length: int) -> Work:
    """A publish that is let through; its first byte says so."""
    request = publish_request(KEPT + b"p" * (length - 1))

    def check(answer: bytes) -> None:
        if wire.decode(answer) != {1: [IGNORE]}:
            raise BenchError("the answer is not IGNORE without a message")

    return Work(name, SERVICE + "OnMessagePublish", request, check)


def client_info() -> bytes:
    """A ``ClientInfo`` as a broker sends it."""
    return wire.message(
        wire.text(1, "emqx@127.0.0.1"),
        wire.text(2, "device-0042"),
        wire.text(3, "sensor-0042"),
        wire.text(4, "correct horse battery staple"),
        wire.text(5, "127.0.0.1"),
        wire.number(6, 1883),
        wire.text(7, "mqtt"),
        wire.number(13, 50_123),
    )


def notify(name: str) -> Work:
    """A client that has connected, to which there is nothing to say."""
    request = wire.message(wire.data(1, client_info()), wire.data(2, META))

    def check(answer: bytes) -> None:
        if answer:
            raise BenchError(f"the answer has {len(answer)} bytes, and should be empty")

    return Work(name, SERVICE + "OnClientConnected", request, check)


def authenticate(name: str) -> Work:
    """A client that is admitted."""
    request = wire.message(wire.data(1, client_info()), wire.number(2, 1), wire.data(3, META))

    def check(answer: bytes) -> None:
        if wire.decode(answer) != {1: [STOP_AND_RETURN], 3: [1]}:
            raise BenchError("the answer is not STOP_AND_RETURN with true")

    bench = ("--hook", "client.authenticate")
    return Work(name, SERVICE + "OnClientAuthenticate", request, check, bench, "allow")


WORKS = {
    work.name: work
    for work in (
        authenticate("authenticate"),
        notify("notify"),
        publish_unchanged("publish-unchanged", payload_length(365)),
        publish_replaced("publish-replace-365", payload_length(365)),
        publish_replaced("publish-replace-8k", 8 * 1024),
        publish_replaced("publish-replace-32k", 32 * 1024),
    )
}
