"""The threads that run ``def`` handlers."""

from __future__ import annotations

import contextvars
import sys
import threading
import time
from collections.abc import Callable

from exhook._native import Request, WorkQueue
from exhook.answers import Answers
from exhook.context import CURRENT
from exhook.tracing import enter_span, leave_span


class Workers:
    """Threads that handle what comes into one queue.

    They are daemons, so that a handler that never returns does not keep the process alive.
    """

    def __init__(self, queue: WorkQueue, answers: Answers) -> None:
        """Prepares; ``start_pool`` or ``start_inline`` starts threads."""
        self._queue = queue
        self._answers = answers
        self._threads: list[threading.Thread] = []
        self._empty = contextvars.Context()

    def start_pool(self, most: int) -> None:
        """Starts one worker, and more up to ``most`` whenever calls wait for a free one."""
        self._start_worker(1)
        if most > 1:
            self._start(self._supervise, "exhook-supervisor", most)

    def start_inline(self) -> None:
        """Starts the one thread of handlers that promise not to block."""
        self._start(self._work, "exhook-inline", self._handle)

    def close(self) -> None:
        """Lets the threads end once they have handled what they took; any thread may call it."""
        self._queue.close()

    def join(self, until: float) -> None:
        """Waits for the threads, at most until ``time.monotonic()`` is ``until``."""
        for thread in list(self._threads):
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))

    def owns_current_thread(self) -> bool:
        """Tells whether one of these threads calls."""
        return threading.current_thread() in self._threads

    def is_busy(self) -> bool:
        """Tells whether a handler runs on one of the threads."""
        # Looked up rather than counted, which every call would pay for.
        frames = sys._current_frames()
        code = Workers._handle.__code__
        for thread in list(self._threads):
            frame = frames.get(thread.ident or 0)
            while frame is not None:
                if frame.f_code is code:
                    return True
                frame = frame.f_back
        return False

    def _start_worker(self, number: int) -> None:
        self._start(self._work, f"exhook-worker-{number}", self._handle_in_own_context)

    def _start(self, target: object, name: str, *arguments: object) -> None:
        thread = threading.Thread(target=target, name=name, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _supervise(self, most: int) -> None:
        running = 1
        while running < most and self._queue.wait_for_backlog():
            running += 1
            try:
                self._start_worker(running)
            except RuntimeError:  # No more threads to be had: those that run must do.
                self._threads.pop()
                return

    def _work(self, handle: Callable[[Request], None]) -> None:
        next_request = self._queue.next
        while True:
            request = next_request()
            if request is None:
                return
            handle(request)
            request = None  # Not kept while the thread waits.

    def _handle_in_own_context(self, request: Request) -> None:
        self._empty.copy().run(self._handle, request)

    def _handle(self, request: Request) -> None:
        CURRENT.set(request)
        span = None if request.traceparent is None else enter_span(request)
        try:
            result = request._handler(request)
        except BaseException as error:
            self._answers.raised(request, error)
        else:
            self._answers.returned(request, result)
        finally:
            if span is not None:
                leave_span(span)
