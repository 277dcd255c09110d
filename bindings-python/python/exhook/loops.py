"""Event loops of our own: for ``run`` and ``start``, where the user has none running."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Coroutine
from typing import Any

_CANCEL_SECONDS = 2.0


def new_loop() -> asyncio.AbstractEventLoop:
    """Returns a new loop: uvloop's where it is installed, else asyncio's."""
    try:
        loop = importlib.import_module("uvloop").new_event_loop()
    except ImportError:
        # The Proactor loop of Windows cannot watch the native module's descriptor.
        loop = asyncio.SelectorEventLoop() if sys.platform == "win32" else asyncio.new_event_loop()
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def kind_of(loop: asyncio.AbstractEventLoop) -> str:
    """Returns the loop's kind for people: ``uvloop`` or ``asyncio``."""
    return type(loop).__module__.partition(".")[0]


def run(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    """Runs ``work`` to its end, then cancels what else runs on the loop, and closes the loop.

    The default executor is not waited for: a function that is stuck there must not hold back
    the end, and the interpreter waits for it anyway.
    """
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(work)
    finally:
        try:
            loop.run_until_complete(_cancel_all())
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_CANCEL_SECONDS)
