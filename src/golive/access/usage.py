"""Usage: what each key has used of its quotas, and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from golive.access.keys import Key, Unit
from golive.access.limits import Period, Used, begun_anew
from golive.access.protocols import Standings
from golive.access.spending import Standing
from golive.access.usage_file import Counts

__all__ = ["KeyUsage", "ModelUsage", "QuotaUsage", "standings_of", "usage_of"]

_NOTHING = Standing()


class QuotaUsage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a quota is used.

    Attributes:
        period: Day, week or month.
        limit: How much there is in each.
        used: How much was used in this one.
        left: How much may still be asked.
        resets: When the next one begins, in UTC.
    """

    period: Period
    limit: int
    used: int
    left: int
    resets: datetime


class ModelUsage(msgspec.Struct, frozen=True, kw_only=True):
    """What a key has used of a model."""

    model: str
    quotas: tuple[QuotaUsage, ...]


class KeyUsage(msgspec.Struct, frozen=True, kw_only=True):
    """What a key has used.

    Attributes:
        id: Of the key.
        name: Whose it is.
        per: What is counted.
        models: Those that it may ask by name, and those that it has asked.
    """

    id: str
    name: str
    per: Unit
    models: tuple[ModelUsage, ...]


def usage_of(keys: Iterable[Key], standings: Standings, now: float) -> list[KeyUsage]:
    """What these keys have used of their quotas; keys without quotas are left out.

    Args:
        keys: With the limits that they have now.
        standings: What was counted.
        now: The time, in seconds since 1970.
    """
    return [_key_usage(key, standings, now) for key in keys if key.quotas]


def standings_of(counts: Counts) -> Standings:
    """The standings that a file of counts tells of."""
    used: dict[tuple[str, str], dict[Period, Used]] = {}
    for (key, model, period), part in counts.items():
        used.setdefault((key, model), {})[period] = part
    return {place: Standing(used=parts) for place, parts in used.items()}


def _key_usage(key: Key, standings: Standings, now: float) -> KeyUsage:
    asked = {model for key_id, model in standings if key_id == key.id}
    models = tuple(
        ModelUsage(model=model, quotas=_quotas(key, standings.get((key.id, model)), now))
        for model in sorted(asked | ({*key.scopes.models} - {"*"}))
    )
    return KeyUsage(id=key.id, name=key.name, per=key.unit, models=models)


def _quotas(key: Key, standing: Standing | None, now: float) -> tuple[QuotaUsage, ...]:
    found = []
    for quota in key.quotas:
        used = begun_anew((standing or _NOTHING).used.get(quota.period), quota, now)
        found.append(
            QuotaUsage(
                period=quota.period,
                limit=quota.count,
                used=used.count,
                left=max(0, quota.count - used.count),
                resets=datetime.fromtimestamp(used.end, UTC),
            )
        )
    return tuple(found)
