"""Errors of registries."""

from __future__ import annotations

from golive.errors import GoliveError, UsageError

__all__ = [
    "ContentCorruptError",
    "HistoryCorruptError",
    "NoRoomError",
    "NotInRegistryError",
    "RegistryError",
]


class RegistryError(GoliveError):
    """A registry cannot do what it was asked to."""

    code = "registry_failed"


class HistoryCorruptError(RegistryError):
    """An event is not what was written, or does not follow the one before it."""

    code = "history_corrupt"


class ContentCorruptError(RegistryError):
    """A version's bundle is missing or is not the one that was pushed."""

    code = "content_corrupt"


class NoRoomError(RegistryError):
    """A copy of a bundle cannot be written on this machine; it says nothing of the bundle."""


class NotInRegistryError(UsageError):
    """There is no such model, version or alias."""

    code = "not_in_registry"
