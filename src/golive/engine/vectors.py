"""Vectors: nested lists of finite numbers in the shape of a column."""

from __future__ import annotations

import math

from golive.engine.answers import Fault
from golive.engine.numerals import coerce_integer, coerce_number, non_finite
from golive.engine.values import describe, plain, show
from golive.signature.model import Column, JsonValue, integer_bounds

__all__ = ["VectorReader"]

Vector = list["float | int | Vector"]


class VectorReader:
    """Reads the values of one vector column.

    Elements are coerced like numbers; where the model takes integers, like integers.
    """

    def __init__(self, column: Column) -> None:
        self._name = column.name
        self._dimensions = column.dimensions
        self._bounds = integer_bounds(column.dtype)

    def read(self, value: JsonValue) -> Vector | Fault:
        """The lists of numbers, or the fault of the first element that is wrong."""
        return self._listed(value, self._name, self._dimensions)

    def _listed(
        self, value: JsonValue, path: str, dimensions: tuple[int | None, ...]
    ) -> Vector | Fault:
        if not isinstance(value, list):
            return self._no_list(value, path, dimensions)
        size = dimensions[0]
        if size is not None and len(value) != size:
            wanted = self._wanted(dimensions)
            message = f'"{path}" must be {wanted}, got {len(value)}: {show(value)}'
            return Fault("wrong_type", message, path)
        read: Vector = []
        for at, item in enumerate(value):
            place, inner = f"{path}[{at}]", plain(item)
            rest = dimensions[1:]
            element = self._listed(inner, place, rest) if rest else self._element(inner, place)
            if isinstance(element, Fault):
                return element
            read.append(element)
        return read

    def _no_list(self, value: JsonValue, path: str, dimensions: tuple[int | None, ...]) -> Fault:
        wanted = self._wanted(dimensions)
        if isinstance(value, float) and not math.isfinite(value):
            return non_finite(value, path, wanted)
        if value is None:
            return Fault("null_not_allowed", f'"{path}" is null; send {wanted}', path)
        return Fault("wrong_type", f'"{path}" must be {wanted}, got {describe(value)}', path)

    def _element(self, value: JsonValue, path: str) -> float | Fault:
        example = "0.5" if self._bounds is None else "1"
        if value is None:
            return Fault("null_not_allowed", f'"{path}" is null; send a number such as {example}',
                         path)  # fmt: skip
        if self._bounds is None:
            return coerce_number(value, path)
        number = coerce_integer(value, path, example)
        low, high = self._bounds
        if not isinstance(number, Fault) and not low <= number <= high:
            message = f'"{path}" must be from {low} to {high}, got {show(number)}'
            return Fault("wrong_type", message, path)
        return number

    def _wanted(self, dimensions: tuple[int | None, ...]) -> str:
        """Such as `a list of 2 lists of 3 numbers`."""
        elements = "numbers" if self._bounds is None else "integers"
        sizes = ["" if size is None else f"{size} " for size in dimensions]
        return f"a list of {'lists of '.join(sizes)}{elements}"
