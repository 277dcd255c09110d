"""``Operating``: what may happen to a broker and between it and its providers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from exhook.errors import InvalidOptionError, WrongStateError
from exhook.testing import options
from exhook.testing.observing import Observing
from exhook.testing.programs import Program, why_not_loaded
from exhook.words import suggestion


class Operating(Observing):
    """The part of a broker that makes things happen to it."""

    _timeout_ms: int

    def wait_until_loaded(self, timeout: float = 5.0) -> None:
        """Waits until every node has loaded every provider.

        Raises ``TimeoutError`` after ``timeout`` seconds.
        """
        play = self._running()
        patience = options.milliseconds("timeout", timeout)
        if not play.perform("wait_until_loaded", patience_ms=patience):
            raise TimeoutError(
                f"after {timeout:g} s {why_not_loaded(play.statuses(), self._programs)}"
            )

    def enable(self, provider: str | None = None) -> None:
        """Loads a provider, as enabling it in EMQX does; that it cannot, ``status`` tells.

        Raises ``InvalidOptionError`` where none has this name, or where it is left out though
        there are several.
        """
        self._running().perform("enable", provider=self._name_of(provider))

    def disable(self, provider: str | None = None) -> None:
        """Unloads a provider, as disabling it in EMQX does; raises as ``enable`` does."""
        self._running().perform("disable", provider=self._name_of(provider))

    def restart(self, *, orderly: bool = False) -> None:
        """Restarts the broker: with an unload where ``orderly``, else as if it were killed.

        Sessions and retained messages stay.
        """
        self._running().perform("restart", orderly=orderly)

    def stop_app(self, provider: str | None = None) -> None:
        """Stops an app, as when its process ends: the broker finds out by itself.

        Raises as ``enable`` does, and ``WrongStateError`` where the provider is no app.
        """
        self._app_program(provider).stop()

    def start_app(self, provider: str | None = None) -> None:
        """Starts an app again, where the broker knows it; raises as ``stop_app`` does."""
        self._app_program(provider).start()

    def cut_connections(self) -> None:
        """Cuts every connection to the programs, as a network does that fails."""
        self._running().perform("cut_connections")

    def delay_calls(self, seconds: float) -> None:
        """Makes every call take longer from now on, as a slow network does; 0 ends that.

        It counts against ``request_timeout``.
        """
        delay = options.milliseconds("delay", seconds)
        self._running().perform("delay_calls", delay_ms=delay)

    @contextlib.contextmanager
    def request_timeout(self, seconds: float) -> Iterator[None]:
        """Makes the broker wait for answers for this long while a ``with`` block runs.

        It tells the program so, as EMQX does: an app answers its fallback a tenth before.
        """
        timeout = options.milliseconds("request_timeout", seconds, 1)
        play = self._running()
        before = self._timeout_ms
        play.perform("set_request_timeout", timeout_ms=timeout)
        self._timeout_ms = timeout
        try:
            yield
        finally:
            self._timeout_ms = before
            if not play.is_over:
                play.perform("set_request_timeout", timeout_ms=before)

    def _name_of(self, provider: str | None) -> str:
        names = [program.name for program in self._programs]
        if provider is None and len(names) == 1:
            return names[0]
        if provider is None:
            raise InvalidOptionError(f"there are several providers; name one: {', '.join(names)}")
        return provider

    def _app_program(self, provider: str | None) -> Program:
        name = self._name_of(provider)
        found = [program for program in self._programs if program.name == name]
        if not found:
            known = [program.name for program in self._programs]
            raise InvalidOptionError(f"there is no provider {name!r}{suggestion(name, known)}")
        if found[0].app is None:
            raise WrongStateError(f"provider {name} is no app of this process: {found[0].url}")
        return found[0]
