"""The programs that a broker calls: apps of this process, and others by their URL."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from exhook.app import App
from exhook.errors import InvalidOptionError, WrongStateError
from exhook.testing import options
from exhook.testing.outcomes import NodeStatus

FREE_PORT = "127.0.0.1:0"
_LOOK_SECONDS = 0.001


@dataclass(frozen=True)
class Provider:
    """One of the broker's exhook servers, where it is to have settings of its own."""

    program: App | str
    """An app, which is started, or the URL of a program that runs."""
    name: str | None = None
    """What the broker calls it; ``"default"``, or where there are several ``"default-1"`` and so
    on."""
    failed_action: Literal["deny", "ignore"] | None = None
    """What the broker does where it has no answer; that of the broker's options where ``None``."""
    auto_reconnect: float | None = None
    """After how many seconds the broker tries again to load; as above."""
    pool_size: int | None = None
    """How many connections each node opens; as above."""


class Program:
    """A program with the settings that the broker has for it."""

    def __init__(self, program: App | str, settings: dict[str, Any]) -> None:
        """Prepares; ``start`` starts what is an app."""
        self.name: str = settings["name"]
        self._settings = settings
        self.app = program if isinstance(program, App) else None
        self._url = None if isinstance(program, App) else program

    @property
    def url(self) -> str:
        """Where it is; of apps once they were started."""
        if self._url is None:
            raise WrongStateError("the broker has not started, so the app has no address")
        return self._url

    @property
    def settings(self) -> dict[str, Any]:
        """What the broker is told of it; once it has started."""
        return {**self._settings, "url": self.url}

    def start(self) -> None:
        """Starts the app, where it is one: on a free port, and later on that again.

        Raises ``WrongStateError`` where it runs already, and ``InvalidOptionError`` where it has
        no handlers.
        """
        if self.app is None:
            return
        address = address_of(self.app)
        if address is not None:
            raise WrongStateError(
                f"the app runs already, on {address}; stop it before, or play against it where it "
                f'is: Broker("http://{address}")'
            )
        self.app.start(self._url or FREE_PORT)
        self._url = self.app.address
        if not self.app._registrations:
            self.app.stop()
            raise InvalidOptionError(
                "the app has no handlers, so the broker would never call it; register some, as in "
                "@app.on_client_connected, before the broker starts"
            )

    def stop(self) -> None:
        """Stops the app, where it is one and runs."""
        if self.app is not None:
            self.app.stop()

    def forget_address(self) -> None:
        """Lets the next start take another free port."""
        if self.app is not None:
            self._url = None


def programs_of(
    given: App | str | Provider | Sequence[App | str | Provider], defaults: Mapping[str, Any]
) -> list[Program]:
    """Returns what was given to a broker as programs, with its settings for those without.

    Raises ``InvalidOptionError`` where it is something else, or the same app twice.
    """
    listed = [given] if isinstance(given, (App, str, Provider)) else given
    if not isinstance(listed, Sequence) or not listed:
        raise InvalidOptionError(_wrong(given))
    programs: list[Program] = []
    for number, each in enumerate(listed, 1):
        provider = each if isinstance(each, Provider) else Provider(each)
        if not isinstance(provider.program, (App, str)):
            raise InvalidOptionError(_wrong(provider.program))
        if isinstance(provider.program, App) and any(
            other.app is provider.program for other in programs
        ):
            raise InvalidOptionError("an app is given twice; it can be one provider only")
        name = "default" if len(listed) == 1 else f"default-{number}"
        settings = _settings(provider, name, defaults)
        if any(other.name == settings["name"] for other in programs):
            raise InvalidOptionError(
                f"two providers are called {settings['name']}; give each its own name"
            )
        programs.append(Program(provider.program, settings))
    return programs


def why_not_loaded(statuses: Sequence[NodeStatus], programs: Sequence[Program]) -> str:
    """Says of each program that is not loaded that it is not, and why."""
    urls = {program.name: program.url for program in programs}
    missing: dict[str, str] = {}
    for each in statuses:
        if each.status == "connected" or each.provider in missing:
            continue
        reason = each.reason or f"it is {each.status}"
        url = urls[each.provider]
        missing[each.provider] = f"provider {each.provider} at {url} is not loaded: {reason}"
    return "; ".join(missing.values())


def wait_until_handled(apps: Sequence[App], seconds: float) -> None:
    """Waits until the apps have nothing left to do, and no handler runs.

    Raises ``TimeoutError`` when that takes longer.
    """
    until = time.monotonic() + seconds
    pause = _LOOK_SECONDS
    while True:
        busy = [left for left in map(_left_of, apps) if left]
        if not busy:
            return
        if time.monotonic() > until:
            raise TimeoutError(f"handlers are not done after {seconds:g} s: {'; '.join(busy)}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


def _left_of(app: App) -> str:
    life = app._life
    service = None if life is None or life.is_over() else life.service
    if service is None:
        return ""
    metrics = service.server.metrics()
    left = []
    if metrics["inbox_depth"]:
        left.append(f"{metrics['inbox_depth']} events wait or are being handled")
    if metrics["inflight"]:
        left.append(f"{metrics['inflight']} calls wait for their answer")
    if not left and service.is_busy():
        left.append("a handler runs whose call was answered at its deadline")
    return ", ".join(left)


def address_of(app: App) -> str | None:
    """Returns where an app listens; ``None`` where it does not run."""
    try:
        return app.address
    except WrongStateError:
        return None


def _settings(provider: Provider, name: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the settings of a provider, but for its URL, as the native module takes them."""
    own = options.given(
        failed_action=provider.failed_action,
        auto_reconnect=provider.auto_reconnect,
        pool_size=provider.pool_size,
    )
    settings = {**defaults, **own}
    pause = settings.pop("auto_reconnect")
    return {
        "name": options.text("name", provider.name or name),
        "request_timeout_ms": settings["request_timeout_ms"],
        "failed_action": options.one_of(
            "failed_action", settings["failed_action"], ("deny", "ignore")
        ),
        "auto_reconnect_ms": options.milliseconds("auto_reconnect", pause),
        "pool_size": options.whole("pool_size", settings["pool_size"], 1),
    }


def _wrong(given: object) -> str:
    return (
        f"Broker takes an App, the URL of a program that runs, or a list of them, not {given!r}: "
        'Broker(app), Broker("http://127.0.0.1:9000")'
    )
