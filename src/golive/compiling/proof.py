"""The proof: whether a compiled program is equal to the original, and no slower."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

from threadpoolctl import threadpool_limits

from golive.bundle.golden import GoldenRecord
from golive.bundle.layout import PROGRAM_FOLDER
from golive.bundle.proof import Batched, Deviation, Proof, Timing
from golive.compiling.batching import compare_batches
from golive.compiling.comparing import Comparison, Measure, compare_models, entries_of
from golive.compiling.timing import time_models
from golive.compiling.trials import TrialSizes, trials_of
from golive.engine.answers import Answer, Options
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.golden import answer_rows, compare_all
from golive.engine.labelling import labeller
from golive.errors import ModelLoadError
from golive.runtimes.compiled import CompiledModel, load_compiled
from golive.runtimes.protocols import Batch, Model
from golive.scorer.format import PROGRAM
from golive.signature.model import JsonValue, Output, Signature

__all__ = ["Evidence", "answered_rows", "compare_on_rows", "prove", "slower_of"]

_TOLERANCE = 1e-9
_FLOAT32_TOLERANCE = 1e-6
_FLOOR = 1e-3
_SECONDS = 1.5
"""About what answering all rows may take: slow models are tried on fewer."""
_TIMED = 256
_MUST_NOT_BE_SLOWER = (1, 64)
_AGREED = 0.75  # the share of rounds in which the program must be slower to count as that


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a program is proven with.

    Attributes:
        original: The model that it was compiled from.
        signature: What both take and give.
        records: Rows of the training sample, as clients send them; may be empty.
        golden: The golden records with the original's answers.
        tolerance: Largest relative difference of a golden score that is still the same answer.
    """

    original: Model
    signature: Signature
    records: Sequence[JsonValue]
    golden: Sequence[GoldenRecord]
    tolerance: float


def prove(
    root: Path,
    evidence: Evidence,
    *,
    with_numpy: Callable[[CompiledModel], Model] = CompiledModel.with_numpy,
) -> Proof:
    """Compare the program under `root` with the original and decide which of them answers.

    Args:
        root: The directory that holds the program's folder.
        evidence: What it is proven with.
        with_numpy: What answers the program's batches, where that is to be another.
    """
    with threadpool_limits(limits=1):
        return _prove(root, evidence, with_numpy)


def _prove(root: Path, evidence: Evidence, with_numpy: Callable[[CompiledModel], Model]) -> Proof:
    size = sum(path.stat().st_size for path in (root / PROGRAM_FOLDER).iterdir())
    steps = json.loads((root / PROGRAM_FOLDER / PROGRAM).read_bytes())["root"]
    tolerance = _FLOAT32_TOLERANCE if _is_float32(evidence.signature, steps) else _TOLERANCE

    def made(reason: str, **facts: Any) -> Proof:
        count = sum(1 for _ in _leaves(steps))
        return Proof(reason=reason, steps=count, size=size, tolerance=tolerance, **facts)

    try:
        compiled = load_compiled(root, evidence.signature, start=_not_now)
    except ModelLoadError as error:
        return made(error.message, is_chosen=False)
    batch = answered_rows(evidence, compiled)
    if not batch.size:
        return made("The program answers none of the rows that the original does.", is_chosen=False)
    compiled.warm()
    compiled.settle(batch)
    timings = time_models(evidence.original, compiled, batch)
    measure = Measure(
        tolerance=tolerance, floor=_floor(evidence, batch), refusals=_refusals(timings)
    )
    found = _compare(evidence, compiled, timings, measure)
    failure = found.failure or _other_golden(evidence, compiled)
    facts: dict[str, Any] = {"tried": tuple(found.tried), "timings": timings}
    if failure is not None:
        return made(_differs(failure), is_chosen=False, worst=failure, **facts)
    most = _most_in_batches(timings)
    batched = _compare_batches(evidence, compiled, with_numpy, found, measure, most)
    if compiled.has_batches and not batched.is_equal:
        compiled.forgo_batches()
        timings = time_models(evidence.original, compiled, batch)
    facts = {"tried": tuple(found.tried), "timings": timings, "batched": batched}
    slower = slower_of(timings)
    if slower is not None:
        return made(_is_slower(slower), is_chosen=False, worst=found.worst, **facts)
    reason = _is_faster(sum(tried.rows for tried in found.tried), timings)
    if not batched.is_equal:
        reason += f" Batches are answered row by row. {batched.reason}"
    return made(reason, is_chosen=True, worst=found.worst, **facts)


