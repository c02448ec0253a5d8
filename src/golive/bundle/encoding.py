"""Canonical JSON: one spelling of each value, so that equal values have equal bytes."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec

from golive.errors import BundleError
from golive.signature.model import JsonValue

__all__ = ["compact_json", "decoded_json", "indented_json"]

Order = Literal["deterministic", "sorted"] | None
_Value = TypeVar("_Value")


def compact_json(value: object, *, order: Order = "sorted") -> bytes:
    """The value as JSON on one line.

    Args:
        value: JSON values, Structs and dataclasses of them.
        order: `sorted` keys; `deterministic`: fields as declared, keys of mappings sorted; None:
            all as given.

    Raises:
        ValueError: JSON cannot hold the value: it has a NaN, an infinity, text that is not
            Unicode, or an object of another kind.
    """
    try:
        _refuse_non_finite(msgspec.to_builtins(value))
        return msgspec.json.encode(value, order=order)
    except (OverflowError, TypeError, UnicodeError, RecursionError) as error:
        raise ValueError(f"JSON cannot hold this value: {error}") from error


def indented_json(value: object, *, order: Order = "sorted") -> bytes:
    """The value as JSON with an indent of two and a line feed at the end; see `compact_json`."""
    return msgspec.json.format(compact_json(value, order=order), indent=2) + b"\n"


def decoded_json(data: bytes, type_: type[_Value], *, name: str) -> _Value:
    """The value of a type that a bundle's file holds as JSON.

    Args:
        data: The bytes.
        type_: What they should hold; members that it does not have are left out.
        name: Of the file.

    Raises:
        BundleError: They hold something else.
    """
    try:
        return msgspec.json.decode(data, type=type_)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BundleError(f"{name} cannot be read: {error}") from error


def _refuse_non_finite(value: JsonValue) -> None:
    if isinstance(value, float) and not float("-inf") < value < float("inf"):
        raise ValueError(f"JSON cannot hold {value}")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_non_finite(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_non_finite(item)
