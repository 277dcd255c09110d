"""``run``: logging, banner, signals, and then the life of the app."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exhook import loops, signals
from exhook.handlers import Registration
from exhook.hooks import DOTTED
from exhook.logs import configure
from exhook.service import Service
from exhook.settings import Settings
from exhook.version import __version__

if TYPE_CHECKING:
    from exhook.app import App


def launch(app: App, settings: Settings) -> None:
    """Runs ``app`` in this thread until it is stopped."""
    configure(settings.log_level)
    life = app._begin(settings)

    def on_serving(service: Service) -> None:
        # Standard error may be a file on a full disk, which must not keep calls from being served.
        if settings.banner:
            with contextlib.suppress(OSError):
                print(banner(service, settings, app._registrations), file=sys.stderr, flush=True)

    with signals.stopping(life.ask_to_stop):
        life.run(on_serving)


def banner(service: Service, settings: Settings, registrations: Sequence[Registration]) -> str:
    """Returns what is shown once calls are served."""
    lines = [
        f"exhook {__version__} serves emqx.exhook.v1, v2 and v3 on {service.server.address} "
        f"(pid {os.getpid()})",
        f"  def on up to {settings.threads} threads, async def on {loops.kind_of(service.loop)}",
    ]
    rows = [
        (DOTTED[entry.hook], entry.name, entry.runner, " ".join(entry.topics))
        for entry in registrations
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines += [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    if not rows:
        lines.append("  no handler is registered, so brokers will call no hook")
    return "\n".join(lines)
