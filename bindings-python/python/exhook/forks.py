"""What becomes of a child that is forked in a handler and comes out of it."""

from __future__ import annotations

import contextlib
import os
import traceback
from typing import NoReturn

_generation = 0


def _count() -> None:
    global _generation
    _generation += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count)


class Home:
    """The process in which something was made."""

    def __init__(self) -> None:
        """Remembers the current one."""
        self._generation = _generation

    def is_elsewhere(self) -> bool:
        """Tells whether this is a child that was forked from it."""
        return self._generation != _generation


def leave(error: BaseException | None) -> NoReturn:
    """Ends a forked child as Python would: with ``error``, or without.

    The event loop, its descriptors and the threads that it would go back to are the parent's. No
    stream is flushed, because what it holds may be the parent's, and a thread may hold its lock.
    """
    status = 0
    if isinstance(error, SystemExit):
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        status = 1
        with contextlib.suppress(OSError):
            os.write(2, "".join(traceback.format_exception(error)).encode(errors="replace"))
    os._exit(status & 0xFF)
