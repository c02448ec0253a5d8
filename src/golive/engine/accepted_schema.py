"""JSON Schemas of what columns accept: the canonical type first, then what is coerced to it."""

from __future__ import annotations

from typing import assert_never

from golive.engine.answers import Fault
from golive.engine.base64_text import BASE64_PATTERN, DATA_URL_PATTERN
from golive.engine.categories import CategoryReader, kind_of
from golive.engine.numerals import number_from_text
from golive.signature.json_schema import column_schema
from golive.signature.model import Column, JsonValue

__all__ = ["accepted_parameter_schema", "accepted_schema"]

Schema = dict[str, JsonValue]
_ABOUT = ("description", "examples", "default")
# A text that spells more digits, or a greater exponent, may be read, too; it may also be too large.
_INTEGER_TEXT: Schema = {"type": "string", "pattern": r"^[+-]?[0-9]{1,18}(\.0*)?$"}
_NUMBER_TEXT: Schema = {
    "type": "string",
    "pattern": r"^[+-]?([0-9]{1,200}(\.[0-9]*)?|\.[0-9]+)"
    r"([eE](-[0-9]{1,9}|[+]?[0-2]?[0-9]{1,2}))?$",
}
_BOOLEAN_FORMS: Schema = {
    "enum": [0, 1, "true", "false", "True", "False", "TRUE", "FALSE", "0", "1"],
}
_DAY = r"((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
_LEAP = "(0[48]|[2468][048]|[13579][26])-02-29"
_TIME = (
    r"([Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,30})?)?"
    r"( ?([Zz]|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?)?"
)
_NANOSECOND_YEAR = "(1679|16[89][0-9]|1[7-9][0-9]{2}|2[01][0-9]{2}|22[0-5][0-9]|2260)"
_YEAR = "(000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"


def accepted_schema(column: Column) -> Schema:
    """The schema of every value that the column accepts, in a body.

    Where values outside the sample's range are errors, only the canonical type is described: no
    schema can say so of a text.
    """
    return _with_alternatives(column, column_schema(column), _coerced(column, numbers_from=_JSON))


def accepted_parameter_schema(column: Column) -> Schema:
    """The schema of the same in a query string, where `true` is no number and nothing is null."""
    schema = _without_null(column_schema(column))
    alternatives = _coerced(column, numbers_from=_TEXT)
    is_free_text = schema.get("type") == "string" and not schema.keys() & {"enum", "anyOf"}
    if column.type in ("string", "text"):
        return schema
    if column.on_null == "error":
        schema |= {"minLength": 1} if is_free_text else {}
        return _with_alternatives(column, schema, alternatives)
    empty = [] if is_free_text else [{"const": "", "description": "null"}]
    return _with_alternatives(column, schema, alternatives + empty)


_JSON, _TEXT = "json", "text"


def _with_alternatives(column: Column, schema: Schema, alternatives: list[Schema]) -> Schema:
    if column.type == "datetime" and column.on_range == "count":
        schema = _datetime(column, schema)
    if column.type in ("bytes", "image"):
        schema = schema | {"pattern": BASE64_PATTERN}
    if column.type == "vector":
        schema = _vector(schema, column)
    if not alternatives:
        return schema
    about = {key: schema[key] for key in _ABOUT if key in schema}
    canonical = {key: value for key, value in schema.items() if key not in _ABOUT}
    return {"anyOf": [canonical, *alternatives]} | about


def _coerced(column: Column, *, numbers_from: str) -> list[Schema]:
    """What is accepted beside the canonical type."""
    booleans = [_boolean()] if numbers_from == _JSON else []
    match column.type:
        case "integer":
            return [] if column.on_range == "error" else [_INTEGER_TEXT, *booleans]
        case "number":
            return [] if column.on_range == "error" else [_NUMBER_TEXT, *booleans]
        case "boolean":
            return [_BOOLEAN_FORMS]
        case "category":
            return _category(column)
        case "bytes" | "image":
            return [{"type": "string", "pattern": DATA_URL_PATTERN}]
        case "string" | "text" | "datetime" | "vector":
            return []
        case _:
            assert_never(column.type)


def _boolean() -> Schema:
    return {"type": "boolean"}


def _vector(schema: Schema, column: Column) -> Schema:
    """The schema with elements that may be texts of numbers and booleans, too."""
    if schema.get("type") in ("array", ["array", "null"]):
        return schema | {"items": _vector(schema["items"], column)}
    text = _NUMBER_TEXT if schema["type"] == "number" else _INTEGER_TEXT
    return {"anyOf": [schema, text, _boolean()]}


def _datetime(column: Column, schema: Schema) -> Schema:
    """The canonical schema with a pattern: not every year fits, and `T` may be a space."""
    is_short = "[ns" in column.dtype
    years, centuries = (_NANOSECOND_YEAR, "(1[7-9]|2[01])") if is_short else (_YEAR, "[0-9]{2}")
    described = {key: value for key, value in schema.items() if key != "anyOf"}
    return described | {"pattern": f"^({years}-{_DAY}|{centuries}{_LEAP}){_TIME}$"}


def _category(column: Column) -> list[Schema]:
    if column.on_unseen == "null" and column.on_null != "error":
        return [{"type": ["string", "number", "boolean"], "description": "any other is null"}]
    forms = _other_forms(column)
    return [{"enum": forms}] if forms else []


def _other_forms(column: Column) -> list[JsonValue]:
    """Values of other JSON types than the known categories that mean one of them."""
    reader = CategoryReader(column)
    kinds = {kind_of(category) for category in column.categories}
    forms: list[JsonValue] = []
    for category in column.categories:
        for form in _forms_of(category):
            is_new = kind_of(form) not in kinds and not _holds(forms, form)
            if is_new and not isinstance(reader.read(form), Fault):
                forms.append(form)
    return forms


def _forms_of(category: JsonValue) -> list[JsonValue]:
    if isinstance(category, bool):
        return ["true", "True"] if category else ["false", "False"]
    if isinstance(category, (int, float)):
        return [str(category), str(float(category))]
    number = number_from_text(category)
    if number is not None:
        return [int(number) if number.is_integer() else number]
    return [True, False] if category in ("true", "True", "false", "False") else []


def _holds(forms: list[JsonValue], form: JsonValue) -> bool:
    return any(known == form and kind_of(known) == kind_of(form) for known in forms)


def _without_null(schema: Schema) -> Schema:
    schema = dict(schema)
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    return schema
