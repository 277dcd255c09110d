"""Tests for hook programs: a simulated EMQX that calls them as the real one does.

.. code-block:: python

    from exhook.testing import Broker
    from myhooks import app

    def test_alice_may_publish():
        with Broker(app) as broker:
            client = broker.client("c1", username="alice", password="secret")
            assert client.connect().accepted
            assert client.publish("sensors/1", b"21").call("message.publish").verdict == "replace"
            broker.wait_until_handled()
            broker.assert_called("client.connected", clientid="c1")

Nothing here needs pytest; with pytest there are the fixtures ``broker`` and ``exhook_app``, the
mark ``emqx`` and the option ``--emqx-version``.
"""

from exhook.testing.asynchronous import AsyncBroker, AsyncClient
from exhook.testing.broker import Broker, NotLoadedError
from exhook.testing.client import Client, Publication
from exhook.testing.outcomes import (
    Connected,
    Done,
    Grant,
    HookCall,
    InstalledHook,
    Message,
    NodeStatus,
    Outcome,
    Published,
    Subscribed,
)
from exhook.testing.programs import Provider

__all__ = [
    "AsyncBroker",
    "AsyncClient",
    "Broker",
    "Client",
    "Connected",
    "Done",
    "Grant",
    "HookCall",
    "InstalledHook",
    "Message",
    "NodeStatus",
    "NotLoadedError",
    "Outcome",
    "Provider",
    "Publication",
    "Published",
    "Subscribed",
]
