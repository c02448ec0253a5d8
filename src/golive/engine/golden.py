"""Golden records: replay them and say which answers are not those that were packed."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import msgspec

from golive.bundle.golden import GoldenRecord
from golive.engine.answers import entry_to_json
from golive.engine.engine import Engine
from golive.errors import EnvironmentDriftError
from golive.signature.model import JsonValue

__all__ = ["Difference", "answer_rows", "compare", "compare_all", "refuse_drift", "replay"]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One golden record that is answered differently now.

    Attributes:
        index: Its position among the golden records.
        path: Where in the answer, such as `score` or `probabilities.yes`.
        packed: What was packed.
        now: What the model says now.
        relative: The relative difference of two numbers; infinite where they are not numbers.
    """

    index: int
    path: str
    packed: JsonValue
    now: JsonValue
    relative: float


def answer_rows(engine: Engine, rows: Sequence[JsonValue]) -> list[JsonValue]:
    """The `predictions` of rows, one row a call, as golden records are made and replayed."""
    return [entry_to_json(engine.answer(engine.decoder.decode_rows([row]))[0]) for row in rows]


def replay(
    engine: Engine, golden: Sequence[GoldenRecord], *, tolerance: float
) -> tuple[Difference, ...]:
    """Answer every golden record again and list what differs by more than the tolerance."""
    answers = answer_rows(engine, [record.record for record in golden])
    return compare_all(golden, answers, tolerance=tolerance)


def compare_all(
    golden: Sequence[GoldenRecord], answers: Sequence[JsonValue], *, tolerance: float
) -> tuple[Difference, ...]:
    """What differs between golden records and the answers that they get now, one a record."""
    return tuple(
        difference
        for index, (record, now) in enumerate(zip(golden, answers, strict=True))
        for difference in compare(index, record.output, now, tolerance=tolerance)
    )


def refuse_drift(name: str, differences: Sequence[Difference]) -> None:
    """Raise if there are differences, naming the worst.

    Raises:
        EnvironmentDriftError: Golden records are answered differently.
    """
    if not differences:
        return
    worst = max(differences, key=lambda d: d.relative)
    records = sorted({d.index for d in differences})
    gap = "" if worst.relative == inf else f", a relative difference of {worst.relative:.3g}"
    raise EnvironmentDriftError(
        f"{name} answers {len(records)} of its golden records differently than when it was packed "
        f"(records {', '.join(map(str, records[:10]))}). The largest: golden record {worst.index}, "
        f"{worst.path}: packed {worst.packed!r}, now {worst.now!r}{gap}.",
        hint="install the versions in the bundle's requirements.txt, or serve it all the same "
        "with --allow-drifted-environment",
    )


def compare(
    index: int, packed: JsonValue, now: JsonValue, *, tolerance: float, path: str = ""
) -> list[Difference]:
    """What differs between two answers; messages of errors may change, their codes may not."""
    if isinstance(packed, dict) and isinstance(now, dict):
        return _compare_objects(index, packed, now, tolerance=tolerance, path=path)
    if isinstance(packed, list) and isinstance(now, list) and len(packed) == len(now):
        return [
            difference
            for i, (a, b) in enumerate(zip(packed, now, strict=True))
            for difference in compare(index, a, b, tolerance=tolerance, path=f"{path}[{i}]")
        ]
    relative = _relative(packed, now)
    if relative <= tolerance:
        return []
    return [Difference(index=index, path=path, packed=packed, now=now, relative=relative)]


def _compare_objects(
    index: int,
    packed: dict[str, JsonValue],
    now: dict[str, JsonValue],
    *,
    tolerance: float,
    path: str,
) -> list[Difference]:
    keys = [k for k in dict.fromkeys([*packed, *now]) if k not in _PROSE or "code" not in packed]
    return [
        difference
        for key in keys
        for difference in compare(
            index,
            packed.get(key),
            now.get(key),
            tolerance=tolerance,
            path=f"{path}.{key}" if path else key,
        )
    ]


_PROSE = ("message", "others")
_FLOOR = 1e-3  # below it, differences count as if the numbers were this large


def _relative(packed: JsonValue, now: JsonValue) -> float:
    numbers = [isinstance(v, int | float) and not isinstance(v, bool) for v in (packed, now)]
    if not all(numbers):
        return 0.0 if type(packed) is type(now) and packed == now else inf
    if packed == now:
        return 0.0
    return float(abs(packed - now) / max(abs(packed), abs(now), _FLOOR))
