"""Typed requests: the records of function models, made by msgspec or pydantic."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_origin

import msgspec
from msgspec.structs import replace

from golive.engine.answers import Fault
from golive.engine.images import ImageReader
from golive.engine.json_body import MAX_DEPTH
from golive.engine.numerals import non_finite
from golive.engine.record_limits import TextLimit, deep_fault
from golive.engine.slow_pass import Records, with_others
from golive.engine.values import describe, has_lone_surrogate, plain
from golive.errors import RecordError
from golive.signature.model import Column, JsonValue
from golive.signature.type_schema import is_image_type

__all__ = ["ObjectPass", "is_list_like", "is_text_like"]

_AT = re.compile(r" - at `([^`]*)`$")
_MEMBER = re.compile(r"field `([^`]*)`")
_VALUE = "value"
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_FIRST_STEP = re.compile(r"[.\[]")


def is_list_like(request_type: Any) -> bool:
    """Whether a request of the type is a list in JSON."""
    if request_type in (list, tuple) or get_origin(request_type) in (list, tuple, Sequence):
        return True
    root = getattr(request_type, "model_fields", None)
    if isinstance(root, dict) and set(root) == {"root"}:
        return is_list_like(root["root"].annotation)
    config = getattr(request_type, "__struct_config__", None)
    return bool(config is not None and config.array_like)


def is_text_like(request_type: Any) -> bool:
    """Whether a request of the type is a text in JSON; bytes and images are base64."""
    return request_type in (str, bytes) or is_image_type(request_type)


class _RefusedError(ValueError):
    """Carries a fault through msgspec, which adds the path of the value."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class _OwnTypes:
    """Makes values of types that msgspec does not know, for the records of one request."""

    def __init__(self, *, limits_images: bool) -> None:
        self._limits_images = limits_images
        self._images: ImageReader | None = None

    def made(self, wanted: type, value: Any) -> Any:
        """The value as one of the type.

        Raises:
            ValueError: It is none.
        """
        if value is None or not is_image_type(wanted):
            if isinstance(value, wanted):
                return value
            raise ValueError(f"expected `{wanted.__name__}`")
        if self._images is None:
            column = Column(name=_VALUE, type="image", dtype="object")
            self._images = ImageReader(column, is_for_request=self._limits_images)
        image = self._images.read(value)
        if isinstance(image, Fault):
            raise _RefusedError(image)
        return image


class ObjectPass:
    """Makes each record of a function model a request of its type.

    Where the type has a `PIL.Image.Image`, a record has base64 text, as in an image column.

    Args:
        request_type: A dataclass, TypedDict, msgspec Struct, pydantic model, or anything else
            that msgspec converts to; None passes plain objects.
        limits_images: Whether the images of one request have a limit together.

    Attributes:
        takes_list: Whether a request of the type is a list in JSON.
        takes_text: Whether it is a text in JSON.
    """

    def __init__(self, request_type: Any, *, limits_images: bool = False) -> None:
        self.takes_list = is_list_like(request_type)
        self.takes_text = is_text_like(request_type)
        self._limits_images = limits_images
        self._type = request_type
        self._is_pydantic = hasattr(request_type, "model_validate")

    def read(
        self,
        records: Sequence[object],
        *,
        check_values: bool = True,
        from_text: bool = False,
        text_limit: TextLimit | None = None,
    ) -> Records:
        """Read all records.

        Args:
            records: JSON values or a Python caller's; a fault in place of a record stays.
            check_values: There may be NaN, infinities or values that JSON has not.
            from_text: Every value is a text (a query string), to be read as its field's type.
            text_limit: Of their texts, where one may be too long.
        """
        result = Records(([],))
        own = _OwnTypes(limits_images=self._limits_images)
        convert = partial(self._convert, strict=not from_text, own=own)
        for index, record in enumerate(records):
            request = self._read_one(record, convert, check_values=check_values)
            if text_limit is not None and not isinstance(request, Fault):
                request = text_limit.fault_of(request) or request
            if isinstance(request, Fault):
                result.faults[index] = request
            else:
                result.indices.append(index)
                result.columns[0].append(request)
        return result

    def _read_one(
        self, record: Any, convert: Callable[[JsonValue], Any], *, check_values: bool
    ) -> Any | Fault:
        is_made = isinstance(self._type, type) and type(record) is self._type
        if is_made or isinstance(record, Fault):
            return record
        if check_values:
            record = _plain_tree(record, "", MAX_DEPTH)
            if isinstance(record, Fault):
                return record
        if self._type is None:
            return record if isinstance(record, dict) else _not_an_object(record)
        return _made(record, convert)

    def _convert(self, record: JsonValue, *, strict: bool, own: _OwnTypes) -> Any:
        if self._is_pydantic:
            return self._type.model_validate(record)
        return msgspec.convert(record, self._type, strict=strict, dec_hook=own.made)


