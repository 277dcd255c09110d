"""The version of the installed package."""

from exhook._native import __version__

__all__ = ["__version__"]
