"""The errors that exhook raises; each has a ``code`` such as ``"ADDRESS_IN_USE"``."""

from exhook._native import (
    AddressInUseError,
    ExhookError,
    ForkedError,
    InvalidAddressError,
    InvalidOptionError,
    IoError,
    WrongStateError,
)

__all__ = [
    "AddressInUseError",
    "ExhookError",
    "ForkedError",
    "InvalidAddressError",
    "InvalidOptionError",
    "IoError",
    "WrongStateError",
]
