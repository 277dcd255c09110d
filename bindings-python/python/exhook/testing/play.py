"""The running broker: commands in, what came of them out."""

from __future__ import annotations

import atexit
import base64
import itertools
import json
import weakref
from typing import Any

from exhook import _native
from exhook._native import Request
from exhook.errors import ExhookError, WrongStateError
from exhook.testing import wire
from exhook.testing.outcomes import HookCall, Message, NodeStatus


class Play:
    """A broker from its start to its end; afterwards what it told stays readable.

    Any thread may use it, several at once.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        """Starts a broker, and waits until it has tried to load its providers.

        Raises ``InvalidOptionError`` where a setting has no meaning.
        """
        try:
            self._operator = _native.Operator(json.dumps(settings))
        except ExhookError as error:
            raise wire.without_frame(error) from None
        self._is_over = False
        self._numbers = itertools.count(1)
        self._clients: list[str] = []
        self._kept: dict[str, Any] = {}
        _PLAYS.add(self)
        try:
            self.perform("status")
        except BaseException:
            self.end()
            raise

    @property
    def is_over(self) -> bool:
        """Whether the broker has stopped."""
        return self._is_over

    def perform(self, command: str, **fields: Any) -> Any:
        """Performs a command and returns what came of it.

        Raises ``WrongStateError`` once the broker has stopped.
        """
        if self._is_over:
            raise WrongStateError("the broker has stopped; it can do nothing more")
        text = json.dumps({"do": command, **fields})
        try:
            return json.loads(self._operator.perform(text))
        except ExhookError as error:
            raise wire.without_frame(error) from None

    def new_client(self, settings: dict[str, Any]) -> str:
        """Makes a client, and returns what commands call it."""
        name = str(next(self._numbers))
        self.perform("client", client=name, settings=settings)
        self._clients.append(name)
        return name

    def calls(self) -> tuple[HookCall, ...]:
        """Returns the calls that were made so far."""
        return wire.calls(self._recall("calls", with_requests=True), self.request_of)

    def statuses(self) -> list[NodeStatus]:
        """Returns how the nodes stand with the providers."""
        return [wire.status(each) for each in self._recall("status")]

    def received(self, client: str) -> list[Message]:
        """Returns what a client received so far."""
        return [wire.message(each) for each in self._recall("received", client)["messages"]]

    def is_connected(self, client: str) -> bool:
        """Tells whether a client is connected; none is once the broker has stopped."""
        return not self._is_over and bool(self._recall("received", client)["connected"])

    def request_of(self, call: HookCall) -> Request:
        """Returns the request of a call.

        Raises ``WrongStateError`` where the calls were forgotten.
        """
        for each in self._recall("calls", with_requests=True):
            if each["number"] == call.number:
                content = base64.b64decode(each["request_base64"])
                return self._operator.request(call.hook, content)
        raise WrongStateError(f"the broker was told to forget its calls, also {call!r}")

    def stop(self, timeout_ms: int) -> None:
        """Unloads the providers and ends the broker; a second call has no effect.

        It waits for the answer of each for ``timeout_ms`` at most.
        """
        if self._is_over:
            return
        try:
            self.perform("delay_calls", delay_ms=0)
            self.perform("set_request_timeout", timeout_ms=timeout_ms)
            self.perform("stop")
            self._kept["calls"] = self._recall("calls", with_requests=True)
            self._kept["status"] = self._recall("status")
            for client in self._clients:
                self._kept["received " + client] = self._recall("received", client)
        finally:
            self.end()

    def end(self) -> None:
        """Ends the broker without an unload; it never waits."""
        self._is_over = True
        self._operator.close()
        _PLAYS.discard(self)

    def _recall(self, command: str, client: str = "", **fields: Any) -> Any:
        if self._is_over:
            empty = {"messages": []} if client else []
            return self._kept.get(f"{command} {client}".rstrip(), empty)
        if client:
            fields["client"] = client
        return self.perform(command, **fields)


_PLAYS: weakref.WeakSet[Play] = weakref.WeakSet()


def _end_all() -> None:
    # Threads that wait for a broker must not do so while the interpreter ends.
    for play in list(_PLAYS):
        play.end()


atexit.register(_end_all)
