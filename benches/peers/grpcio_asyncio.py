"""The Python peer: grpcio's asyncio server and its generated code, on uvloop when installed.

Needs ``exhook_v3_pb2`` and ``exhook_v3_pb2_grpc`` on the path; benches/run.py generates them.
"""

# The generated modules have no types.
# mypy: allow-subclassing-any, disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

import exhook_v3_pb2 as messages
import exhook_v3_pb2_grpc as services
import grpc

SERVICE = messages.DESCRIPTOR.services_by_name["HookProvider"]

HOOKS = (
    "client.connect",
    "client.connack",
    "client.connected",
    "client.disconnected",
    "client.authenticate",
    "client.authorize",
    "client.subscribe",
    "client.unsubscribe",
    "session.created",
    "session.subscribed",
    "session.unsubscribed",
    "session.resumed",
    "session.discarded",
    "session.takenover",
    "session.terminated",
    "message.ingress",
    "message.publish",
    "message.delivered",
    "message.dropped",
    "message.acked",
)


@cache
def replacement(length: int) -> bytes:
    """The payload that replaces one of ``length`` bytes."""
    return b"r" * length


class Peer(services.HookProviderServicer):
    """The service; methods that are not written here answer that they have nothing to say."""

    async def OnProviderLoaded(self, request: Any, context: Any) -> Any:
        """Asks for every hook."""
        return messages.LoadedResponse(hooks=[messages.HookSpec(name=name) for name in HOOKS])

    async def OnClientAuthenticate(self, request: Any, context: Any) -> Any:
        """Admits everybody."""
        return messages.ValuedResponse(
            type=messages.ValuedResponse.STOP_AND_RETURN, bool_result=True
        )

    async def OnMessagePublish(self, request: Any, context: Any) -> Any:
        """Replaces the payload."""
        message = request.message
        message.payload = replacement(len(message.payload))
        return messages.ValuedResponse(
            type=messages.ValuedResponse.STOP_AND_RETURN, message=message
        )


def nothing_to_say(answer: str) -> Callable[[Any, Any, Any], Any]:
    """A method that always answers the same message of type ``answer``."""
    made = getattr(messages, answer)()
    if answer == "ValuedResponse":
        made.type = messages.ValuedResponse.IGNORE

    async def method(self: Peer, request: Any, context: Any) -> Any:
        return made

    return method


for rpc in SERVICE.methods:
    if rpc.name not in vars(Peer):
        setattr(Peer, rpc.name, nothing_to_say(rpc.output_type.name))


async def serve(address: str) -> None:
    """Serves until the process ends."""
    server = grpc.aio.server()
    services.add_HookProviderServicer_to_server(Peer(), server)
    port = server.add_insecure_port(address)
    await server.start()
    print(f"listening on {address.rpartition(':')[0]}:{port}", flush=True)
    await server.wait_for_termination()


def main() -> None:
    """Picks the event loop and serves."""
    parser = argparse.ArgumentParser(description="grpcio's asyncio server")
    parser.add_argument("--bind", metavar="HOST:PORT", required=True)
    arguments = parser.parse_args()
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        pass
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(arguments.bind))


if __name__ == "__main__":
    main()
