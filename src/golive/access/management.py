"""Management: what `golive keys` does to keys, as functions from keys to keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from golive.access.keys import Former, Key
from golive.errors import UsageError

__all__ = ["added", "find", "revoked", "rotated"]

_replace: Callable[..., Key] = msgspec.structs.replace


def find(keys: tuple[Key, ...], wanted: str) -> Key:
    """The key of an id, or the only one of a name that was not revoked.

    Raises:
        UsageError: There is none, or there are several.
    """
    found = [key for key in keys if key.id == wanted]
    found = found or [key for key in keys if key.name == wanted and key.revoked is None]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"There is no key {wanted!r}.", hint="golive keys list")
    ids = ", ".join(key.id for key in found)
    raise UsageError(f"Several keys have the name {wanted!r}.", hint=f"say which id: {ids}")


def added(keys: tuple[Key, ...], key: Key) -> tuple[Key, ...]:
    """The keys with another one.

    Raises:
        UsageError: A key that was not revoked has its name.
    """
    if any(other.name == key.name and other.revoked is None for other in keys):
        raise UsageError(
            f"There is a key of the name {key.name!r}.",
            hint=f"take another name, or `golive keys rotate {key.name}`",
        )
    return (*keys, key)


def revoked(keys: tuple[Key, ...], wanted: str, now: datetime) -> tuple[Key, ...]:
    """The keys, one of them taken back for good.

    Raises:
        UsageError: There is no such key.
    """
    key = find(keys, wanted)
    return _replaced(keys, _replace(key, revoked=key.revoked or now, former=None))


def rotated(
    keys: tuple[Key, ...], wanted: str, *, sha256: str, now: datetime, overlap: timedelta
) -> tuple[Key, ...]:
    """The keys, one of them with another secret.

    Args:
        keys: The keys.
        wanted: Its id or name.
        sha256: Of the new secret.
        now: The time.
        overlap: How long the secret that it had is good as well.

    Raises:
        UsageError: There is no such key, or it was revoked.
    """
    key = find(keys, wanted)
    if key.revoked is not None:
        raise UsageError(f"The key {wanted!r} was revoked.", hint="make a new one")
    former = Former(sha256=key.sha256, until=now + overlap) if overlap > timedelta() else None
    return _replaced(keys, _replace(key, sha256=sha256, former=former))


def _replaced(keys: tuple[Key, ...], key: Key) -> tuple[Key, ...]:
    return tuple(key if other.id == key.id else other for other in keys)
