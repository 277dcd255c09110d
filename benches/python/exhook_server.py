"""Our Python package, with the same handlers as the peers."""

from __future__ import annotations

import argparse
import asyncio
from functools import cache
from typing import Any

from exhook import App

MODES = ("def", "inline", "async", "async-suspending")

app = App()


@cache
def replacement(length: int) -> bytes:
    """The payload that replaces one of ``length`` bytes."""
    return b"r" * length


def register_def() -> None:
    """Functions, in the way that needs no thought."""

    @app.on_client_authenticate
    def authenticate(req: Any) -> bool:
        return True

    @app.on_message_publish
    def publish(req: Any) -> Any:
        return req.message.replace(payload=replacement(len(req.message.payload)))


def register_inline() -> None:
    """Functions that promise not to block."""

    @app.on_client_authenticate(inline=True)
    def authenticate(req: Any) -> bool:
        return True

    @app.on_message_publish(inline=True)
    def publish(req: Any) -> Any:
        return req.message.replace(payload=replacement(len(req.message.payload)))


def register_async() -> None:
    """Coroutine functions that have nothing to wait for."""

    @app.on_client_authenticate
    async def authenticate(req: Any) -> bool:
        return True

    @app.on_message_publish
    async def publish(req: Any) -> Any:
        return req.message.replace(payload=replacement(len(req.message.payload)))


def register_async_suspending() -> None:
    """Coroutine functions that give way to the event loop once."""

    @app.on_client_authenticate
    async def authenticate(req: Any) -> bool:
        await asyncio.sleep(0)
        return True

    @app.on_message_publish
    async def publish(req: Any) -> Any:
        await asyncio.sleep(0)
        return req.message.replace(payload=replacement(len(req.message.payload)))


def main() -> None:
    """Serves until it is told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=MODES, required=True)
    parser.add_argument("--bind", metavar="HOST:PORT", required=True)
    arguments = parser.parse_args()
    register = {
        "def": register_def,
        "inline": register_inline,
        "async": register_async,
        "async-suspending": register_async_suspending,
    }[arguments.mode]
    register()
    app.run(arguments.bind)


if __name__ == "__main__":
    main()
