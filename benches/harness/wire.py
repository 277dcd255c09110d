"""Just enough protobuf to write requests and to read answers without generated code."""

from __future__ import annotations

from harness import BenchError

VARINT = 0
LENGTH_DELIMITED = 2

Fields = dict[int, list[int | bytes]]


def varint(value: int) -> bytes:
    """``value`` in groups of seven bits, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """An integer or bool field."""
    return varint(field << 3 | VARINT) + varint(value)


def data(field: int, value: bytes) -> bytes:
    """A bytes or message field."""
    return varint(field << 3 | LENGTH_DELIMITED) + varint(len(value)) + value


def text(field: int, value: str) -> bytes:
    """A string field."""
    return data(field, value.encode())


def message(*fields: bytes) -> bytes:
    """A message of encoded fields."""
    return b"".join(fields)


def decode(encoded: bytes) -> Fields:
    """The values of each field in the order in which they came; messages stay bytes."""
    fields: Fields = {}
    at = 0
    while at < len(encoded):
        key, at = _read_varint(encoded, at)
        value: int | bytes
        value, at = _read_varint(encoded, at)
        if key & 7 == LENGTH_DELIMITED:
            end = at + value
            if end > len(encoded):
                raise BenchError("the answer ends in the middle of a field")
            value, at = encoded[at:end], end
        elif key & 7 != VARINT:
            raise BenchError(f"the answer has a field of wire type {key & 7}, which none should")
        fields.setdefault(key >> 3, []).append(value)
    return fields


def unordered(fields: Fields) -> dict[int, frozenset[int | bytes]]:
    """The fields for comparing, since map entries may come in any order."""
    return {field: frozenset(values) for field, values in fields.items()}


def _read_varint(encoded: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(encoded):
        byte = encoded[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise BenchError("the answer ends in the middle of a number")
