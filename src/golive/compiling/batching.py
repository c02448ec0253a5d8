"""Batching: whether a program answers many rows at once as the original answers each of them."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from golive.bundle.proof import Batched, Deviation, Tried
from golive.compiling.comparing import Answered, Comparison, Findings, Measure, entries_of
from golive.engine.answers import Options
from golive.engine.labelling import labeller
from golive.runtimes.protocols import Batch, Model
from golive.signature.model import Signature

__all__ = ["compare_batches"]

_SIZES = (64, 1000)
_MOST = 1_500
"""At most so many rows of a kind: what is wrong with a batch is wrong with many."""
_FOR_EACH_REFUSED = 25
"""One of so many is a refused row, each of which costs the rows beside it again."""


def compare_batches(
    batches: Callable[[], Model],
    answered: Sequence[Answered],
    signature: Signature,
    measure: Measure,
    *,
    most: int = _MOST,
    seed: int = 0,
) -> Batched:
    """Ask for rows of a proof once more, many at a time.

    Those that the original answers are asked in batches of 64, mixed by chance, and of 1,000, in
    their order. Those that it refuses are put among 63 others each, which has to make the whole
    batch fail: the engine then asks for its parts.

    Args:
        batches: Makes the model that answers batches; whatever it raises, there is none.
        answered: The rows and the original's answers, as the proof of single rows found them.
        signature: Of both.
        measure: What counts as the same.
        most: Of each kind at most so many rows are asked.
        seed: Of what is mixed.
    """
    try:
        model = batches()
    except Exception as error:  # noqa: BLE001 - a step that NumPy cannot run, for any reason
        return Batched(is_equal=False, reason=f"NumPy cannot run it: {error}"[:200])
    chance = random.Random(seed)  # noqa: S311 - no secret
    label = labeller(signature.output, Options())
    found = Comparison()
    findings = Findings(found, signature, measure)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fewer = [_fewer(rows, most) for rows in answered]
        for kind, size, rows in _asked(fewer, most // _FOR_EACH_REFUSED, chance):
            entries = entries_of(model, label, rows.batch, size=size)
            refused = findings.note(replace(rows, kind=kind), entries)
            found.tried.append(Tried(kind=kind, rows=rows.batch.size, refused=refused))
    return _batched(found)


def _batched(found: Comparison) -> Batched:
    rows = sum(tried.rows for tried in found.tried)
    failure = found.failure
    reason = f"Batches are equal on {rows:,} rows." if failure is None else _other(failure)
    return Batched(
        is_equal=failure is None,
        reason=reason,
        tried=tuple(found.tried),
        worst=failure or found.worst,
    )


def _other(failure: Deviation) -> str:
    how = (
        "another answer"
        if failure.relative is None
        else f"a score that is {failure.relative:.2g} (relative) away"
    )
    return f"With NumPy, a row of the kind {failure.kind!r} gets {how}."


def _fewer(rows: Answered, most: int) -> Answered:
    """Some rows of a kind, from all parts of it."""
    count = rows.batch.size
    return _taken(rows, range(count) if count <= most else _spread(count, most))


def _spread(count: int, wanted: int) -> list[int]:
    return [at * count // wanted for at in range(wanted)]


def _taken(rows: Answered, positions: Sequence[int]) -> Answered:
    entries = [rows.entries[at] for at in positions]
    return replace(rows, batch=rows.batch.take(list(positions)), entries=entries)


def _asked(
    answered: Sequence[Answered], refused: int, chance: random.Random
) -> Iterator[tuple[str, int, Answered]]:
    """What is asked: a kind, so many rows at a time, and the rows."""
    rows = _joined(answered)
    good = [at for at, entry in enumerate(rows.entries) if not isinstance(entry, Exception)]
    bad = [at for at, entry in enumerate(rows.entries) if isinstance(entry, Exception)]
    if not good:
        return
    mixed = chance.sample(good, len(good))
    for size, positions in zip(_SIZES, (mixed, good), strict=True):
        yield f"{size} at once", size, _taken(rows, positions)
    if len(bad) > refused:
        bad = [bad[at] for at in _spread(len(bad), refused)]
    among = [at for one in bad for at in _among(one, good, chance)]
    yield "refused", _SIZES[0], _taken(rows, among)


def _among(one: int, others: Sequence[int], chance: random.Random) -> list[int]:
    """A batch of a row and others, the row anywhere."""
    batch = chance.choices(others, k=_SIZES[0] - 1)
    batch.insert(chance.randrange(_SIZES[0]), one)
    return batch


def _joined(answered: Sequence[Answered]) -> Answered:
    """Rows of all kinds, one after another."""
    columns = zip(*(rows.batch.columns for rows in answered), strict=True)
    return Answered(
        kind="all",
        batch=Batch(
            tuple([*chain.from_iterable(parts)] for parts in columns),
            sum(rows.batch.size for rows in answered),
        ),
        entries=[entry for rows in answered for entry in rows.entries],
    )
