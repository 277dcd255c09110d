"""Logging without flooding: what happens at every call is told now and then, with how often."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

QUIET_SECONDS = 10.0
"""How long a kind of record stays quiet after it was logged, as in the core."""

_MOST_KINDS = 1024


class Repeats:
    """Lets one record of a kind through, and counts those that come too soon after it.

    Any thread may use it.
    """

    def __init__(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        """Starts with every kind due."""
        self._quiet_seconds = quiet_seconds
        self._lock = threading.Lock()
        self._kinds: dict[Hashable, tuple[float, int]] = {}

    def due(self, kind: Hashable) -> int | None:
        """Returns how many of the kind were left out since the last; None where this one is too."""
        now = time.monotonic()
        with self._lock:
            last, left_out = self._kinds.get(kind, (now - self._quiet_seconds, 0))
            if now - last < self._quiet_seconds:
                self._kinds[kind] = (last, left_out + 1)
                return None
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            self._kinds[kind] = (now, 0)
            return left_out
