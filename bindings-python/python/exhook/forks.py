"""What becomes of a child that is forked in a handler and comes out of it."""

from __future__ import annotations

import contextlib
import os
import traceback
import weakref
from typing import NoReturn


class Home:
    """The process in which something was made."""

    def __init__(self) -> None:
        """Remembers the current one."""
        self.is_elsewhere = False
        """Whether this is a child that was forked from it; plain, because every call asks."""
        _homes.add(self)


_homes: weakref.WeakSet[Home] = weakref.WeakSet()


def _leave_homes() -> None:
    for home in _homes:
        home.is_elsewhere = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_homes)


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
        with contextlib.suppress(Exception):
            os.write(2, "".join(traceback.format_exception(error)).encode(errors="replace"))
    os._exit(status & 0xFF)
