"""The calls that ``exhook bench`` makes, for another tool to make the same."""

from __future__ import annotations

from harness import wire

# One of its first thousand clients, most of which have a number of three digits.
NUMBER = 777
# So many fields of a request have it.
NUMBERED_FIELDS = 3
MOST_DIGITS = 6
CLIENT = f"bench-{NUMBER}"
USER = f"user-{NUMBER}"
NODE = "emqx@127.0.0.1"
PEERHOST = "127.0.0.1"
HEADERS = {"username": USER, "peerhost": PEERHOST, "protocol": "mqtt"}
META = wire.message(
    wire.text(1, NODE), wire.text(2, "5.9.2"), wire.text(3, "EMQX"), wire.text(4, "emqxcl")
)


def http_headers(message: str) -> list[str]:
    """The headers of a broker's call with a message of this name."""
    return [
        "content-type: application/grpc+proto",
        "user-agent: grpc-erlang/0.1.0",
        "grpc-encoding: identity",
        f"grpc-message-type: emqx.exhook.v3.{message}",
        "te: trailers",
        "grpc-timeout: 5S",
    ]


def published_message(payload: bytes) -> bytes:
    """A ``Message`` of the client."""
    return wire.message(
        wire.text(1, NODE),
        wire.text(2, f"{NUMBER:032X}"),
        wire.number(3, 1),
        wire.text(4, CLIENT),
        wire.text(5, f"bench/{NUMBER}"),
        wire.data(6, payload),
        wire.number(7, 1_760_000_000_000),
        *(wire.data(8, wire.message(wire.text(1, k), wire.text(2, v))) for k, v in HEADERS.items()),
    )


def publish(payload_bytes: int) -> bytes:
    """The request of ``message.publish``."""
    message = published_message(b"x" * payload_bytes)
    return wire.message(wire.data(1, message), wire.data(2, META))


def payload_bytes(request_bytes: int) -> int:
    """How large the payload is in a request of ``message.publish`` of this length, or a little
    less."""
    length = request_bytes
    while length and len(publish(length)) > request_bytes:
        length -= 1
    return length


def lengths(request: bytes) -> list[int]:
    """How long this request is when other clients make it."""
    without = len(request) - NUMBERED_FIELDS * len(str(NUMBER))
    return [without + NUMBERED_FIELDS * digits for digits in range(1, MOST_DIGITS + 1)]


def authenticate() -> bytes:
    """The request of ``client.authenticate``."""
    client = wire.message(
        wire.text(1, NODE),
        wire.text(2, CLIENT),
        wire.text(3, USER),
        wire.text(4, f"password-{NUMBER}"),
        wire.text(5, PEERHOST),
        wire.number(6, 1883),
        wire.text(7, "mqtt"),
        wire.number(13, 32_768 + NUMBER),
    )
    return wire.message(wire.data(1, client), wire.data(3, META))
