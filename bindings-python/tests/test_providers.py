"""Objects whose methods are handlers."""

from __future__ import annotations

from typing import Any

import pytest
from broker import Broker, eventually
from exhook import App, InvalidOptionError

ANY = "127.0.0.1:0"


class Presence:
    """A provider with every kind of method."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.on_value = 5

    def on_startup(self) -> None:
        self.seen.append("up")

    async def on_shutdown(self) -> None:
        self.seen.append("down")

    def on_client_connected(self, request: Any) -> None:
        self.seen.append(request.clientid)

    async def on_client_authenticate(self, request: Any) -> bool:
        return True

    def helper(self) -> None:
        raise AssertionError


def test_an_object_as_provider() -> None:
    app, presence = App(), Presence()
    app.include(presence)
    app.start(ANY)
    broker = Broker(app.address)
    assert broker.authenticate() == "allow"
    broker.notify(clientid="c5")
    eventually(lambda: presence.seen == ["up", "c5"])
    broker.close()
    app.stop()
    assert presence.seen == ["up", "c5", "down"]


def test_mistakes_in_providers_are_explained() -> None:
    class Misspelt(Presence):
        def on_client_authentificate(self, request: Any) -> bool:
            return True

    app = App()
    with pytest.raises(InvalidOptionError, match="'on_client_authenticate'"):
        app.include(Misspelt())
    with pytest.raises(InvalidOptionError, match="is a class"):
        app.include(Presence)
    with pytest.raises(InvalidOptionError, match="no method"):
        app.include(object())
    assert app._registrations == []
