"""Options of a run as environment variables and flags; each is named in one place."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exhook import _native
from exhook.errors import InvalidOptionError
from exhook.logs import LEVELS

DEFAULT_BIND = "127.0.0.1:9000"
VARIABLE_PREFIX = "EXHOOK_"

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True)
class Option:
    """One option: ``timeout_ms`` is ``--timeout-ms`` and ``EXHOOK_TIMEOUT_MS``."""

    name: str
    kind: type
    help: str

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The option as environment variable."""
        return VARIABLE_PREFIX + self.name.upper()

    def read(self, text: str) -> str | int:
        """Turns the text of an environment variable into a value.

        Raises ``InvalidOptionError`` when it is none of this option's.
        """
        if self.kind is bool:
            word = text.strip().lower()
            if word not in _TRUE | _FALSE:
                raise InvalidOptionError(f"{self.variable} is {text!r}; give true or false")
            return word in _TRUE
        if self.kind is int:
            try:
                return int(text)
            except ValueError:
                raise InvalidOptionError(
                    f"{self.variable} is {text!r}; give a whole number"
                ) from None
        return text

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

RUN_OPTIONS = (
    Option("bind", str, f"host:port or unix:/path to serve on (default {DEFAULT_BIND})"),
    Option("log_level", str, f"one of {', '.join(LEVELS)} (default info)"),
    Option("threads", int, f"most threads for def handlers (default {_native.DEFAULT_THREADS})"),
    Option("banner", bool, "print what is served to standard error (default on)"),
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
    config: dict[str, int | str]


def from_environment(
    options: Iterable[Option] = RUN_OPTIONS + CONFIG_OPTIONS,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Returns the values of the options that are set in the environment; empty ones are not.

    Raises ``InvalidOptionError`` when a variable's text cannot be its option's value.
    """
    environment = os.environ if environment is None else environment
    return {
        option.name: option.read(environment[option.variable])
        for option in options
        if environment.get(option.variable)
    }


def settle(code: Mapping[str, Any], flags: Mapping[str, Any]) -> Settings:
    """Merges what the code, the environment and the flags say; the later of them wins.

    Raises ``InvalidOptionError`` for a log level that does not exist and unreadable variables.
    """
    values: dict[str, Any] = {
        "bind": DEFAULT_BIND,
        "threads": _native.DEFAULT_THREADS,
        "log_level": None,
        "banner": True,
        **code,
        **from_environment(),
        **flags,
    }
    level = values["log_level"]
    if level is not None and str(level).lower() not in LEVELS:
        raise InvalidOptionError(f"there is no log level {level!r}; known are {', '.join(LEVELS)}")
    own = {option.name for option in RUN_OPTIONS}
    return Settings(
        bind=values["bind"],
        threads=values["threads"],
        log_level=None if level is None else str(level).lower(),
        banner=values["banner"],
        config={name: value for name, value in values.items() if name not in own},
    )
