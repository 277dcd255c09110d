"""What a broker and its clients are set up with, checked, as the native module takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

from exhook.errors import InvalidOptionError
from exhook.words import suggestion

_MOST = 1e9


def refuse_unknown(unknown: Mapping[str, object], what: str, known: Iterable[str]) -> None:
    """Raises ``InvalidOptionError`` for options that do not exist, with the nearest one."""
    for name in unknown:
        raise InvalidOptionError(f"{what} has no option {name!r}{suggestion(name, known)}")


def milliseconds(name: str, seconds: float, least: int = 0) -> int:
    """Returns seconds as whole milliseconds, where there are any as one at least.

    Raises ``InvalidOptionError`` where it is no number, or less than ``least`` milliseconds.
    """
    is_number = isinstance(seconds, Real) and not isinstance(seconds, bool)
    if not is_number or not 0 <= seconds < _MOST:
        raise InvalidOptionError(f"{name} is {seconds!r}; it takes seconds, at least 0")
    rounded = max(round(seconds * 1000), 1 if seconds > 0 else 0)
    if rounded < least:
        raise InvalidOptionError(f"{name} is {seconds!r}; it takes seconds, more than 0")
    return rounded


def whole(name: str, value: int, least: int) -> int:
    """Returns a whole number; raises ``InvalidOptionError`` where it is none, or too small."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InvalidOptionError(f"{name} is {value!r}; it takes a whole number, {least} at least")
    return value


def number(name: str, value: float) -> float:
    """Returns a number above 0; raises ``InvalidOptionError`` where it is none."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 < value < _MOST:
        raise InvalidOptionError(f"{name} is {value!r}; it takes a number above 0")
    return float(value)


def one_of(name: str, value: str, words: tuple[str, ...]) -> str:
    """Returns one of ``words``; raises ``InvalidOptionError`` for others."""
    if value not in words:
        expected = " or ".join(map(repr, words))
        raise InvalidOptionError(f"{name} is {value!r}; it takes {expected}")
    return value


def text(name: str, value: str) -> str:
    """Returns a text; raises ``InvalidOptionError`` where it is none."""
    if not isinstance(value, str):
        raise InvalidOptionError(f"{name} is {value!r}; it takes a text")
    return value


def topic(value: str) -> str:
    """Returns a topic to publish to; raises ``InvalidOptionError`` where it can be none."""
    if not text("topic", value) or set(value) & set("+#\0"):
        raise InvalidOptionError(
            f"topic is {value!r}; it takes a topic, which is not empty and has no + or #"
        )
    return value


def properties(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[list[str]]:
    """Returns user properties; raises ``InvalidOptionError`` where they are none."""
    items = values.items() if isinstance(values, Mapping) else values
    try:
        pairs = [[name, value] for name, value in items]
    except (TypeError, ValueError):
        pairs = [[None]]
    if not all(isinstance(each, str) for pair in pairs for each in pair):
        raise InvalidOptionError(
            f"user_properties is {values!r}; it takes a dict of texts, or pairs of them"
        )
    return pairs


def given(**values: Any) -> dict[str, Any]:
    """Returns the values that are not ``None``."""
    return {name: value for name, value in values.items() if value is not None}