def _not_now(_: Callable[[], None]) -> None:
    """Nothing runs beside the measurements: the program is made fast before them."""


def answered_rows(evidence: Evidence, compiled: Model) -> Batch:
    """Some rows that both answer, to time them with."""
    rows = [*evidence.records[:_TIMED], *(golden.record for golden in evidence.golden)]
    batch = Decoder(evidence.signature, max_records=2**62).decode_rows(rows).batch
    label = labeller(evidence.signature.output, Options())
    good = list(range(batch.size))
    for model in (compiled, evidence.original):
        entries = entries_of(model, label, batch.take(good), size=len(good) or 1)
        good = [at for at, entry in zip(good, entries, strict=True) if isinstance(entry, Answer)]
    return batch.take(good)


def _refusals(timings: Sequence[Timing]) -> int:
    """How many refused rows of a kind there is time to ask the original for."""
    return max(20, min(150, int(_SECONDS / 4 / (timings[0].original * 1e-6))))


def _most_in_batches(timings: Sequence[Timing]) -> int:
    """How many rows of each of seven kinds there is time to ask the program for again."""
    seconds = max(timing.compiled for timing in timings) * 1e-6
    return max(100, min(1_500, int(_SECONDS / 7 / seconds)))


def _compare(
    evidence: Evidence, compiled: CompiledModel, timings: Sequence[Timing], measure: Measure
) -> Comparison:
    one, many = timings[0], timings[-1]
    return compare_on_rows(
        evidence,
        compiled,
        measure,
        rows=_SECONDS / ((one.compiled + many.original) * 1e-6),
        quick=compiled if one.compiled < many.original else evidence.original,
    )


def _compare_batches(
    evidence: Evidence,
    compiled: CompiledModel,
    with_numpy: Callable[[CompiledModel], Model],
    found: Comparison,
    measure: Measure,
    most: int,
) -> Batched:
    if not compiled.has_batches:
        return Batched(is_equal=False, reason="The program says so.")
    return compare_batches(
        lambda: with_numpy(compiled), found.answered, evidence.signature, measure, most=most
    )


def _floor(evidence: Evidence, batch: Batch) -> float:
    """A thousandth, or of values that are all smaller than 1 a thousandth of the largest."""
    output = evidence.signature.output
    if output.kind != "regression":
        return _FLOOR
    entries = entries_of(evidence.original, labeller(output, Options()), batch, size=batch.size)
    scores = [abs(e.score) for e in entries if isinstance(e, Answer) and e.score is not None]
    return _FLOOR * min(1.0, max(scores, default=1.0) or 1.0)


def compare_on_rows(
    evidence: Evidence,
    candidate: Model,
    measure: Measure,
    *,
    rows: float,
    quick: Model | None = None,
    keep: Callable[[Batch], Batch] | None = None,
) -> Comparison:
    """Compare a model with the original on all kinds of rows.

    Args:
        evidence: The original, and what the rows are made of.
        candidate: What is to be equal to it; asked for one row at a time.
        measure: What counts as equal.
        rows: About how many rows are tried.
        quick: The one of both that finds where answers change; the original by default.
        keep: The rows of a batch that the candidate can be asked at all.
    """
    signature = evidence.signature
    trials = trials_of(
        evidence.records,
        [golden.record for golden in evidence.golden],
        signature,
        _distances(quick or evidence.original, signature.output),
        sizes=TrialSizes().within(rows),
    )
    if keep is not None:
        trials = [replace(trial, batch=keep(trial.batch)) for trial in trials]
    return compare_models(evidence.original, candidate, signature, trials, measure)


