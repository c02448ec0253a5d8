"""Identity: the served answers are what the model gives when it is called directly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from golive.bundle.manifest import RuntimeKind
from golive.engine.answers import Answer, Fault
from golive.engine.labelling import class_key
from golive.errors import PackError
from golive.packing.data import plain_value
from golive.packing.direct import DirectOutputs, input_of, predict_direct
from golive.packing.tensor_direct import predict_program
from golive.runtimes.tensor_program import TensorProgram
from golive.signature.model import JsonValue, Output, Signature

__all__ = ["compare_direct", "direct_difference"]

_TOLERANCE = 1e-12
_SINGLE_TOLERANCE = 1e-6
_POLICY_CODES = frozenset({"null_not_allowed", "non_finite", "unseen_category", "out_of_range"})
_HINT = (
    "The signature does not describe the model's input or output. Give the very sample that the "
    "model was trained on, and the classes in the order of its probabilities with --class."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    """One direct answer: the members that a served answer must equal."""

    label: JsonValue = None
    score: float | None = None
    probabilities: dict[str, float] | None = None
    value: JsonValue = None


def compare_direct(
    estimator: object,
    kind: RuntimeKind,
    signature: Signature,
    frame: pd.DataFrame,
    answers: Sequence[Answer | Fault],
    *,
    served: pd.DataFrame | None = None,
) -> tuple[str, ...]:
    """Compare answers for sample rows with what the estimator gives for them directly.

    Labels must be equal, numbers within 1e-12 relative. Where the model gives 32-bit floats it is
    1e-6, and for probabilities of the whole, 1, since one of them may be the rest of the others.
    Function models are not compared: they have no other way to be called.

    Args:
        estimator: The fitted estimator or native booster.
        kind: The runtime that served; a `function` is not compared.
        signature: What the answers were served with.
        frame: Rows of the corrected frame of an `Inference`; its index names them in messages.
        answers: What was served, one a row of `frame`.
        served: The table that the runtime made of the records, to name the column that differs.

    Returns:
        Notes: rows that the signature's policies refuse though the model would answer.

    Raises:
        PackError: An answer differs, or is missing though the model gives one.
    """
    if kind == "function" or frame.empty:
        return ()
    given = [at for at, answer in enumerate(answers) if isinstance(answer, Answer)]
    notes = _check_refused(estimator, signature, frame, answers)
    if not given:
        return notes
    outputs = _call(estimator, signature, frame.iloc[given])
    expected = list(_expectations(outputs, signature.output))
    comparison = _Comparison.of(outputs, expected)
    for at, wanted in zip(given, expected, strict=True):
        difference = comparison.difference(answers[at], wanted)
        if difference is not None:
            raise PackError(
                f"Row {frame.index[at]} of the sample is answered differently through the "
                f"signature than by the model directly: {difference}"
                f"{_different_column(frame, served, at)}.",
                hint=_HINT,
            )
    return notes


def direct_difference(outputs: DirectOutputs, output: Output, answer: Answer) -> str | None:
    """What one served answer says otherwise than the model called directly, or None.

    Args:
        outputs: What the model gave for one record.
        output: What the answer was served with.
        answer: What was served for the record.
    """
    expected = list(_expectations(outputs, output))
    return _Comparison.of(outputs, expected).difference(answer, expected[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    tolerance: float
    scale: float

    @classmethod
    def of(cls, outputs: DirectOutputs, expected: list[_Expected]) -> _Comparison:
        single = outputs.is_single_precision
        numbers = [n for e in expected for n in _numbers_in([e.score, e.value])]
        shares = outputs.probabilities is not None
        return cls(
            tolerance=_SINGLE_TOLERANCE if single else _TOLERANCE,
            scale=float(single) if shares else max(numbers, default=0.0),
        )

    def difference(self, answer: Any, wanted: _Expected) -> str | None:
        """What differs, in words, or None."""
        pairs = (
            ("label", answer.label, wanted.label),
            ("probabilities", answer.probabilities, wanted.probabilities),
            ("score", answer.score, wanted.score),
            ("value", answer.value, wanted.value),
        )
        for name, served, direct in pairs:
            if not self._is_same(served, direct):
                return f"{name} {_short(served)} instead of {_short(direct)}"
        return None

    def _is_same(self, served: Any, direct: Any) -> bool:
        if isinstance(direct, dict) and isinstance(served, dict):
            return served.keys() == direct.keys() and all(
                self._is_same(served[key], value) for key, value in direct.items()
            )
        if isinstance(direct, list) and isinstance(served, list):
            return len(served) == len(direct) and all(map(self._is_same, served, direct))
        if isinstance(direct, float) and isinstance(served, float):
            return math.isclose(
                served, direct, rel_tol=self.tolerance, abs_tol=self.tolerance * self.scale
            )
        return type(served) is type(direct) and bool(served == direct)


def _numbers_in(value: JsonValue) -> Iterator[float]:
    """The sizes of all finite floats in it."""
    match value:
        case float() if math.isfinite(value):
            yield abs(value)
        case list():
            for item in value:
                yield from _numbers_in(item)
        case dict():
            yield from _numbers_in(list(value.values()))


def _direct(estimator: object, signature: Signature, frame: pd.DataFrame) -> DirectOutputs:
    if isinstance(estimator, TensorProgram):
        return predict_program(estimator, signature, frame)
    return predict_direct(estimator, input_of(frame, signature.form))


def _call(estimator: object, signature: Signature, frame: pd.DataFrame) -> DirectOutputs:
    try:
        return _direct(estimator, signature, frame)
    except Exception as error:
        raise PackError(
            f"The model raises {type(error).__name__} for rows of the sample that are answered "
            f"through the signature: {str(error)[:300]}",
            hint=_HINT,
        ) from error


def _check_refused(
    estimator: object,
    signature: Signature,
    frame: pd.DataFrame,
    answers: Sequence[Answer | Fault],
) -> tuple[str, ...]:
    by_policy = 0
    for at, fault in enumerate(answers):
        if not isinstance(fault, Fault):
            continue
        if fault.code in _POLICY_CODES:
            by_policy += 1
        elif _answers(estimator, signature, frame.iloc[[at]]):
            raise PackError(
                f"Row {frame.index[at]} of the sample is refused ({fault.code}: {fault.message}), "
                "but the model answers it directly.",
                hint=_HINT,
            )
    if not by_policy:
        return ()
    return (f"{by_policy} of the compared sample rows are refused by the signature's policies.",)


def _answers(estimator: object, signature: Signature, frame: pd.DataFrame) -> bool:
    try:
        outputs = _direct(estimator, signature, frame)
    except Exception:  # noqa: BLE001  # the model's own code, of any kind
        return False
    expected = next(_expectations(outputs, signature.output))
    rows = list((expected.probabilities or {}).values())
    return all(math.isfinite(x) for x in [*rows, expected.score or 0.0])


def _expectations(outputs: DirectOutputs, output: Output) -> Iterator[_Expected]:
    if outputs.probabilities is not None and output.has_probabilities:
        yield from _expected_classes(outputs, output)
        return
    for value in outputs.predicted or ():
        match output.kind:
            case "regression":
                yield _Expected(score=float("nan") if value is None else float(value))
            case "custom":
                yield _Expected(value=value)
            case _ if outputs.are_class_numbers:
                yield _Expected(label=output.classes[int(value)])
            case _:
                yield _Expected(label=value)


def _expected_classes(outputs: DirectOutputs, output: Output) -> Iterator[_Expected]:
    assert outputs.probabilities is not None
    keys = [class_key(label) for label in output.classes]
    for at, row in enumerate(outputs.probabilities.tolist()):
        best = row.index(max(row))
        label = output.classes[best] if outputs.predicted is None else outputs.predicted[at]
        scored = label
        if output.kind == "binary":
            scored = output.positive
            if output.threshold is not None:
                label = _at_threshold(row, output)
        score = row[best] if scored not in output.classes else row[output.classes.index(scored)]
        yield _Expected(
            label=label, score=float(score), probabilities=dict(zip(keys, row, strict=True))
        )


def _at_threshold(row: list[float], output: Output) -> JsonValue:
    positive = output.classes.index(output.positive)
    assert output.threshold is not None
    return output.classes[positive if row[positive] >= output.threshold else 1 - positive]


def _different_column(frame: pd.DataFrame, served: pd.DataFrame | None, at: int) -> str:
    if served is None:
        return ""
    for name in frame.columns:
        own, other = plain_value(frame[name].iloc[at]), plain_value(served[name].iloc[at])
        if own != other or type(own) is not type(other):
            return f" (column {name!r}: {_short(other)} instead of {_short(own)})"
    return ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
