"""The Python peer: grpcio's asyncio server and its generated code, on uvloop when installed.

Needs ``exhook_v3_pb2`` and ``exhook_v3_pb2_grpc`` on the path; benches/run.py generates them.
"""

# The generated modules have no types.
# mypy: allow-subclassing-any, disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from typing import Any

import exhook_v3_pb2_grpc as services
import grpc
from answers import ANSWERS, Answer


class Peer(services.HookProviderServicer):
    """The service; its methods are set below."""


def method(answer: Answer) -> Callable[[Peer, Any, Any], Any]:
    """The coroutine function that answers so."""

    async def answered(self: Peer, request: Any, context: Any) -> Any:
        return answer(request)

    return answered


for rpc, answer in ANSWERS.items():
    setattr(Peer, rpc, method(answer))


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
