"""One life of an app, from its startup functions to its shutdown functions."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from exhook import loops
from exhook._native import Server
from exhook.errors import ForkedError, WrongStateError
from exhook.handlers import Registration
from exhook.lifespan import Lifespan
from exhook.logs import LOG_THREAD
from exhook.service import Service
from exhook.settings import Settings

_EXIT_SECONDS = 5.0
_logger = logging.getLogger("exhook")


@dataclass(frozen=True)
class Plan:
    """What a life is made of; the registrations are read once the startup functions are done."""

    app: object
    lifespan: Lifespan
    registrations: Sequence[Registration]
    settings: Settings


class Life:
    """Everything that exists while an app runs; used once."""

    def __init__(self, plan: Plan) -> None:
        """Prepares a life in this process."""
        self.service: Service | None = None
        self.failure: BaseException | None = None
        self._plan = plan
        self._process = os.getpid()
        self._ended = threading.Event()
        self._stop_asked = False
        # Only where the loop is ours: run() and start().
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    def check_process(self) -> None:
        """Raises ``ForkedError`` in a child that was forked from the process of this life."""
        if os.getpid() != self._process:
            raise ForkedError(
                f"this process was forked from process {self._process}, where the app runs; "
                "create and start an app of its own after the fork"
            )

    def require_over(self) -> None:
        """Raises ``WrongStateError`` when the life has not ended."""
        if self.is_over():
            return
        self.check_process()
        where = f" on {self.service.server.address}" if self.service is not None else ""
        raise WrongStateError(f"the app runs already{where}; stop it first")

    def is_over(self) -> bool:
        """Tells whether the life has ended."""
        return self._ended.is_set()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        """Runs the whole life on the running loop; the body is the time of serving."""
        try:
            async with self._serving() as service:
                yield service.server
        finally:
            self._ended.set()

    def run(self, on_serving: Callable[[Service], None]) -> None:
        """Runs the whole life on a new loop in this thread, until ``ask_to_stop``.

        ``on_serving`` is called on the loop once calls are served.
        """
        self._thread = threading.current_thread()
        self._loop = loops.new_loop()
        try:
            loops.run(self._loop, self._live(on_serving))
        except asyncio.CancelledError:
            if not self._stop_asked:
                raise
        except BaseException as error:
            self.failure = error
            raise
        finally:
            self._ended.set()

    def ask_to_stop(self) -> None:
        """Asks a life of ``run`` to end and returns at once; signal handlers may call it."""
        self._stop_asked = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # The loop may be closed by now.
                self._loop.call_soon_threadsafe(self._obey)

    def stop(self, timeout: float | None = None) -> None:
        """Ends the life and waits for it, ``timeout`` seconds at most.

        On the threads that run handlers, which would wait for themselves, it only asks.
        """
        waits = threading.current_thread() is not self._thread
        if self.service is not None and waits:
            waits = not self.service.owns_current_thread()
            if waits:
                # Here rather than on the loop: at the interpreter's end no thread can be started.
                self.service.stop()
        self.ask_to_stop()
        if waits and self._loop is not None:
            self._ended.wait(timeout)

    def owns_loop(self) -> bool:
        """Tells whether the loop is ours, so that ``stop`` can end the life."""
        return self._loop is not None

    def stop_at_exit(self) -> None:
        """Stops in bounded time, and not at all in a forked child."""
        if os.getpid() != self._process:
            return
        try:
            self.stop(_EXIT_SECONDS)
        except Exception:
            _logger.exception("stopping at the end of the process failed")

    @contextlib.asynccontextmanager
    async def _serving(self) -> AsyncIterator[Service]:
        plan = self._plan
        async with AsyncExitStack() as stack:
            await plan.lifespan.begin(plan.app, stack)
            service = Service(plan.registrations, plan.settings)
            stack.push_async_callback(service.close)
            self.service = service
            _LIVES.add(self)
            stack.callback(_LIVES.discard, self)
            yield service

    async def _live(self, on_serving: Callable[[Service], None]) -> None:
        self._task = asyncio.current_task()
        if self._stop_asked:
            return
        async with self._serving() as service:
            on_serving(service)
            await self._stop.wait()

    def _obey(self) -> None:
        if self.service is not None:
            self._stop.set()
        elif self._task is not None:
            self._task.cancel()  # It is still starting up.


_LIVES: set[Life] = set()


def _end_all() -> None:
    for life in list(_LIVES):
        life.stop_at_exit()
    LOG_THREAD.close()


atexit.register(_end_all)
