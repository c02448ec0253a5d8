"""Record limits: a record that nests too deeply or holds too long a text fails by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from golive.engine.answers import Fault
from golive.engine.json_body import MAX_DEPTH, nests_deeper
from golive.engine.single_record import ReadOne
from golive.signature.model import Signature

__all__ = ["TextLimit", "deep_fault", "without_deep"]

_LIMITED_OTHERWISE = ("bytes", "image")  # base64 text, whose bytes have a limit of their own
_TEXTS = ("string", "text", "category")


def without_deep(records: Sequence[Any]) -> list[Any]:
    """The records, with a fault in place of each that nests deeper than `MAX_DEPTH` levels."""
    return [
        deep_fault(_deep_field(record)) if nests_deeper(record, MAX_DEPTH) else record
        for record in records
    ]


def deep_fault(field: str | None) -> Fault:
    """The fault of a record that nests too deeply, there."""
    named = "The record" if field is None else f'"{field}"'
    message = f"{named} nests deeper than {MAX_DEPTH} levels of the record; send fewer"
    return Fault("too_deep", message, field)


def _deep_field(record: Any) -> str | None:
    if not isinstance(record, dict):
        return None
    deep = (str(name) for name, value in record.items() if nests_deeper(value, MAX_DEPTH - 1))
    return next(deep, None)


class TextLimit:
    """The longest text that a value of a record may be; bytes and images have their own limits.

    Args:
        signature: Of the model.
        most: Characters.

    Attributes:
        most: Characters.
    """

    def __init__(self, signature: Signature, most: int) -> None:
        self.most = most
        columns = signature.columns
        self._names = {c.name for c in columns if c.type not in _LIMITED_OTHERWISE}
        self._places = [at for at, column in enumerate(columns) if column.type in _TEXTS]
        self._takes_any_text = any(
            c.type in _TEXTS and (c.type != "category" or c.on_unseen == "pass") for c in columns
        )
        is_text = signature.form == "series" and len(columns) == 1
        self._lone = columns[0].name if is_text else None

    def bounded(self, read: ReadOne | None) -> ReadOne | None:
        """The same for short bodies alone, where any text is taken: others may hold a long one.

        A text of JSON has no more characters than its body has bytes.
        """
        if read is None or not self._takes_any_text:
            return read
        most, read_short = self.most, read
        return lambda body: read_short(body) if len(body) <= most else None

    def is_exceeded(self, columns: Sequence[Sequence[Any]]) -> bool:
        """Whether there is too long a text in columns of values that were read."""
        most = self.most
        return any(
            type(value) is str and len(value) > most for at in self._places for value in columns[at]
        )

    def without_long(self, records: Sequence[Any]) -> list[Any]:
        """JSON values of records, with a fault in place of each that holds too long a text.

        What is in columns that the model does not have says nothing.
        """
        return [self._checked(record) for record in records]

    def fault_of(self, request: Any) -> Fault | None:
        """The fault of a function model's request that holds too long a text, or None.

        Args:
            request: As the function gets it: what was base64 is text no more.
        """
        return self._fault_at("", request)

    def _checked(self, record: Any) -> Any:
        if isinstance(record, str):
            is_long = self._lone is not None and len(record) > self.most
            return self._fault(self._lone, record) if is_long else record
        if isinstance(record, Mapping):
            for name, value in record.items():
                if isinstance(value, str) and len(value) > self.most:
                    named = self._lone if name == "text" and self._lone is not None else name
                    if named in self._names:
                        return self._fault(named, value)
        return record

    def _fault_at(self, path: str, value: Any) -> Fault | None:
        if isinstance(value, str):
            return self._fault(path or None, value) if len(value) > self.most else None
        for step, member in _members(value):
            inner = path + step if step.startswith("[") or not path else f"{path}.{step}"
            fault = self._fault_at(inner, member)
            if fault is not None:
                return fault
        return None

    def _fault(self, field: str | None, text: str) -> Fault:
        named = "The record" if field is None else f'"{field}"'
        message = (
            f"{named} has {len(text):,} characters; at most {self.most:,} are allowed; send less"
        )
        return Fault("text_too_long", message, field)


def _members(value: Any) -> Iterable[tuple[str, Any]]:
    """What a request's object holds, by the names that its JSON has."""
    kind = type(value)
    if isinstance(value, Mapping):
        return ((str(name), member) for name, member in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return ((f"[{at}]", member) for at, member in enumerate(value))
    if hasattr(kind, "__struct_fields__"):
        encoded = zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
        return ((step, getattr(value, name)) for step, name in encoded)
    if hasattr(kind, "model_fields"):  # of pydantic
        fields = kind.model_fields.items()
        return ((field.alias or name, getattr(value, name)) for name, field in fields)
    own = getattr(kind, "__dataclass_fields__", ())
    names = [*own, *(each.name for each in getattr(kind, "__attrs_attrs__", ()))]
    return ((name, getattr(value, name)) for name in names)