def _distances(model: Model, output: Output) -> Callable[[Batch], list[float | None]]:
    """Numbers whose sign, or whose size, says on which side of a change a row is."""
    label = labeller(output, Options())
    classes = {_typed(value): at for at, value in enumerate(output.classes)}

    def distance(entry: object) -> float | None:
        if not isinstance(entry, Answer):
            return None
        if output.kind == "binary" and entry.score is not None:
            return entry.score - (0.5 if output.threshold is None else output.threshold)
        if output.classes:
            return classes[_typed(entry.label)] - 0.5
        return entry.score if output.kind == "regression" else _any_number(entry.value)

    def distances(batch: Batch) -> list[float | None]:
        return [distance(e) for e in entries_of(model, label, batch, size=batch.size or 1)]

    return distances


def _any_number(value: JsonValue) -> float:
    """A number that is another one where an answer of any kind is."""
    return float(crc32(json.dumps(value, sort_keys=True, default=str).encode()))


def _typed(value: JsonValue) -> tuple[type, JsonValue]:
    return type(value), value


def _other_golden(evidence: Evidence, compiled: CompiledModel) -> Deviation | None:
    """The first golden record that the whole engine answers otherwise with the program."""
    signature = evidence.signature
    engine = Engine(signature, compiled, decoder=Decoder(signature))
    answers = answer_rows(engine, [golden.record for golden in evidence.golden])
    for found in compare_all(evidence.golden, answers, tolerance=evidence.tolerance):
        golden = evidence.golden[found.index]
        row = golden.record if isinstance(golden.record, dict) else {"record": golden.record}
        return Deviation(
            kind="golden", row=row, original=found.packed, compiled=found.now, relative=None
        )
    return None


def _is_float32(signature: Signature, steps: dict[str, Any]) -> bool:
    """Whether the original computes in 32 bits."""
    is_narrow = any(column.dtype.lower() == "float32" for column in signature.columns)
    return is_narrow or any(str(step["op"]).startswith("xgboost.") for step in _leaves(steps))


def _leaves(step: dict[str, Any]) -> list[dict[str, Any]]:
    children = [leaf for child in step.get("children", ()) for leaf in _leaves(child)]
    return children if step["op"] == "composing.pipeline" else [step, *children]


def _differs(failure: Deviation) -> str:
    how = (
        "gives another answer"
        if failure.relative is None
        else f"is {failure.relative:.2g} (relative) away"
    )
    return (
        f"On a row of the kind {failure.kind!r} the program {how}: "
        f"{_short(failure.compiled)}, and the original {_short(failure.original)}."
    )


def _short(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 160 else text[:159] + "…"


def slower_of(timings: Sequence[Timing]) -> Timing | None:
    """The first timing that tells against the program; what 8 or 1,024 rows cost tells nothing.

    Where the rounds contradict each other, nothing was measured but the machine's noise.
    """
    counted = (timing for timing in timings if timing.rows in _MUST_NOT_BE_SLOWER)
    return next((timing for timing in counted if _is_measurably_slower(timing)), None)


def _is_measurably_slower(timing: Timing) -> bool:
    agreed = timing.slower_in is None or timing.slower_in >= _AGREED
    return timing.compiled > timing.original and agreed


def _is_slower(timing: Timing) -> str:
    rows = "one record" if timing.rows == 1 else f"{timing.rows} records at once"
    return (
        f"The program is equal, but slower for {rows}: {timing.compiled:,.1f} µs each, and "
        f"{timing.original:,.1f} µs with the original."
    )


def _is_faster(rows: int, timings: Sequence[Timing]) -> str:
    one, many = (next(t for t in timings if t.rows == size) for size in _MUST_NOT_BE_SLOWER)
    return (
        f"The program is equal on {rows:,} rows; {_times(one)} for one record, "
        f"{_times(many)} for {many.rows} at once."
    )


def _times(timing: Timing) -> str:
    """How much faster the program is, in words."""
    ratio = timing.original / max(timing.compiled, 1e-3)
    return f"{ratio:.1f} times as fast" if ratio < 10 else f"{ratio:,.0f} times as fast"
