"""Made-up records: what stands in for the training sample where only a bundle is at hand."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from golive.signature.model import Column, JsonValue, Signature

__all__ = ["made_up_records"]


def made_up_records(
    signature: Signature, golden: Sequence[JsonValue], *, count: int = 2_000, seed: int = 0
) -> list[JsonValue]:
    """Records within the ranges and categories of the signature, mixed with golden records.

    Args:
        signature: What the sample was like.
        golden: The golden records, which are rows of the sample or near to them.
        count: How many.
        seed: Of what is chosen by chance.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    known = [record for record in golden if isinstance(record, Mapping)]
    if not known:
        return list(golden)
    return [
        {
            column.name: _value(column, chance.choice(known).get(column.name), chance)
            for column in signature.columns
        }
        for _ in range(count)
    ]


def _value(column: Column, golden: JsonValue, chance: random.Random) -> JsonValue:
    """A value of the column; the one of a golden record in every third row."""
    if column.on_null == "pass" and chance.random() < 0.05:
        return None
    return golden if chance.random() < 0.33 else _invented(column, golden, chance)


def _invented(column: Column, otherwise: JsonValue, chance: random.Random) -> JsonValue:
    low, high = column.minimum, column.maximum
    match column.type:
        case "number" if low is not None and high is not None:
            return chance.uniform(low, high)
        case "integer" if low is not None and high is not None:
            return chance.randint(low, high)
        case "boolean":
            return chance.random() < 0.5
        case "category" if column.categories:
            return chance.choice(column.categories)
    return otherwise
