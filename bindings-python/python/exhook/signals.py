"""SIGINT and SIGTERM while a command runs."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def stopping(ask_to_stop: Callable[[], None]) -> Iterator[None]:
    """Calls ``ask_to_stop`` at the first signal, and ends the process at the second.

    The process then ends at once with status 128 + signal, whatever is stuck. The handlers from
    before are restored afterwards. Outside the main thread, where Python allows no signal
    handlers, it changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            with contextlib.suppress(OSError):
                os.write(2, b"exhook: second signal, exiting at once\n")
            os._exit(128 + number)
        asked = True
        ask_to_stop()

    with _handled_by(handle, _SIGNALS):
        yield


@contextlib.contextmanager
def left_to_native_code() -> Iterator[None]:
    """Keeps Python's own ``KeyboardInterrupt`` out of native code that handles Ctrl-C itself."""
    with _handled_by(signal.SIG_DFL, (signal.SIGINT,)):
        yield


@contextlib.contextmanager
def _handled_by(handler: Any, numbers: Sequence[int]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, former in before.items():
            # None stands for a handler that was not installed from Python.
            signal.signal(number, signal.SIG_DFL if former is None else former)
