"""A program whose handler computes, for `exhook run`: an interpreter runs one at a time."""

from __future__ import annotations

from typing import Any

from exhook import App

ROUNDS = 2_000

app = App()


@app.on_client_authenticate
def authenticate(req: Any) -> bool:
    """Takes some 100 microseconds of a processor, all of it in Python."""
    value = len(req.clientinfo.clientid)
    for _ in range(ROUNDS):
        value = (value * 31 + 7) & 0xFFFF
    return value >= 0
