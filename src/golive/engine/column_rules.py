"""Column rules: one column's coercion together with its policies."""

from __future__ import annotations

import math
from copy import copy
from typing import Any

from golive.engine.answers import Fault
from golive.engine.coercion import coercion_for, surrogate_fault
from golive.engine.images import ImageReader
from golive.engine.values import plain, show
from golive.errors import SignatureError
from golive.signature.model import Column, JsonValue

__all__ = ["ColumnRule"]


class ColumnRule:
    """What a column makes of a value, of null and of no value at all.

    Attributes:
        column: The column.
        has_range: Whether the column has a range to check.
        checks_categories: Whether a category that the sample does not have is looked for.
        default: The value that a `default` policy uses, already coerced.

    Raises:
        SignatureError: If a `default` policy has no default, or one that the column refuses.
    """

    def __init__(self, column: Column) -> None:
        self.column = column
        self._coerce = coercion_for(column)
        self._low = self._bound(column.minimum)
        self._high = self._bound(column.maximum)
        self.has_range = self._low is not None or self._high is not None
        self.checks_categories = column.type == "category" and column.on_unseen != "pass"
        self.default = self._settled_default()

    @property
    def bounds(self) -> tuple[Any, Any]:
        """The least and the greatest value of the sample; infinite where there is no such bound."""
        low, high = self._low, self._high
        return -math.inf if low is None else low, math.inf if high is None else high

    def read(self, value: JsonValue) -> Any | Fault:
        """The column's value, None for a null that may pass, or the fault."""
        if value is None:
            return self._null()
        result = surrogate_fault(value, self.column.name) or self._coerce(value)
        if result is None:
            return self._null()
        if isinstance(result, Fault):
            nulled = result.code == "non_finite" and self.column.on_non_finite == "null"
            return self._null() if nulled and self.column.type != "vector" else result
        return self._in_range(result)

    def for_request(self) -> ColumnRule:
        """The rule for the values of one request, where they have a limit together."""
        if self.column.type != "image":
            return self
        rule = copy(self)
        rule._coerce = ImageReader(self.column, is_for_request=True).read  # noqa: SLF001 - its own
        return rule

    def read_python(self, value: Any) -> Any | Fault:
        """The same of a Python caller's value, such as NumPy's; an image may be an array."""
        is_pixels = self.column.type == "image" and getattr(value, "shape", ()) != ()
        return self.read(value if is_pixels else plain(value))

    def missing(self) -> Any | Fault:
        """The column's value in a record that does not have the column, or the fault."""
        match self.column.on_missing:
            case "error":
                name = self.column.name
                return Fault("missing_column", f'"{name}" is missing; send it{self._hint()}', name)
            case "null":
                return self._null()
            case "default":
                return self.default

    def is_outside(self, value: Any) -> bool:
        """Whether a value of the column lies outside the sample's range."""
        if value is None:
            return False
        return (self._low is not None and value < self._low) or (
            self._high is not None and value > self._high
        )

    def count_outside(self, values: list[Any]) -> int:
        """How many of the column's values lie outside the sample's range."""
        low, high = self._low, self._high
        if low is None or high is None:
            return sum(map(self.is_outside, values))
        count = 0
        for value in values:  # in place of is_outside: it runs for every value of every request
            if value is not None and not low <= value <= high:
                count += 1
        return count

    def _null(self) -> Any | Fault:
        match self.column.on_null:
            case "pass":
                return None
            case "default":
                return self.default
            case "error":
                name = self.column.name
                message = f'"{name}" is null, which the model does not take; send a value'
                return Fault("null_not_allowed", message + self._hint(), name)

    def _in_range(self, value: Any) -> Any | Fault:
        if self.column.on_range == "count" or not self.is_outside(value):
            return value
        name, low, high = self.column.name, self.column.minimum, self.column.maximum
        shown = value if self.column.type != "datetime" else value.isoformat()
        wanted = " and ".join(
            f"{words} {show(bound)}"
            for words, bound in (("at least", low), ("at most", high))
            if bound is not None
        )
        message = f'"{name}" must be {wanted}, got {show(shown)}'
        return Fault("out_of_range", message, name)

    def _hint(self) -> str:
        return "" if self.column.example is None else f" such as {show(self.column.example)}"

    def _bound(self, bound: JsonValue) -> Any:
        if bound is None or self.column.type not in ("integer", "number", "datetime"):
            return None
        if self.column.type != "datetime":
            return bound
        moment = self._coerce(bound)
        if isinstance(moment, Fault):
            raise SignatureError(f"The range of the column {self.column.name}: {moment.message}")
        return moment

    def _settled_default(self) -> Any:
        column = self.column
        if "default" not in (column.on_missing, column.on_null):
            return None
        if column.default is None:
            raise SignatureError(
                f"The column {column.name} uses a default and has none.",
                hint=f"Set `default` of {column.name}, or choose another policy.",
            )
        value = self._coerce(column.default)
        if value is None or isinstance(value, Fault):
            detail = value.message if isinstance(value, Fault) else "it is an unseen category"
            raise SignatureError(
                f"The default of the column {column.name} is not a value of it: {detail}",
                hint=f"Change `default` of {column.name}.",
            )
        return value
