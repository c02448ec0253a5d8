"""The keys of a signature's TOML: what each may hold, and how it is read and written."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Literal, get_args

import msgspec

from golive.signature import model
from golive.signature.model import JsonValue

__all__ = ["COLUMN_KEYS", "FEATURE_KEYS", "INPUT_KEYS", "LOOKUP_KEYS", "OUTPUT_KEYS", "Key"]


def _same(value: Any) -> Any:
    return value


class Key(msgspec.Struct, frozen=True):
    """One key.

    Attributes:
        read: TOML value to the signature's; raises ValueError with what is allowed.
        write: The signature's value to TOML's; raises ValueError where there is none.
        required: The key must stand there.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = _same
    required: bool = False


def _choice(allowed: Any) -> Callable[[Any], str]:
    choices: tuple[str, ...] = get_args(allowed)

    def read(value: Any) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise ValueError(f"{value!r} is not allowed; allowed: {', '.join(choices)}")

    return read


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"must be a text, not {value!r}")


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"must be true or false, not {value!r}")


def _length(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError(f"must be an integer of at least 1, not {value!r}")


def _threshold(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise ValueError(f"must be a number from 0 to 1, not {value!r}")


def _scalar(value: Any) -> JsonValue:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must be finite")
    if isinstance(value, (str, bool, int, float)):
        return value
    raise ValueError(f"must be a text, a number, true or false, not {value!r}")


def _value(value: Any) -> JsonValue:
    return [_value(item) for item in value] if isinstance(value, list) else _scalar(value)


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, list) and value:
        return tuple(_length(item) for item in value)
    raise ValueError(f"must be a list of integers of at least 1, not {value!r}")


def _values(value: Any) -> tuple[JsonValue, ...]:
    if isinstance(value, list):
        return tuple(_scalar(item) for item in value)
    raise ValueError(f"must be a list, not {value!r}")


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError(f"must be a list of texts, not {value!r}")


def _texts(value: Any) -> dict[str, str]:
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return dict(value)
    raise ValueError(f"must be a table of texts, not {value!r}")


def _schema(value: Any) -> dict[str, JsonValue]:
    try:
        schema = json.loads(_text(value))
    except json.JSONDecodeError as error:
        raise ValueError(f"must be JSON: {error}") from error
    if isinstance(schema, dict):
        return schema
    raise ValueError("must be a JSON object")


def _listed(value: tuple[JsonValue, ...]) -> list[JsonValue]:
    return [_scalar(item) for item in value]


INPUT_KEYS: Mapping[str, Key] = {
    "form": Key(_choice(model.InputForm), required=True),
    "on_extra": Key(_choice(model.ExtraPolicy)),
    "json_schema": Key(_schema),
}
COLUMN_KEYS: Mapping[str, Key] = {
    "name": Key(_text, required=True),
    "type": Key(_choice(model.ColumnType), required=True),
    "dtype": Key(_text, required=True),
    "description": Key(_text),
    "nullable": Key(_flag),
    "minimum": Key(_scalar, _scalar),
    "maximum": Key(_scalar, _scalar),
    "categories": Key(_values, _listed),
    "length": Key(_length),
    "shape": Key(_shape, list),
    "max_bytes": Key(_length),
    "max_pixels": Key(_length),
    "pixel_mode": Key(_choice(model.PixelMode)),
    "pixel_scale": Key(_choice(model.PixelScale)),
    "pixel_layout": Key(_choice(model.PixelLayout)),
    "example": Key(_value, _value),
    "on_missing": Key(_choice(model.MissingPolicy)),
    "on_null": Key(_choice(model.NullPolicy)),
    "on_unseen": Key(_choice(model.UnseenPolicy)),
    "on_non_finite": Key(_choice(model.NonFinitePolicy)),
    "on_range": Key(_choice(model.RangePolicy)),
    "default": Key(_value, _value),
    "null_as": Key(_choice(Literal["nan", "none"])),
}
LOOKUP_KEYS: Mapping[str, Key] = {
    "name": Key(_text, required=True),
    "key": Key(_text, required=True),
    "columns": Key(_names, list, required=True),
}
FEATURE_KEYS: Mapping[str, Key] = {
    "model": Key(_text, required=True),
    "outputs": Key(_texts, required=True),
}
OUTPUT_KEYS: Mapping[str, Key] = {
    "kind": Key(_choice(model.OutputKind), required=True),
    "name": Key(_text),
    "description": Key(_text),
    "classes": Key(_values, _listed),
    "positive": Key(_scalar, _scalar),
    "threshold": Key(_threshold),
    "has_probabilities": Key(_flag),
    "label_source": Key(_choice(Literal["argmax", "predict"])),
    "activation": Key(_choice(model.Activation)),
    "tensor": Key(_text),
    "json_schema": Key(_schema),
}
