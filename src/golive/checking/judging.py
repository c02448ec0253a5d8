"""Judging: whether what became of a probe is what its signature promises."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from golive.checking.answering import Reply
from golive.checking.probes import Probe
from golive.checking.report import Finding
from golive.signature.model import JsonValue, Output

__all__ = ["MODEL_CODES", "judge_answer", "judge_failure", "judge_refusal", "judge_values", "shown"]

MODEL_CODES = frozenset(
    {"model_failed", "non_finite_output", "internal_error", "not_answered", "wrong_count"}
)
"""The codes that do not blame the input."""

_SUM_TOLERANCE = 1e-4
_RANGE = 'set on_range = "error" of the column and repack with --signature, or clip in the model'
_HINTS: Mapping[str, str] = {
    "null": 'set on_null = "error" (or "default") of the column and repack with --signature, or '
    "mend the model",
    "missing": 'set on_missing = "error" of the column and repack with --signature',
    "unseen_category": 'set on_unseen = "error" of the column and repack with --signature, or let '
    "the encoder ignore unknown categories",
    "huge": _RANGE,
    "negative": _RANGE,
    "extreme": 'set on_range = "error" of the column if such numbers can come',
}
_RAISE = "mend the function, or let it raise golive.RecordError with a code and the field"
_MEND = "mend the model's preprocessing, or raise golive.RecordError with a code and the field"


def judge_refusal(probe: Probe, reply: Reply) -> Finding | None:
    """A finding where an error was due and another one, or an answer, came."""
    wanted = " or ".join(probe.codes)
    if not reply.code:
        return _finding(
            probe, "answered_wrongly", f"{probe.what} is answered; it should be an error ({wanted})"
        )
    if reply.code in MODEL_CODES:
        return judge_failure(probe, reply)
    if reply.code not in probe.codes:
        return _finding(probe, "wrong_code", f"{probe.what} is {reply.code} instead of {wanted}")
    if probe.field and not reply.field.startswith(probe.field):
        named = f'"{reply.field}"' if reply.field else "no field"
        return _finding(probe, "wrong_field", f"the error {reply.code} names {named}")
    return None


def judge_failure(probe: Probe, reply: Reply) -> Finding:
    """The finding of a probe that the model failed on."""
    if reply.code == "non_finite_output":
        message = f"{probe.what} makes the model give NaN or infinity"
    else:
        message = f"{probe.what} makes the model fail: {reply.failure or reply.code}"
    return _finding(probe, reply.code, message, severity=probe.severity)


def judge_answer(probe: Probe, reply: Reply) -> Finding | None:
    """A finding where an answer was due and an error came."""
    if reply.code in MODEL_CODES:
        return judge_failure(probe, reply)
    if reply.code and not probe.may_fail:
        message = f"{probe.what} is refused with {reply.code}; the signature lets it pass"
        return _finding(probe, "refused_wrongly", message)
    return None


def judge_values(
    prediction: Mapping[str, JsonValue], output: Output, *, check: str, subject: str
) -> Finding | None:
    """A finding where a label or probabilities cannot be what they are called."""
    found = _impossible(prediction, output)
    if found is None:
        return None
    code, message = found
    hint = "check what predict_proba and classes_ of the model give"
    return Finding(
        check=check, severity="error", code=code, subject=subject, message=message, hint=hint
    )


def _impossible(prediction: Mapping[str, JsonValue], output: Output) -> tuple[str, str] | None:
    probabilities = prediction.get("probabilities")
    if isinstance(probabilities, dict):
        values = list(probabilities.values())
        if not all(-_SUM_TOLERANCE <= value <= 1 + _SUM_TOLERANCE for value in values):
            worst = max(values, key=lambda value: abs(value - 0.5))
            return "bad_probabilities", f"a probability is {worst:g}, outside 0 to 1"
        if not math.isclose(sum(values), 1.0, abs_tol=_SUM_TOLERANCE):
            return "bad_probabilities", f"the probabilities sum to {sum(values):g}, not to 1"
    if output.classes and "label" in prediction and not _is_class(prediction["label"], output):
        return "unknown_label", f"the label {shown(prediction['label'])} is none of the classes"
    return None


def _is_class(label: JsonValue, output: Output) -> bool:
    return any(type(label) is type(known) and label == known for known in output.classes)


def _finding(probe: Probe, code: str, message: str, *, severity: str = "error") -> Finding:
    return Finding(
        check=probe.check,
        severity="warning" if severity == "warning" else "error",
        code=code,
        subject=probe.field,
        message=message,
        hint=_HINTS.get(probe.check, _MEND) if probe.has_policies else _RAISE,
    )


def shown(value: JsonValue) -> str:
    """The value as JSON of at most 80 characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"
