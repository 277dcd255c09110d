"""Extend the EMQX MQTT broker in Python: callbacks for its exhook hooks, without gRPC code.

.. code-block:: python

    from exhook import App

    app = App()

    @app.on_client_authenticate
    async def authenticate(request):
        return request.clientinfo.username == "alice"

    @app.on_message_publish("sensors/#")
    def enrich(request):
        return request.message.replace(payload=b"seen: " + request.message.payload)

    app.run("0.0.0.0:9000")

To the hooks ``client.authenticate``, ``client.authorize`` and ``message.ingress`` a handler
answers ``True`` or ``allow()``, ``False`` or ``deny()``, ``keep_going(bool)``, or ``None``. To
``message.publish`` it answers ``request.message.replace(...)``, ``block()``, or ``None``, which
leaves the message as it is. All other hooks only inform.

A handler that raises, or takes longer than ``timeout_ms``, is answered for by the fallback of
its hook: authentication and authorization are denied, a message is published unchanged.
"""

from exhook import _requests
from exhook._native import Request, Server, Verdict, allow, block, deny, ignore, keep_going
from exhook._requests import *  # noqa: F403
from exhook.app import App
from exhook.context import current_request
from exhook.errors import (
    AddressInUseError,
    ExhookError,
    ForkedError,
    InvalidAddressError,
    InvalidOptionError,
    IoError,
    WrongStateError,
)
from exhook.providers import options
from exhook.version import __version__

__all__ = [
    "AddressInUseError",
    "App",
    "ExhookError",
    "ForkedError",
    "InvalidAddressError",
    "InvalidOptionError",
    "IoError",
    "Request",
    "Server",
    "Verdict",
    "WrongStateError",
    "__version__",
    "allow",
    "block",
    "current_request",
    "deny",
    "ignore",
    "keep_going",
    "options",
]
__all__ += _requests.__all__
