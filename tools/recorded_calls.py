"""The fields of calls that real brokers made."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from commands import ROOT

RECORDINGS = sorted((ROOT / "tests" / "data" / "recordings").glob("*.calls.jsonl"))


def field(number: int, value: bytes | str) -> bytes:
    """A text or a message as a field of a protobuf message."""
    content = value.encode() if isinstance(value, str) else value
    assert number < 16
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


def calls(
    method: str, number: int, recordings: Iterable[Path] = RECORDINGS
) -> Iterator[tuple[str, dict[int, bytes]]]:
    """Each call of a method, and the fields of the message that is its field of a number."""
    for recording in recordings:
        for line in recording.read_text().splitlines():
            call = json.loads(line)
            name = call["method"].rpartition("/")[2]
            if re.fullmatch(method, name):
                yield name, fields(fields(base64.b64decode(call["request_b64"]))[number])


def text(message: dict[int, bytes], number: int) -> str:
    """A field that is a text; empty unless it is there."""
    return message.get(number, b"").decode()


def fields(message: bytes) -> dict[int, bytes]:
    """The texts, bytes and messages in a protobuf message, by number; the last of each."""
    found = {}
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = varint()
        length = varint()
        if tag & 7 == 2:
            found[tag >> 3] = message[at : at + length]
            at += length
    return found
