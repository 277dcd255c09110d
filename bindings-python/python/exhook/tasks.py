"""Runs ``async def`` handlers in tasks of an event loop."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import types
from collections import deque
from collections.abc import Generator
from typing import Any
from weakref import getweakrefcount

from exhook._native import LoopQueue, Request
from exhook.answers import Answers
from exhook.context import CURRENT
from exhook.errors import IoError
from exhook.tracing import enter_span

_MOST_AT_ONCE = 256
_CANCEL_SECONDS = 1.0
# Of a generator that has nothing more to wait for.
_DONE = object()


class HandlerTasks:
    """The tasks that handle what comes into one queue; to be used on its loop only.

    To a handler it is as if each call had a task of its own. Making one costs about as much as
    everything else, so a task goes on with the next call of a burst as long as handlers neither
    wait nor leave a trace of the task.
    """

    def __init__(self, queue: LoopQueue, answers: Answers, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to watch the queue.

        Raises ``IoError`` when the loop cannot watch file descriptors, such as the Proactor loop
        of Windows.
        """
        self._queue = queue
        self._answers = answers
        self._loop = loop
        self._context = contextvars.copy_context()
        # The loop itself keeps only weak references.
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False
        # What share of the calls of a burst wait, as far as is known.
        self._waiting_share = 0.0
        # What has been taken, as long as tasks are at their first steps with it.
        self._burst: deque[Request] | None = None
        # How many calls may still be taken before everything else on the loop has its turn.
        self._more = 0
        try:
            loop.add_reader(queue.fileno(), self._drain)
        except NotImplementedError:
            raise IoError(
                f"{type(loop).__name__} has no add_reader, which async def handlers need; run "
                "the app on an asyncio.SelectorEventLoop"
            ) from None

    def unwatch(self) -> None:
        """Stops watching the queue."""
        self._is_closed = True
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

    if sys.version_info >= (3, 12):

        def _drain(self) -> None:
            # A burst at most, so that everything else on the loop has its turn.
            try:
                self._burst = requests = deque(self._queue.drain(_MOST_AT_ONCE))
                self._more = _MOST_AT_ONCE - len(requests)
                while requests:
                    # Works at once, and comes back when a handler waits.
                    task = _Task(self._work(requests), loop=self._loop, eager_start=True)
                    if not task.done():
                        self._tasks.add(task)
            finally:
                self._burst = None
                self._queue.flush()

    else:

        def _drain(self) -> None:
            # A burst at most, so that everything else on the loop has its turn.
            self._burst = requests = deque(self._queue.drain(_MOST_AT_ONCE))
            self._more = _MOST_AT_ONCE - len(requests)
            if requests:
                self._start(requests)
            else:
                self._queue.flush()

        def _start(self, requests: deque[Request]) -> None:
            """Handles the requests in the next turn of the loop."""
            # As many tasks as will be needed: one more would wait for the turn after that.
            wanted = min(len(requests), 1 + int(self._waiting_share * len(requests)))
            tasks = [_Task(self._work(requests), loop=self._loop) for _ in range(wanted)]
            self._tasks.update(tasks)
            self._loop.call_soon(self._started, requests, len(requests), tasks)

        def _started(self, requests: deque[Request], count: int, tasks: list[_Task]) -> None:
            """Comes right after the first steps of the tasks."""
            self._burst = None
            self._queue.flush()
            done = [task for task in tasks if task.done()]
            # Those too that were cancelled before their first step.
            self._tasks.difference_update(done)
            self._waiting_share = (len(tasks) - len(done)) / count
            if requests and not self._is_closed:
                # Of the tasks that wait none takes these later.
                self._start(requests.copy())
                requests.clear()

    async def _work(self, requests: deque[Request]) -> None:
        """Handles requests until there are no more, or the task is one of a call alone."""
        task: Any = asyncio.current_task()
        task.is_changed = False
        references, weak_references = sys.getrefcount(task), getweakrefcount(task)
        try:
            if requests:
                await self._handle(requests.popleft())
            while (
                (requests or self._refill(requests))
                and not task.is_changed
                and sys.getrefcount(task) == references
                and getweakrefcount(task) == weak_references
            ):
                # The context of the task was that of its first call.
                context = self._context.copy()
                work: Any = self._handle(requests.popleft())
                awaited = context.run(next, work, _DONE)
                if awaited is not _DONE:
                    await _rest_of(work, awaited, context)
                    break
        finally:
            self._tasks.discard(task)

    def _refill(self, requests: deque[Request]) -> bool:
        """Takes what has come meanwhile, such as the next event of a client; whether any has."""
        # Nobody would take care of what a task leaves that has gone on after waiting.
        if requests is self._burst and self._more > 0 and len(self._queue):
            requests.extend(self._queue.drain(self._more))
            self._more -= len(requests)
        return bool(requests)

    @types.coroutine
    def _handle(self, request: Request) -> Generator[Any, Any, None]:
        CURRENT.set(request)
        if request.traceparent is not None:
            # Never left: the context is the call's own.
            enter_span(request)
        try:
            result: Any = request._handler(request)
            if type(result) is not types.CoroutineType:
                result = _awaiting(result)
            result = yield from result
        except GeneratorExit:
            request._fail()
            raise
        except asyncio.CancelledError:
            self._answers.cancelled(request)
        except BaseException as error:
            self._answers.raised(request, error)
        else:
            self._answers.returned(request, result)


class _Task(asyncio.Task[None]):
    """A task that knows whether it is as good as new once a handler is done."""

    __slots__ = ("is_changed",)

    is_changed: bool

    def cancel(self, msg: Any = None) -> bool:
        self.is_changed = True
        return super().cancel(msg)

    def set_name(self, value: object) -> None:
        self.is_changed = True
        super().set_name(value)

    def add_done_callback(self, *arguments: Any, **options: Any) -> None:
        self.is_changed = True
        super().add_done_callback(*arguments, **options)


@types.coroutine
def _rest_of(
    work: Generator[Any, Any, None], awaited: Any, context: contextvars.Context
) -> Generator[Any, Any, None]:
    """Goes on with work that waits, in its context, until it is done."""
    while awaited is not _DONE:
        thrown = None
        try:
            yield awaited
        except BaseException as error:
            thrown = error
        if thrown is None:
            awaited = context.run(next, work, _DONE)
            continue
        try:
            awaited = context.run(work.throw, thrown)
        except StopIteration:
            return


async def _awaiting(awaitable: Any) -> Any:
    """A coroutine of anything that a handler that is no plain function gave."""
    return await awaitable
