"""What a model returned, checked and turned into plain Python values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec

from golive.errors import ModelOutputError, RecordError
from golive.runtimes.png import is_image, png_base64
from golive.runtimes.protocols import Outputs
from golive.signature.model import JsonValue, Output

__all__ = ["empty_outputs", "json_value", "labels", "numbers", "probability_rows", "values"]


def empty_outputs(output: Output) -> Outputs:
    """The answer to no records."""
    if output.kind in ("regression", "custom"):
        return Outputs(values=[])
    if not output.has_probabilities:
        return Outputs(labels=[])
    return Outputs(probabilities=[], labels=[] if output.label_source == "predict" else None)


def probability_rows(raw: Any, size: int, n_classes: int) -> list[list[float]]:
    """Rows of P(class) from an array of shape (size, n_classes)."""
    shape = getattr(raw, "shape", None)
    if shape != (size, n_classes):
        raise ModelOutputError(
            f"The model gave probabilities of shape {_shape_text(raw)} for {size} records;"
            f" the signature's {n_classes} classes need ({size}, {n_classes})."
        )
    rows: list[list[float]] = raw.tolist()
    return rows


def numbers(raw: Any, size: int) -> list[float]:
    """Floats from an array of shape (size,) or (size, 1); NaN and infinities are kept."""
    found = _plain(raw)
    _check_length(found, size)
    if any(isinstance(value, list) for value in found):
        if any(not isinstance(value, list) or len(value) != 1 for value in found):
            raise ModelOutputError(
                f"The model gave an output of shape {_shape_text(raw)}, and a regression has one"
                " number a record.",
                hint='Set kind = "custom" in the signature\'s output.',
            )
        found = [value[0] for value in found]
    try:
        return [float(value) for value in found]
    except (TypeError, ValueError) as error:
        raise ModelOutputError(f"The model gave something that is no number: {error}.") from error


def labels(raw: Any, size: int, classes: tuple[JsonValue, ...]) -> list[JsonValue]:
    """Labels in the JSON type of the signature's classes; unknown ones as the model gave them."""
    found = [
        v[0] if isinstance(v, list) and len(v) == 1 else v for v in map(json_value, _plain(raw))
    ]
    _check_length(found, size)
    if any(isinstance(value, list | dict) for value in found):
        raise ModelOutputError(
            f"The model gave labels of shape {_shape_text(raw)},"
            " and a classifier has one a record.",
            hint='Set kind = "custom" in the signature\'s output.',
        )
    known = {value: value for value in classes}
    return [known.get(value, value) for value in found]


def values(raw: Any, size: int) -> list[JsonValue]:
    """Any JSON value a record: rows of arrays and frames, or the elements of a sequence."""
    found = _plain(raw)
    _check_length(found, size)
    return [json_value(value) for value in found]


def json_value(value: Any) -> JsonValue:
    """`value` as None, bool, int, float, str, list or dict.

    Dataclasses, msgspec Structs, pydantic models, datetimes, NumPy values and the like are
    converted; bytes become base64 text, images PNG files as base64 text; a `RecordError` inside
    becomes `{"error": {"code", "message", "field"?}}`.

    Raises:
        ModelOutputError: It cannot be JSON; the code is `non_finite_output` for NaN and infinity.
    """
    try:
        plain = msgspec.to_builtins(value, str_keys=True, enc_hook=_encoded)
    except (TypeError, ValueError, RecursionError) as error:
        raise ModelOutputError(f"The model's answer cannot be written as JSON: {error}") from error
    return _checked(plain)


def _encoded(value: Any) -> Any:
    """What msgspec itself does not know."""
    if isinstance(value, RecordError):
        fault = {"code": value.code, "message": value.message}
        return {"error": fault if value.field is None else {**fault, "field": value.field}}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return value.to_dict(orient="records")
    if hasattr(value, "tolist"):
        return value.tolist()
    if is_image(value):
        return png_base64(value)
    raise TypeError(f"a {type(value).__name__} is no JSON value.")


def _checked(value: Any) -> JsonValue:
    match value:
        case bool() | int() | None:
            return value
        case float():
            return _finite(value)
        case str():
            return _encodable(value)
        case list() | tuple():
            return [_checked(item) for item in value]
        case dict():
            return {_encodable(str(key)): _checked(item) for key, item in value.items()}
        case _:
            raise ModelOutputError(
                f"The model's answer cannot be written as JSON: it holds a {type(value).__name__}."
            )


def _finite(value: float) -> float:
    if math.isfinite(value):
        return float(value)
    raise ModelOutputError(
        f"The model's answer holds {value}, which JSON cannot hold.", code="non_finite_output"
    )


def _encodable(value: str) -> str:
    try:
        value.isascii() or value.encode()
    except UnicodeEncodeError as error:
        raise ModelOutputError(
            f"The model's answer holds text that is not valid Unicode: {error}."
        ) from error
    return str(value)


def _plain(raw: Any) -> list[Any]:
    """A list of one element a record from an array, a Series, a DataFrame or a sequence."""
    if hasattr(raw, "to_numpy"):
        raw = raw.to_numpy()
    convert: Callable[[], Any] | None = getattr(raw, "tolist", None)
    found = raw if convert is None else convert()
    if isinstance(found, str | bytes | dict) or not hasattr(found, "__len__"):
        raise ModelOutputError(
            f"The model gave a {type(raw).__name__} instead of one output a record."
        )
    return list(found)


def _check_length(found: list[Any], size: int) -> None:
    if len(found) != size:
        raise ModelOutputError(f"The model gave {len(found)} outputs for {size} records.")


def _shape_text(raw: Any) -> str:
    shape = getattr(raw, "shape", None)
    return f"a {type(raw).__name__}" if shape is None else str(tuple(shape))
