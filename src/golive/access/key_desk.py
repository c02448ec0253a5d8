"""The key desk: makes, revokes and rotates keys in a store."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from golive.access.addresses import read_networks
from golive.access.keys import Key, Scopes, Unit, hash_of
from golive.access.limits import parse_quota, parse_rate
from golive.access.management import added, find, revoked, rotated
from golive.access.protocols import KeyStore
from golive.errors import UsageError

__all__ = ["KeyDesk", "KeyWish", "parse_duration"]

_DURATION = re.compile(r"(\d{1,9})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class KeyWish(msgspec.Struct, frozen=True, kw_only=True):
    """A key as a person asks for it; see `Key`.

    Attributes:
        name: Whose it is.
        models: Names of models, `*` for every one; none means every one, but for a key of
            administration none.
        routes: Paths; none means every one.
        expires: A time in ISO 8601, or a duration from now such as `90d`.
        rate: Such as `10/s`.
        burst: How much at once.
        quotas: Such as `100/day`.
        per: What is counted.
        networks: From which it may be used, such as `10.0.0.0/8`; none means every one.
        is_admin: Whether it opens the routes of administration.
    """

    name: str
    models: Sequence[str] = ()
    routes: Sequence[str] = ()
    expires: str | None = None
    rate: str | None = None
    burst: int | None = None
    quotas: Sequence[str] = ()
    per: Unit = "request"
    networks: Sequence[str] = ()
    is_admin: bool = False


class KeyDesk:
    """Changes keys.

    Args:
        store: Where they are.
        clock: The time, aware and in UTC.
    """

    def __init__(self, store: KeyStore, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def keys(self) -> tuple[Key, ...]:
        """Every key."""
        return self._store.read()

    def create(self, wish: KeyWish) -> tuple[Key, str]:
        """Make a key; gives it and its text, which is kept nowhere.

        Raises:
            UsageError: The name is taken, or a limit or time cannot be read.
            KeysError: The store does not take it.
        """
        secret = secrets.token_urlsafe(32)
        key = _made(wish, secret, self._clock())
        self._store.change(lambda keys: added(keys, key))
        return key, f"gl_{key.id}_{secret}"

    def revoke(self, wanted: str) -> Key:
        """Take a key back for good.

        Raises:
            UsageError: There is no such key.
        """
        key = find(self._store.read(), wanted)
        self._store.change(lambda keys: revoked(keys, key.id, self._clock()))
        return key

    def rotate(self, wanted: str, *, overlap: str = "0s") -> tuple[Key, str]:
        """Give a key another secret; gives the key and its text, which is kept nowhere.

        Args:
            wanted: Its id or name.
            overlap: How long the old secret is good as well, such as `24h`.

        Raises:
            UsageError: There is no such key, or it was revoked.
        """
        secret, seconds = secrets.token_urlsafe(32), parse_duration(overlap)
        key = find(self._store.read(), wanted)
        self._store.change(
            lambda keys: rotated(
                keys, key.id, sha256=hash_of(secret), now=self._clock(), overlap=seconds
            )
        )
        return find(self._store.read(), key.id), f"gl_{key.id}_{secret}"


def parse_duration(text: str) -> timedelta:
    """The time that `90s`, `15m`, `24h` or `7d` says.

    Raises:
        UsageError: It is none.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no duration.", hint="write it as 90s, 15m, 24h or 7d")
    try:
        return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    except OverflowError as error:
        raise UsageError(f"{text!r} is too long.", hint="leave it out for ever") from error


def _made(wish: KeyWish, secret: str, now: datetime) -> Key:
    if not wish.name.strip() or not wish.name.isprintable():
        raise UsageError("A key's name is printable and not empty.")
    if wish.burst is not None and wish.rate is None:
        raise UsageError("A burst needs a rate.", hint="add --rate 10/s")
    quotas = tuple(map(parse_quota, wish.quotas))
    if len({quota.period for quota in quotas}) < len(quotas):
        raise UsageError("There are two quotas of the same period.")
    return Key(
        id=secrets.token_hex(6),
        name=wish.name,
        sha256=hash_of(secret),
        created=now,
        expires=None if wish.expires is None else _parse_time(wish.expires, now),
        scopes=Scopes(
            models=tuple(wish.models),
            routes=tuple(wish.routes),
            networks=tuple(map(str, read_networks(wish.networks, source="--from"))),
        ),
        is_admin=wish.is_admin,
        rate=None if wish.rate is None else parse_rate(wish.rate),
        burst=wish.burst,
        quotas=quotas,
        unit=wish.per,
    )


def _parse_time(text: str, now: datetime) -> datetime:
    """A time in ISO 8601 (in UTC, where it has no zone), or a duration from now."""
    if _DURATION.fullmatch(text):
        try:
            return now + parse_duration(text)
        except OverflowError as error:
            raise UsageError(f"{text!r} is too long.", hint="leave it out for ever") from error
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        hint = "write it as 2027-01-31, 2027-01-31T12:00:00+01:00 or 90d"
        raise UsageError(f"{text!r} is no time.", hint=hint) from error
    return time.astimezone(UTC) if time.tzinfo is not None else time.replace(tzinfo=UTC)
