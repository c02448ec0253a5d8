"""The decision: whether a request may pass, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from golive.access.addresses import Address
from golive.access.keys import Key, is_secret_of, split_text

__all__ = ["Asked", "Denied", "Granted", "decide", "within_scope"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks for.

    Attributes:
        text: The key's text as it was sent, or None.
        path: The path.
        model: The model that it is about, or None.
        address: From which it comes, or None if it is not known.
        needs_admin: Whether only a key of administration opens it.
    """

    text: str | None
    path: str
    model: str | None = None
    address: Address | None = None
    needs_admin: bool = False


class Granted(msgspec.Struct, frozen=True):
    """The request may pass, by this key."""

    key: Key


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """The request may not pass.

    Attributes:
        code: Of the problem.
        detail: What would be right; never holds what was sent as a key.
    """

    code: Literal[
        "key_required", "bad_key", "not_allowed", "address_not_allowed", "keys_unavailable"
    ]
    detail: str


def decide(asked: Asked, keys: Mapping[str, Key], now: datetime) -> Granted | Denied:
    """Decide about a request.

    Args:
        asked: What it asks for.
        keys: By id.
        now: Aware, in UTC.
    """
    if asked.text is None:
        detail = "Send a key in the header x-api-key, or as `authorization: Bearer KEY`."
        return Denied(code="key_required", detail=detail)
    parts = split_text(asked.text)
    if parts is None:
        return Denied(code="bad_key", detail="What was sent is no key: gl_<id>_<secret>.")
    key = keys.get(parts[0])
    is_right = is_secret_of(key, parts[1], now)
    if key is None or not is_right:
        return Denied(code="bad_key", detail="There is no such key.")
    if key.revoked is not None:
        return Denied(code="bad_key", detail="The key was revoked.")
    if key.expires is not None and now >= key.expires:
        return Denied(code="bad_key", detail="The key has expired.")
    return within_scope(asked, key)


def within_scope(asked: Asked, key: Key) -> Granted | Denied:
    """Decide about a request whose key is right: whether it is for what is asked."""
    if not key.scopes.allow_address(asked.address):
        detail = "The key is not for the address from which this request comes."
        return Denied(code="address_not_allowed", detail=detail)
    if asked.needs_admin and not key.is_admin:
        detail = "This path needs a key of administration: golive keys create --admin."
        return Denied(code="not_allowed", detail=detail)
    if not key.scopes.allow_path(asked.path):
        return Denied(code="not_allowed", detail="The key is not for this path.")
    if asked.model is not None and not key.allows_model(asked.model):
        return Denied(code="not_allowed", detail="The key is not for this model.")
    return Granted(key)
