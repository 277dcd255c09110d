"""Our Python package, with the same handlers as the peers."""

from __future__ import annotations

import argparse
import asyncio
from functools import cache
from typing import Any

from exhook import App

MODES = ("def", "inline", "async", "async-suspending")
# What a payload begins with that is left as it is.
KEPT = ord("k")

app = App()


@cache
def replacement(length: int) -> bytes:
    """The payload that replaces one of ``length`` bytes."""
    return b"r" * length


def register_functions(**options: bool) -> None:
    """Functions, in the way that needs no thought, or with options."""

    @app.on_client_authenticate(**options)
    def authenticate(req: Any) -> bool:
        return True

    @app.on_client_connected(**options)
    def connected(req: Any) -> None:
        pass

    @app.on_message_publish(**options)
    def publish(req: Any) -> Any:
        payload = req.message.payload
        if payload[0] == KEPT:
            return None
        return req.message.replace(payload=replacement(len(payload)))


def register_async() -> None:
    """Coroutine functions that have nothing to wait for."""

    @app.on_client_authenticate
    async def authenticate(req: Any) -> bool:
        return True

    @app.on_client_connected
    async def connected(req: Any) -> None:
        pass

    @app.on_message_publish
    async def publish(req: Any) -> Any:
        payload = req.message.payload
        if payload[0] == KEPT:
            return None
        return req.message.replace(payload=replacement(len(payload)))


def register_async_suspending() -> None:
    """Coroutine functions that give way to the event loop once."""

    @app.on_client_authenticate
    async def authenticate(req: Any) -> bool:
        await asyncio.sleep(0)
        return True

    @app.on_client_connected
    async def connected(req: Any) -> None:
        await asyncio.sleep(0)

    @app.on_message_publish
    async def publish(req: Any) -> Any:
        await asyncio.sleep(0)
        payload = req.message.payload
        if payload[0] == KEPT:
            return None
        return req.message.replace(payload=replacement(len(payload)))


def main() -> None:
    """Serves until it is told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=MODES, required=True)
    parser.add_argument("--bind", metavar="HOST:PORT", required=True)
    arguments = parser.parse_args()
    if arguments.mode == "async":
        register_async()
    elif arguments.mode == "async-suspending":
        register_async_suspending()
    else:
        register_functions(inline=arguments.mode == "inline")
    app.run(arguments.bind)


if __name__ == "__main__":
    main()
