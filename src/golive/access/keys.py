"""API keys: what is kept of each, and the text that a caller sends.

The text is `gl_<id>_<secret>`: the id finds the key, and of the secret (32 random bytes, base64url)
only the SHA-256 is kept. So many random bits need no slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from ipaddress import ip_network
from typing import Annotated, Literal

import msgspec

from golive.access.addresses import Address, is_within
from golive.access.limits import Quota, Rate

__all__ = ["Former", "Key", "Scopes", "Unit", "hash_of", "is_secret_of", "split_text"]

Unit = Literal["request", "record"]
_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{12}$")]
_TEXT = re.compile(r"gl_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NO_HASH = "0" * 64


class Scopes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a key is good for.

    Attributes:
        models: Names of models, `*` for every one; none means every model, but for a key of
            administration none.
        routes: Paths, where one that ends with `*` is a beginning; none means every path.
        networks: From which it may be used, such as `10.0.0.0/8`; none means every one.
    """

    models: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse, with a ValueError, what is no network: a key must not be good by mistake."""
        for text in self.networks:
            ip_network(text)

    def allow_model(self, name: str) -> bool:
        """Whether the model may be asked."""
        return not self.models or name in self.models or "*" in self.models

    def allow_path(self, path: str) -> bool:
        """Whether the path may be asked."""
        return not self.routes or any(_fits(route, path) for route in self.routes)

    def allow_address(self, address: Address | None) -> bool:
        """Whether it may be used from the address; None is one that is not known."""
        if not self.networks:
            return True
        networks = [ip_network(text) for text in self.networks]
        return address is not None and is_within(address, networks)


class Former(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret that a rotated key had before.

    Attributes:
        sha256: Of the secret, in hexadecimal digits.
        until: When it ends.
    """

    sha256: _Hash
    until: datetime


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key, without its secret. Times are aware and in UTC.

    Attributes:
        id: Twelve hexadecimal digits, the middle of the key's text.
        name: Whose it is; in the log.
        sha256: Of the secret, in hexadecimal digits.
        created: When it was made.
        expires: When it ends, or None.
        revoked: When it was taken back, or None.
        scopes: What it is good for.
        is_admin: Whether it opens the routes of administration; it asks only those models that
            its scopes name.
        rate: How much it may ask in the long run, or None.
        burst: How much at once; the rate's own count if None.
        quotas: How much it may ask in a day, week or month.
        unit: What rate, burst and quotas count.
        former: The secret before the last rotation, or None.
    """

    id: _Id
    name: str
    sha256: _Hash
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    scopes: Scopes = Scopes()
    is_admin: bool = False
    rate: Rate | None = None
    burst: int | None = None
    quotas: tuple[Quota, ...] = ()
    unit: Unit = "request"
    former: Former | None = None

    @property
    def has_limits(self) -> bool:
        """Whether what it asks has to be counted."""
        return self.rate is not None or bool(self.quotas)

    def allows_model(self, name: str) -> bool:
        """Whether it may ask the model."""
        return self.scopes.allow_model(name) and not (self.is_admin and not self.scopes.models)

    def next_end(self, now: datetime) -> datetime | None:
        """When the key, or its former secret, ends next, or None."""
        ends = [self.expires, None if self.former is None else self.former.until]
        return min((end for end in ends if end is not None and end > now), default=None)


def hash_of(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split_text(text: str) -> tuple[str, str] | None:
    """The id and the secret of a key's text, or None where it is no such text."""
    match = _TEXT.fullmatch(text)
    return None if match is None else (match[1], match[2])


def is_secret_of(key: Key | None, secret: str, now: datetime) -> bool:
    """Whether the secret is the key's, or the former one that has not ended.

    It takes as long for a key that there is not.
    """
    found = hash_of(secret)
    former = None if key is None else key.former
    is_present = hmac.compare_digest(found, _NO_HASH if key is None else key.sha256)
    is_former = hmac.compare_digest(found, _NO_HASH if former is None else former.sha256)
    return is_present or (is_former and former is not None and now < former.until)


def _fits(route: str, path: str) -> bool:
    return path.startswith(route[:-1]) if route.endswith("*") else path == route
