"""The key desk: makes, revokes and rotates keys in a store."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from golive.access.addresses import read_networks
from golive.access.keys import Key, Scopes, Unit, hash_of
from golive.access.limits import parse_quota, parse_rate
from golive.access.management import added, find, revoked, rotated
from golive.access.paths import checked_routes
from golive.access.protocols import KeyStore
from golive.bundle.names import is_model_name
from golive.errors import UsageError
from golive.setting import parse_duration

__all__ = ["KeyDesk", "KeyWish"]


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
            UsageError: The name is taken, a limit or time cannot be read, or it would open nothing.
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
            UsageError: There is no such key, it was revoked, or the overlap is no duration.
        """
        secret, span = secrets.token_urlsafe(32), _parse_span(overlap, "--overlap", self._clock())
        key = find(self._store.read(), wanted)
        self._store.change(
            lambda keys: rotated(
                keys, key.id, sha256=hash_of(secret), now=self._clock(), overlap=span
            )
        )
        return find(self._store.read(), key.id), f"gl_{key.id}_{secret}"


def _parse_span(text: str, flag: str, now: datetime) -> timedelta:
    try:
        return now + timedelta(seconds=parse_duration(text)) - now  # if there is such a time
    except ValueError as error:
        raise UsageError(f"{flag}: {error}") from error
    except OverflowError as error:
        raise UsageError(f"{flag}: {text!r} is too long.") from error


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
        expires=None if wish.expires is None else _parse_expiry(wish.expires, now),
        scopes=Scopes(
            models=_checked_models(wish.models),
            routes=checked_routes(wish.routes, is_admin=wish.is_admin),
            networks=tuple(map(str, read_networks(wish.networks, source="--from"))),
        ),
        is_admin=wish.is_admin,
        rate=None if wish.rate is None else parse_rate(wish.rate),
        burst=wish.burst,
        quotas=quotas,
        unit=wish.per,
    )


def _checked_models(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name != "*" and not is_model_name(name):
            raise UsageError(
                f"--models: no model can be called {name!r}; the key would ask none.",
                hint="write the name alone, such as games, without a version; * is every model",
            )
    return tuple(names)


def _parse_expiry(text: str, now: datetime) -> datetime:
    """A time to come: in ISO 8601 (in UTC, where it has no zone), or a duration from now."""
    try:
        time = datetime.fromisoformat(text)
        time = time.astimezone(UTC) if time.tzinfo is not None else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        time = now + _parse_span(text, "--expires", now)
    if time <= now:
        raise UsageError(
            f"--expires: {text!r} is over at {now:%Y-%m-%d %H:%M} UTC: the key would open nothing.",
            hint="write a time to come: 2027-01-31, 2027-01-31T12:00:00+01:00 or 90d",
        )
    return time
