"""Runs ``async def`` handlers as tasks of an event loop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from exhook._native import LoopQueue, Request
from exhook.answers import Answers
from exhook.context import CURRENT
from exhook.errors import IoError
from exhook.tracing import enter_span

_MOST_AT_ONCE = 256
_CANCEL_SECONDS = 1.0


class HandlerTasks:
    """The tasks that handle what comes into one queue; to be used on its loop only."""

    def __init__(self, queue: LoopQueue, answers: Answers, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to watch the queue.

        Raises ``IoError`` when the loop cannot watch file descriptors, such as the Proactor loop
        of Windows.
        """
        self._queue = queue
        self._answers = answers
        self._loop = loop
        # The loop itself keeps only weak references.
        self._tasks: set[asyncio.Task[None]] = set()
        try:
            loop.add_reader(queue.fileno(), self._drain)
        except NotImplementedError:
            raise IoError(
                f"{type(loop).__name__} has no add_reader, which async def handlers need; run "
                "the app on an asyncio.SelectorEventLoop"
            ) from None

    def unwatch(self) -> None:
        """Stops watching the queue."""
        self._loop.remove_reader(self._queue.fileno())
        self._queue.close()

    async def close(self) -> None:
        """Stops watching, and cancels the handlers that still run."""
        self.unwatch()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CANCEL_SECONDS)

    def is_busy(self) -> bool:
        """Tells whether a handler runs; any thread may ask."""
        return bool(self._tasks)

    def _drain(self) -> None:
        # A burst at most, so that everything else on the loop has its turn.
        try:
            for request in self._queue.drain(_MOST_AT_ONCE):
                task = _new_task(self._handle(request), self._loop)
                if not task.done():
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
        finally:
            self._queue.flush()

    async def _handle(self, request: Request) -> None:
        CURRENT.set(request)
        # Never left: the context is the task's own.
        enter_span(request)
        handler: Callable[[Request], Any] = request._handler
        try:
            result = await handler(request)
        except GeneratorExit:
            request._fail()
            raise
        except asyncio.CancelledError:
            self._answers.cancelled(request)
        except BaseException as error:
            self._answers.raised(request, error)
        else:
            self._answers.returned(request, result)


if sys.version_info >= (3, 12):

    def _new_task(
        work: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop
    ) -> asyncio.Task[None]:
        # Handlers that never suspend are done when this returns, without a turn of the loop.
        return asyncio.Task(work, loop=loop, eager_start=True)

else:

    def _new_task(
        work: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop
    ) -> asyncio.Task[None]:
        return loop.create_task(work)
