"""The format of a file of keys: JSON, with the number of the format."""

from __future__ import annotations

import msgspec

from golive.access.errors import KeysError
from golive.access.keys import Key

__all__ = ["decode_keys", "encode_keys"]

_FORMAT = 1
_HINT = "take it from a copy, or move it away and make new keys"


class _Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    keys: tuple[Key, ...]


def encode_keys(keys: tuple[Key, ...]) -> bytes:
    """The bytes of a file of these keys."""
    encoded = msgspec.json.encode(_Content(format=_FORMAT, keys=keys))
    return msgspec.json.format(encoded, indent=2) + b"\n"


def decode_keys(content: bytes, source: object) -> tuple[Key, ...]:
    """The keys of a file.

    Args:
        content: Its bytes.
        source: What it is called in messages.

    Raises:
        KeysError: It is none, or not to be trusted.
    """
    try:
        decoded = msgspec.json.decode(content, type=_Content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{source} is no file of keys: {error}."
        raise KeysError(message, hint=_HINT) from error
    if decoded.format != _FORMAT:
        raise KeysError(
            f"The file of keys {source} has format {decoded.format}, and this golive "
            f"knows {_FORMAT}.",
            hint="update golive",
        )
    if len({key.id for key in decoded.keys}) < len(decoded.keys):
        raise KeysError(f"{source} has two keys of the same id.", hint=_HINT)
    if any(not _has_zones(key) for key in decoded.keys):
        raise KeysError(f"{source} has a time without a zone.", hint=_HINT)
    return decoded.keys


def _has_zones(key: Key) -> bool:
    former = None if key.former is None else key.former.until
    times = (key.created, key.expires, key.revoked, former)
    return all(time is None or time.tzinfo is not None for time in times)
