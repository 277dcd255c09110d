"""Hands the log records of the native module to ``logging``."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import traceback
from typing import Any

from exhook import _native

_JOIN_SECONDS = 1.0
LEVELS = {
    "trace": 5,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}
"""The levels by name, from the finest to the coarsest."""


class LogThread:
    """The thread ``exhook-log``, which emits records below the logger ``exhook``.

    The threads of the server leave their records in a bounded buffer; none of them ever waits
    for the interpreter.
    """

    def __init__(self) -> None:
        """Prepares; the first ``start`` starts the thread."""
        self._lock = threading.Lock()
        self._queue: _native.LogQueue | None = None
        self._thread: threading.Thread | None = None
        self._process = 0

    def start(self) -> None:
        """Starts the thread once per process, and takes over the level of logger ``exhook``."""
        with self._lock:
            level = level_name(logging.getLogger("exhook").getEffectiveLevel())
            queue = _native.install_logs(level)
            if self._thread is not None and self._process == os.getpid():
                return
            self._queue = queue
            self._process = os.getpid()
            self._thread = threading.Thread(
                target=_emit, args=(queue,), name="exhook-log", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Emits what is left and ends the thread; called at the end of the process."""
        if self._thread is None or self._queue is None or self._process != os.getpid():
            return
        self._queue.close()
        self._thread.join(_JOIN_SECONDS)


def level_name(level: int) -> str:
    """Returns the coarsest named level that lets through all that ``level`` does."""
    names = [name for name, number in LEVELS.items() if number <= level]
    return names[-1] if names else "trace"


def emit(logger: logging.Logger, level: int, message: str, *arguments: object, **more: Any) -> None:
    """Logs, whatever the program's own log handlers raise: the thread that calls must live on."""
    try:
        logger.log(level, message, *arguments, **more)
    except BaseException:
        # As logging does with what its own handlers raise.
        with contextlib.suppress(Exception):
            print("exhook: a log record is lost, because a log handler raised", file=sys.stderr)
            traceback.print_exc()


def configure(log_level: str | None) -> None:
    """Sets the level of logger ``exhook``, and shows records where nobody else does.

    ``None`` keeps a level that was set before, and else means ``info``.
    """
    logger = logging.getLogger("exhook")
    if log_level is not None:
        logger.setLevel(LEVELS[log_level])
    elif logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
    if not logger.hasHandlers():
        logging.basicConfig(format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")


def _emit(queue: _native.LogQueue) -> None:
    while True:
        records = queue.next()
        if records is None:
            return
        for level, name, message in records:
            emit(logging.getLogger(name), level, "%s", message)


LOG_THREAD = LogThread()
"""The one of this process."""
