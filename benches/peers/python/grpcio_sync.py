"""The Python peer of plain functions: grpcio's server with a pool of ten threads, generated code.

Needs ``exhook_v3_pb2`` and ``exhook_v3_pb2_grpc`` on the path; benches/run.py generates them.
"""

# The generated modules have no types.
# mypy: allow-subclassing-any, disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import argparse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import exhook_v3_pb2_grpc as services
import grpc
from answers import ANSWERS, Answer

# As many as in the guide of gRPC.
THREADS = 10


class Peer(services.HookProviderServicer):
    """The service; its methods are set below."""


def method(answer: Answer) -> Callable[[Peer, Any, Any], Any]:
    """The method that answers so."""

    def answered(self: Peer, request: Any, context: Any) -> Any:
        return answer(request)

    return answered


for rpc, answer in ANSWERS.items():
    setattr(Peer, rpc, method(answer))


def main() -> None:
    """Serves until the process ends."""
    parser = argparse.ArgumentParser(description="grpcio's server with threads")
    parser.add_argument("--bind", metavar="HOST:PORT", required=True)
    address: str = parser.parse_args().bind
    server = grpc.server(ThreadPoolExecutor(THREADS))
    services.add_HookProviderServicer_to_server(Peer(), server)
    port = server.add_insecure_port(address)
    server.start()
    print(f"listening on {address.rpartition(':')[0]}:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
