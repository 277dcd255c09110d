"""A broker that makes its calls in bursts: so many requests in one packet, then as many answers.

However fast the server is, it finds the same work in each packet, which is what makes counts
repeatable. HTTP/2 is written by hand for that: a client library packs frames as it pleases.
"""

from __future__ import annotations

import socket
import subprocess
import time
from types import TracebackType

from harness.servers import HOST
from harness.works import GRPC_PREFIX_BYTES, Work

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INITIAL_WINDOW_SIZE = 4
LARGEST_WINDOW = 2**31 - 1
WINDOW_AT_FIRST = 65_535
FRAME_HEADER_BYTES = 9
# The first place of HPACK's dynamic table.
DYNAMIC = 62
START_TIMEOUT_S = 300.0
ANSWER_TIMEOUT_S = 120.0


class CallError(Exception):
    """A call that was not answered as it should."""


class BurstClient:
    """A connection to a server that may yet have to start; closed at the end of ``with``."""

    def __init__(self, server: subprocess.Popen[bytes], port: int, work: Work) -> None:
        self._work = work
        self._stream = -1
        self._socket = _connect(server, port)
        self._unread = b""
        self._headers = _headers(work, port)
        self._answer_bytes = 0
        window = INITIAL_WINDOW_SIZE.to_bytes(2, "big") + LARGEST_WINDOW.to_bytes(4, "big")
        credit = (LARGEST_WINDOW - WINDOW_AT_FIRST).to_bytes(4, "big")
        settings = _frame(SETTINGS, 0, 0, window)
        self._socket.sendall(PREFACE + settings + _frame(WINDOW_UPDATE, 0, 0, credit))
        # Puts the headers where all further calls find them, and shows that the server answers.
        self._send([b"".join(_inserted(*header) for header in self._headers)])
        (answer,) = self._answers(1)
        work.check(answer[GRPC_PREFIX_BYTES:])
        self._answer_bytes = len(answer)
        # The newest comes first in the table.
        places = reversed(range(len(self._headers)))
        self._indexed = bytes(0x80 | DYNAMIC + place for place in places)

    def __enter__(self) -> BurstClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def burst(self, calls: int) -> None:
        """Makes so many calls at once, and waits for all their answers."""
        self._send([self._indexed] * calls)
        if any(len(answer) != self._answer_bytes for answer in self._answers(calls)):
            raise CallError("the answers differ in length: one of them is an error or a fallback")

    def _send(self, blocks: list[bytes]) -> None:
        packet = bytearray()
        for block in blocks:
            self._stream += 2
            packet += _frame(HEADERS, END_HEADERS, self._stream, block)
            packet += _frame(DATA, END_STREAM, self._stream, self._work.frame)
        self._socket.sendall(packet)

    def _answers(self, count: int) -> list[bytes]:
        """The data of the next answers, in the order in which they are complete."""
        begun: dict[int, bytes] = {}
        complete: list[bytes] = []
        while len(complete) < count:
            kind, flags, stream, payload = self._read_frame()
            if kind == GOAWAY:
                raise CallError(f"the server ends the connection: {payload[8:]!r}")
            if kind == SETTINGS and not flags & ACK:
                self._socket.sendall(_frame(SETTINGS, ACK, 0, b""))
            elif kind == PING and not flags & ACK:
                self._socket.sendall(_frame(PING, ACK, 0, payload))
            elif kind == DATA:
                begun[stream] = begun.get(stream, b"") + payload
            elif kind == HEADERS and flags & END_STREAM:
                complete.append(begun.pop(stream, b""))
        return complete

    def _read_frame(self) -> tuple[int, int, int, bytes]:
        header = self._read(FRAME_HEADER_BYTES)
        payload = self._read(int.from_bytes(header[:3], "big"))
        return header[3], header[4], int.from_bytes(header[5:], "big"), payload

    def _read(self, length: int) -> bytes:
        while len(self._unread) < length:
            received = self._socket.recv(1 << 18)
            if not received:
                raise CallError("the server has closed the connection")
            self._unread += received
        wanted, self._unread = self._unread[:length], self._unread[length:]
        return wanted


def _connect(server: subprocess.Popen[bytes], port: int) -> socket.socket:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            connection = socket.create_connection((HOST, port), timeout=ANSWER_TIMEOUT_S)
        except ConnectionRefusedError:
            if server.poll() is not None:
                raise CallError("it ended before it listened") from None
            if time.monotonic() > deadline:
                raise CallError(f"it does not listen after {START_TIMEOUT_S:.0f} s") from None
            time.sleep(0.1)
            continue
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def _headers(work: Work, port: int) -> list[tuple[str, str]]:
    """Those that a broker sends, in its order, except that it waits longer."""
    return [
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", f"{HOST}:{port}"),
        (":path", work.method),
        ("content-type", "application/grpc+proto"),
        ("user-agent", "grpc-erlang/0.1.0"),
        ("grpc-encoding", "identity"),
        ("grpc-message-type", "emqx.exhook.v3.MessagePublishRequest"),
        ("te", "trailers"),
        ("grpc-timeout", "60S"),
    ]


def _inserted(name: str, value: str) -> bytes:
    """A header that goes into the dynamic table; all its parts are shorter than 127 bytes."""
    return b"\x40" + b"".join(bytes([len(part)]) + part.encode() for part in (name, value))


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
    return head + payload