def _made(record: JsonValue, convert: Callable[[JsonValue], Any]) -> Any | Fault:
    """What `convert` makes of the record, or the fault that its exception stands for."""
    try:
        return convert(record)
    except msgspec.ValidationError as error:
        return _fault_of_msgspec(error, record)
    except RecordError as error:
        return Fault(error.code, error.message, error.field)
    except ValueError as error:
        return _fault_of_pydantic(error, record)
    except Exception as error:  # noqa: BLE001 - the type's own code may raise anything
        reason = f"{type(error).__name__} while making the request: {error}"
        return Fault("model_failed", reason, origin="model")


def _not_an_object(record: object) -> Fault:
    return Fault("not_an_object", f"A record must be an object, got {describe(record)}")


def _plain_tree(value: Any, path: str, depth: int) -> Any | Fault:
    """The value with every value in it plain, or the fault of the first that cannot be."""
    value = plain(value)
    if depth == 0 and isinstance(value, (Mapping, list)):
        return deep_fault(_FIRST_STEP.split(path, maxsplit=1)[0] or None)
    if isinstance(value, Mapping):
        return _plain_items({str(key): item for key, item in value.items()}, path, depth)
    if isinstance(value, list):
        items = _plain_items({f"[{at}]": item for at, item in enumerate(value)}, path, depth)
        return items if isinstance(items, Fault) else list(items.values())
    if isinstance(value, float) and not math.isfinite(value):
        return non_finite(value, path or "record", "null or a finite number")
    if isinstance(value, str) and has_lone_surrogate(value):
        message = f'"{path}" holds half of a surrogate pair; send valid Unicode'
        return Fault("wrong_type", message, path or None)
    return value


def _plain_items(items: dict[str, Any], path: str, depth: int) -> dict[str, Any] | Fault:
    result = {}
    for key, item in items.items():
        inner = _plain_tree(item, _join(path, key), depth - 1)
        if isinstance(inner, Fault):
            return inner
        result[key] = inner
    return result


def _join(path: str, step: str) -> str:
    return path + step if step.startswith("[") or not path else f"{path}.{step}"


def _fault_of_msgspec(error: msgspec.ValidationError, record: JsonValue) -> Fault:
    text = str(error)
    at = _AT.search(text)
    path = at[1].removeprefix("$").removeprefix(".") if at else ""
    if isinstance(error.__cause__, _RefusedError):
        fault = error.__cause__.fault
        shown = f'"{path}"' if path else "The record"
        message = fault.message.replace(f'"{_VALUE}"', shown, 1)
        return replace(fault, message=message, field=path or None)
    reason = _AT.sub("", text)
    member = _MEMBER.search(reason)
    if "missing required field" in reason and member:
        path = _join(path, member[1])
        return Fault("missing_column", f'"{path}" is missing; send it', path)
    if "unknown field" in reason and member:
        path = _join(path, member[1])
        return Fault("extra_column", f'"{path}" is not a field of the request; leave it out', path)
    return _misfit(path, reason[:1].lower() + reason[1:], _value_at(record, path))


def _fault_of_pydantic(error: ValueError, record: JsonValue) -> Fault:
    listed = getattr(error, "errors", None)
    if not callable(listed):
        return Fault("wrong_type", f"The record is refused: {error}")
    faults = [_pydantic_fault(item, record) for item in listed()]
    return with_others(faults)


def _pydantic_fault(item: Mapping[str, Any], record: JsonValue) -> Fault:
    path = ""
    for step in item["loc"]:
        path = _join(path, f"[{step}]" if isinstance(step, int) else str(step))
    if item["type"] == "missing":
        return Fault("missing_column", f'"{path}" is missing; send it', path)
    if item["type"] == "extra_forbidden":
        return Fault("extra_column", f'"{path}" is not a field of the request; leave it out', path)
    reason = str(item["msg"])
    return _misfit(path, reason[:1].lower() + reason[1:], item["input"] if path else record)


def _misfit(path: str, reason: str, value: JsonValue) -> Fault:
    if not path and not isinstance(value, dict) and "expected `object`" in reason:
        return _not_an_object(value)
    named = f'"{path}"' if path else "The record"
    return Fault(
        _code_of(path, reason, value),
        f"{named} does not fit: {reason}; got {describe(value)}",
        path or None,
    )


def _code_of(path: str, reason: str, value: JsonValue) -> str:
    if path and value is None:
        return "null_not_allowed"
    if "base64" in reason.lower() and isinstance(value, str):
        return "bad_base64"
    return "too_large" if "`bytes` of length <=" in reason else "wrong_type"


def _value_at(record: JsonValue, path: str) -> JsonValue:
    value = record
    for name, index in _STEP.findall(path if path.startswith("[") else f".{path}"):
        try:
            value = value[int(index)] if index else value[name]
        except (KeyError, IndexError, TypeError):
            return None if not isinstance(value, (dict, list)) else value
    return value
