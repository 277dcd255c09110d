"""A running server together with everything that runs its handlers."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence

from exhook import _native
from exhook.answers import Answers
from exhook.handlers import Registration
from exhook.logs import LOG_THREAD
from exhook.settings import Settings
from exhook.tasks import HandlerTasks
from exhook.workers import Workers

_JOIN_SECONDS = 1.0


class Service:
    """One native server, its worker threads and its handler tasks; lives on one event loop."""

    def __init__(
        self,
        registrations: Sequence[Registration],
        settings: Settings,
    ) -> None:
        """Starts serving; called on the loop that is to run the async handlers.

        Raises ``ExhookError`` when an option has no meaning or the address cannot be had.
        """
        registry = _native.Registry()
        for registration in registrations:
            registration.enter(registry)
        runners = {registration.runner for registration in registrations}
        answers = Answers()
        self.loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._stopped = False
        self._pool = Workers(registry.threads, answers)
        self._inline = Workers(registry.inline, answers)
        self._tasks: HandlerTasks | None = None
        LOG_THREAD.start()
        if "loop" in runners:
            self._tasks = HandlerTasks(registry.loop, answers, self.loop)
        try:
            self.server = _native.Server(registry, settings.native)
        except BaseException:
            if self._tasks is not None:
                self._tasks.unwatch()
            raise
        if "thread" in runners:
            self._pool.start_pool(settings.threads)
        if "inline" in runners:
            self._inline.start_inline()

    def owns_current_thread(self) -> bool:
        """Tells whether one of the worker threads calls."""
        return self._pool.owns_current_thread() or self._inline.owns_current_thread()

    def is_busy(self) -> bool:
        """Tells whether a handler runs, those included whose call was answered without them."""
        tasks = self._tasks
        return (
            self._pool.is_busy()
            or self._inline.is_busy()
            or (tasks is not None and tasks.is_busy())
        )

    def stop(self) -> None:
        """Drains and stops the server, then ends the worker threads; a second call waits.

        Blocks, so it must not be called on the loop or on a worker thread. Workers that are
        stuck in a handler are left behind.
        """
        with self._lock:
            if self._stopped:
                return
            self.server.stop()
            self._pool.close()
            self._inline.close()
            until = time.monotonic() + _JOIN_SECONDS
            self._pool.join(until)
            self._inline.join(until)
            self._stopped = True

    async def close(self) -> None:
        """Stops without blocking the loop, so that async handlers can finish."""
        if not self._stopped:
            await _in_thread(self.stop)
        if self._tasks is not None:
            await self._tasks.close()


async def _in_thread(work: Callable[[], None]) -> None:
    """Waits for ``work`` on a thread of its own: the default executor may be full of handlers."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def call() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:
            error = raised
        with contextlib.suppress(RuntimeError):  # The loop may be closed by now.
            loop.call_soon_threadsafe(finish, error)

    try:
        threading.Thread(target=call, name="exhook-stop", daemon=True).start()
    except RuntimeError:
        # The interpreter is ending and starts no threads any more.
        work()
        return
    await done
