"""Options of a run and their flags; which value counts is settled by native code."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exhook import _native
from exhook.errors import InvalidOptionError
from exhook.logs import LEVELS

DEFAULT_BIND = _native.DEFAULT_BIND
VARIABLE_PREFIX = "EXHOOK_"


@dataclass(frozen=True)
class Option:
    """One option: ``timeout_ms`` is ``--timeout-ms`` and ``EXHOOK_TIMEOUT_MS``."""

    name: str
    kind: type
    help: str
    default: bool | int | str = ""
    words: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The option as environment variable."""
        return VARIABLE_PREFIX + self.name.upper()

    def add_to(self, parser: argparse._ActionsContainer) -> None:
        """Adds the flag to a parser; a flag that is not given leaves no trace."""
        text = f"{self.help} [{self.variable}]"
        if self.kind is bool:
            parser.add_argument(
                self.flag,
                action=argparse.BooleanOptionalAction,
                default=argparse.SUPPRESS,
                help=text,
            )
        else:
            parser.add_argument(
                self.flag,
                type=self.kind,
                default=argparse.SUPPRESS,
                metavar="N" if self.kind is int else "TEXT",
                help=text,
            )


# The first sentence is enough here.
_MEANINGS = {
    name: description.partition(". ")[0].removesuffix(".")
    for name, description in _native.describe_config().items()
}

_OWN_OPTIONS = (
    Option("log_level", str, f"one of {', '.join(LEVELS)} (default info)", words=tuple(LEVELS)),
    Option(
        "threads",
        int,
        f"most threads for def handlers (default {_native.DEFAULT_THREADS})",
        _native.DEFAULT_THREADS,
    ),
    Option("banner", bool, "print what is served to standard error (default on)", default=True),
)

RUN_OPTIONS = (
    Option("config", str, "a file of options, in TOML"),
    Option("bind", str, f"host:port or unix:/path to serve on (default {DEFAULT_BIND})"),
    *_OWN_OPTIONS,
)
"""The options that are not the server's own."""

CONFIG_OPTIONS = tuple(
    Option(name, type(value), f"{_MEANINGS[name]} (default {value or 'off'})")
    for name, value in _native.default_config().items()
)
"""The options of the server."""


@dataclass(frozen=True)
class Settings:
    """What a run is started with."""

    bind: str
    threads: int
    log_level: str | None
    banner: bool
    native: _native.Settings


def is_set(option: Option, flags: Mapping[str, Any]) -> bool:
    """Tells whether a flag, or else the environment, turns on an option that is in no file.

    Raises ``InvalidOptionError`` when the variable says neither yes nor no.
    """
    return bool(value_of(option, flags))


def value_of(option: Option, flags: Mapping[str, Any]) -> Any:
    """Returns what a flag, or else the environment, gives an option that is in no file.

    Raises ``InvalidOptionError`` when the variable's text is none of the option's kind.
    """
    known = [(option.name, option.default, option.words)]
    variables = {option.variable: _variables().get(option.variable, "")}
    given = {name: value for name, value in flags.items() if name == option.name}
    return _native.Settings(known, {}, variables, given)[option.name]


def settle(
    code: Mapping[str, Any], flags: Mapping[str, Any] | None = None, *, environment: bool = False
) -> Settings:
    """Merges what the code, the file, the environment and the flags say; the later of them wins.

    Raises ``InvalidOptionError`` for what has no meaning, and ``IoError`` for a file that cannot
    be read.
    """
    native = _native.Settings(
        [(option.name, option.default, option.words) for option in _OWN_OPTIONS],
        {name: value for name, value in code.items() if value is not None},
        _variables() if environment else {},
        dict(flags or {}),
    )
    threads = native["threads"]
    if threads < 1:
        raise InvalidOptionError(f"threads is {threads}; it must be at least 1")
    return Settings(
        bind=native["bind"],
        threads=threads,
        log_level=native["log_level"] or None,
        banner=native["banner"],
        native=native,
    )


def _variables() -> dict[str, str]:
    """Returns the variables that may be options."""
    return {
        # What is not UTF-8 is no text in native code.
        name: text.encode(errors="replace").decode()
        for name, text in os.environ.items()
        if name.startswith(VARIABLE_PREFIX)
    }
