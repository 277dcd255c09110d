"""Finds calls among those that were made; where there are none, the message shows the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exhook.errors import InvalidOptionError
from exhook.hooks import DOTTED
from exhook.words import suggestion

if TYPE_CHECKING:
    from exhook.testing.outcomes import HookCall

_MOST_SHOWN = 40


def hook_named(name: str) -> str:
    """Returns the dotted name of a hook; ``client_connected`` is understood too.

    Raises ``InvalidOptionError`` with the nearest name where there is no such hook.
    """
    dotted = DOTTED.get(name, name)
    if dotted not in DOTTED.values():
        raise InvalidOptionError(f"there is no hook {name!r}{suggestion(name, DOTTED.values())}")
    return dotted


def matching(
    calls: Sequence[HookCall], hook: str | None = None, **wanted: str | None
) -> list[HookCall]:
    """Returns the calls of this hook whose fields have the values that are not ``None``."""
    if hook is not None:
        wanted["hook"] = hook_named(hook)
    given = {name: value for name, value in wanted.items() if value is not None}
    return [
        call for call in calls if all(getattr(call, name) == value for name, value in given.items())
    ]


def find_one(calls: Sequence[HookCall], hook: str, **wanted: str | None) -> HookCall:
    """Returns the one call that matches; raises ``AssertionError`` where it is not just one."""
    found = matching(calls, hook, **wanted)
    if len(found) == 1:
        return found[0]
    what = described(hook, wanted)
    if found:
        raise AssertionError(
            f"{what} was called {times(len(found))}; say which, or use calls:{listed(found)}"
        )
    raise AssertionError(f"{what} was not called; {made(calls)}")


def times(count: int) -> str:
    """Returns how often in words."""
    return "once" if count == 1 else f"{count} times"


def described(hook: str, wanted: dict[str, str | None]) -> str:
    """Returns a hook and what its call should be like: ``client.connected (clientid='c1')``."""
    given = ", ".join(f"{name}={value!r}" for name, value in wanted.items() if value is not None)
    return hook_named(hook) + (f" ({given})" if given else "")


def made(calls: Sequence[HookCall]) -> str:
    """Returns the calls that were made in words."""
    return f"these calls were made:{listed(calls)}" if calls else "no calls were made"


def listed(calls: Sequence[HookCall]) -> str:
    """Returns the calls, one on a line; the last ones where there are many."""
    lines = [f"\n  {call}" for call in calls[-_MOST_SHOWN:]]
    left_out = len(calls) - len(lines)
    return "".join([f"\n  ({left_out} before)"] * bool(left_out) + lines)
