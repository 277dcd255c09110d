"""What the package knows of the hooks, all of it from the native module's table."""

from __future__ import annotations

from exhook import _native

PREFIX = "on_"
"""What the names of decorators and provider methods begin with."""

NAMES = frozenset(name for name, *_ in _native.HOOKS)
"""The hooks as Python spells them: ``client_authenticate``."""

DOTTED = {name: dotted for name, dotted, *_ in _native.HOOKS}
"""The broker's name of each hook: ``client.authenticate``."""

INFORMING = frozenset(
    dotted for _, dotted, kind, *_ in _native.HOOKS if kind in ("notification", "provider")
)
"""The dotted names of the hooks whose handlers decide nothing."""

INFORMING_REQUESTS = frozenset(
    getattr(_native, request) for _, dotted, *_, request in _native.HOOKS if dotted in INFORMING
)
"""The classes of their requests."""
