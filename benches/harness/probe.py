"""Makes one call with grpcio: request bytes on stdin, answer bytes on stdout.

Runs in the venv of the peers, as ``probe.py HOST:PORT /package.Service/Method``.
"""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import sys

import grpc


def main(address: str, method: str) -> None:
    """Fails when the server does not answer with status OK within five seconds."""
    with grpc.insecure_channel(address) as channel:
        call = channel.unary_unary(method)
        sys.stdout.buffer.write(call(sys.stdin.buffer.read(), timeout=5))


if __name__ == "__main__":
    main(*sys.argv[1:])
