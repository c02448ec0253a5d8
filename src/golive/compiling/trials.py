"""Trials: the rows on which a compiled program and the original are compared."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, nextafter
from typing import Any

from golive.compiling.boundaries import Search, near_rows
from golive.compiling.hostile import hostile_records
from golive.engine.decode import Decoder
from golive.runtimes.protocols import Batch
from golive.signature.model import JsonValue, Signature

__all__ = ["Trial", "TrialSizes", "between_rows", "mixed_rows", "trials_of"]

Predict = Callable[[Batch], list[Any]]
_MOST_COLUMNS = 60
_VALUES_A_COLUMN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Rows of one kind.

    Attributes:
        kind: `sample`, `golden`, `hostile` (values that are hard to treat), `between` (values just
            beside, and in the middle between, those of the sample), `mixed` (each column from
            another row of the sample), `near` (close to where answers change), `infinite`.
        batch: The rows as a model gets them.
    """

    kind: str
    batch: Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSizes:
    """At most how many rows of each kind are made."""

    sample: int = 20_000
    hostile: int = 4_000
    between: int = 4_000
    mixed: int = 4_000
    pairs: int = 200

    def within(self, rows: float) -> TrialSizes:
        """So many rows that about `rows` are answered altogether, and never too few to tell."""
        share = min(1.0, rows / 30_000)
        return TrialSizes(
            sample=max(1_000, int(self.sample * share)),
            hostile=max(400, int(self.hostile * share)),
            between=max(200, int(self.between * share)),
            mixed=max(300, int(self.mixed * share)),
            pairs=max(12, int(self.pairs * share)),
        )


def trials_of(
    records: Sequence[JsonValue],
    golden: Sequence[JsonValue],
    signature: Signature,
    predict: Predict,
    *,
    sizes: TrialSizes,
    seed: int = 0,
) -> list[Trial]:
    """All rows, most of them through the decoder, so that they are what a model really gets.

    Args:
        records: Rows of the training sample, as clients send them.
        golden: The golden records.
        signature: What the model takes.
        predict: What changes in an answer, one value a row; to find where it changes.
        sizes: How many.
        seed: Of what is chosen by chance.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    decoder = Decoder(signature, max_records=2**62)

    def decoded(rows: Sequence[JsonValue], most: int) -> Batch:
        chosen = rows if len(rows) <= most else [rows[at] for at in _spread(len(rows), most)]
        return decoder.decode_rows(chosen).batch

    sample = decoded(records, sizes.sample)
    if not sample.size:
        sample = decoded(golden, sizes.sample)
    tables = [row for row in records if isinstance(row, Mapping)]
    hostile = hostile_records(tables, signature, seed=seed) if tables else []
    return [
        Trial(kind="sample", batch=sample),
        Trial(kind="golden", batch=decoded(golden, sizes.sample)),
        Trial(kind="hostile", batch=decoded(hostile, sizes.hostile)),
        Trial(kind="between", batch=between_rows(sample, signature, sizes.between, chance)),
        Trial(kind="mixed", batch=mixed_rows(sample, signature, sizes.mixed, chance)),
        Trial(
            kind="near", batch=near_rows(sample, signature, predict, Search(sizes.pairs), chance)
        ),
        Trial(kind="infinite", batch=_infinite_rows(sample, signature, chance)),
    ]


def _spread(count: int, wanted: int) -> list[int]:
    return [at * count // wanted for at in range(wanted)]


def _put(sample: Batch, column: int, values: Sequence[Any], chance: random.Random) -> list[Any]:
    """Rows of the sample, each with one of the values in a column."""
    rows = []
    for value in values:
        at = chance.randrange(sample.size)
        row = [values[at] for values in sample.columns]
        row[column] = value
        rows.append(row)
    return rows


def _batch_of(rows: Sequence[Sequence[Any]], width: int) -> Batch:
    columns = tuple(map(list, zip(*rows, strict=True))) if rows else tuple([] for _ in range(width))
    return Batch(columns, len(rows))


def _chosen(rows: list[Any], most: int, chance: random.Random) -> list[Any]:
    return rows if len(rows) <= most else chance.sample(rows, most)


def between_rows(sample: Batch, signature: Signature, most: int, chance: random.Random) -> Batch:
    """Numbers one unit in the last place beside those of the sample, and in between them."""
    rows: list[Any] = []
    for at, column in list(enumerate(signature.columns))[:_MOST_COLUMNS]:
        if column.type != "number" or not sample.size:
            continue
        known = sorted({v for v in sample.columns[at] if v is not None and isfinite(v)})
        known = [known[i] for i in _spread(len(known), min(len(known), _VALUES_A_COLUMN))]
        middles = [low / 2 + high / 2 for low, high in pairwise(known)]
        values = [
            value
            for centre in [*known, *middles]
            for value in (nextafter(centre, -inf), centre, nextafter(centre, inf))
        ]
        rows += _put(sample, at, values, chance)
    return _batch_of(_chosen(rows, most, chance), len(signature.columns))


def mixed_rows(sample: Batch, signature: Signature, most: int, chance: random.Random) -> Batch:
    """Each column from one of two rows of the sample; of texts the halves."""
    rows: list[Any] = []
    if sample.size > 1:
        for _ in range(min(most, sample.size * 4)):
            one, other = chance.randrange(sample.size), chance.randrange(sample.size)
            share = chance.random()
            rows.append(
                [
                    _mixed(values[one], values[other], chance.random() < share, column.type)
                    for values, column in zip(sample.columns, signature.columns, strict=True)
                ]
            )
    return _batch_of(rows, len(signature.columns))


def _mixed(one: Any, other: Any, first: bool, kind: str) -> Any:  # noqa: FBT001 - a coin's side
    if kind == "text" and isinstance(one, str) and isinstance(other, str):
        return f"{one[: len(one) // 2]} {other[len(other) // 2 :]}"
    return one if first else other


def _infinite_rows(sample: Batch, signature: Signature, chance: random.Random) -> Batch:
    """Infinities, which no client can send, but a Python caller of the model."""
    rows: list[Any] = []
    for at, column in list(enumerate(signature.columns))[:_MOST_COLUMNS]:
        if column.type == "number" and sample.size:
            rows += _put(sample, at, (inf, -inf), chance)
    return _batch_of(rows, len(signature.columns))
