"""Finds the app that ``module:app`` names."""

from __future__ import annotations

import importlib
import os
import sys

from exhook.app import App
from exhook.errors import InvalidOptionError
from exhook.words import suggestion


def load(target: str) -> App:
    """Imports the module and returns its app; the current directory is importable.

    ``module`` alone means ``module:app``. Raises ``InvalidOptionError`` when there is no such
    module or no app in it. What the module itself raises passes through.
    """
    name, _, path = target.partition(":")
    path = path or "app"
    if name.endswith(".py") or "/" in name or "\\" in name:
        hint = os.path.splitext(os.path.basename(name))[0]
        raise InvalidOptionError(
            f"{name!r} is a file; name the module, in its directory: exhook run {hint}:{path}"
        )
    if not name or not all(part.isidentifier() for part in (*name.split("."), *path.split("."))):
        raise InvalidOptionError(f"{target!r} does not name an app; give module:app")
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        # What the module itself fails to import is its own error.
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise InvalidOptionError(
            f"there is no module {name!r} in {here} or among the installed packages"
        ) from None
    found: object = module
    for part in path.split("."):
        if not hasattr(found, part):
            apps = [key for key, value in vars(module).items() if isinstance(value, App)]
            known = suggestion(part, apps) if apps else "; it holds no App at all"
            raise InvalidOptionError(f"module {name!r} has no {path!r}{known}")
        found = getattr(found, part)
    if not isinstance(found, App):
        raise InvalidOptionError(f"{target!r} is a {type(found).__name__}, not an exhook.App")
    return found
