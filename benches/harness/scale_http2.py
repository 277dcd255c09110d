"""Connections of HTTP/2 that stay idle, and a first call: as little of a client as that takes."""

from __future__ import annotations

import socket
import subprocess
import time

from harness import BenchError
from harness.works import Work

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEAD_BYTES = 9
DATA, HEADERS, SETTINGS = 0, 1, 4
ACK = END_STREAM = 1
END_HEADERS = 4
GRPC_PREFIX_BYTES = 5
TIMEOUT_S = 10.0


class Connection:
    """A connection of which both sides have said how they are set."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = address
        self._socket = socket.create_connection((host, int(port)), timeout=TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._heard = b""
        self._socket.sendall(PREFACE + frame(SETTINGS))
        self._settled()

    def close(self) -> None:
        """Ends it."""
        self._socket.close()

    def call(self, work: Work) -> None:
        """Makes the first call and checks its answer."""
        fields = {
            ":method": "POST",
            ":scheme": "http",
            ":path": work.method,
            ":authority": self._address,
            "content-type": "application/grpc+proto",
            "te": "trailers",
            "grpc-timeout": "5S",
        }
        head = b"".join(literal(name, value) for name, value in fields.items())
        sent = frame(HEADERS, END_HEADERS, 1, head) + frame(DATA, END_STREAM, 1, work.frame)
        self._socket.sendall(sent)
        answer = b""
        while True:
            kind, flags, stream, payload = self._next()
            if kind == DATA:
                answer += payload
            if stream == 1 and kind in (DATA, HEADERS) and flags & END_STREAM:
                break
        work.check(answer[GRPC_PREFIX_BYTES:])

    def _settled(self) -> None:
        """Waits until the server has taken note of our settings, and agrees to its own."""
        has_said = has_taken_note = False
        while not (has_said and has_taken_note):
            kind, flags, _, _ = self._next()
            if kind == SETTINGS and flags & ACK:
                has_taken_note = True
            elif kind == SETTINGS:
                has_said = True
                self._socket.sendall(frame(SETTINGS, ACK))

    def _next(self) -> tuple[int, int, int, bytes]:
        head = self._read(FRAME_HEAD_BYTES)
        length = int.from_bytes(head[:3], "big")
        return head[3], head[4], int.from_bytes(head[5:], "big") & 0x7FFFFFFF, self._read(length)

    def _read(self, count: int) -> bytes:
        while len(self._heard) < count:
            heard = self._socket.recv(65536)
            if not heard:
                raise BenchError(f"{self._address} has closed a connection")
            self._heard += heard
        read, self._heard = self._heard[:count], self._heard[count:]
        return read


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    """One frame."""
    head = len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
    return head + payload


def literal(name: str, value: str) -> bytes:
    """A field that is in no table."""
    texts = (name.encode(), value.encode())
    return b"\0" + b"".join(bytes((len(text),)) + text for text in texts)


def first_answer(
    process: subprocess.Popen[bytes], address: str, work: Work, deadline: float
) -> None:
    """Returns when a server that is just starting has answered a call."""
    while True:
        try:
            connection = Connection(address)
        except OSError:
            if process.poll() is not None:
                raise BenchError(f"it ended with status {process.returncode}") from None
            if time.monotonic() > deadline:
                raise BenchError(f"{address} does not listen") from None
            time.sleep(0.001)
            continue
        connection.call(work)
        connection.close()
        return
