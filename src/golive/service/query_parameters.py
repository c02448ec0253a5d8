"""What a record in a query string may hold, as OpenAPI parameters."""

from __future__ import annotations

from golive.engine.accepted_schema import accepted_parameter_schema, accepted_schema
from golive.signature.model import Column, JsonValue, Signature

__all__ = ["query_parameters", "takes_query"]

_SCALARS = frozenset({"string", "integer", "number", "boolean", "null"})


def takes_query(signature: Signature) -> bool:
    """Whether a record fits into a query.

    Not where a function's request holds lists or objects, nor where it is that of a chain: several
    models know what its texts mean.
    """
    if signature.form != "object":
        return True
    return not signature.features and _flat_properties(signature) is not None


def query_parameters(signature: Signature) -> list[JsonValue]:
    """The parameters of `GET /predict`: the record's values, then the options."""
    if signature.form == "object":
        required = (signature.json_schema or {}).get("required", [])
        parameters = [
            _parameter(name, schema, is_required=name in required)
            for name, schema in (_flat_properties(signature) or {}).items()
        ]
    else:
        parameters = [_column_parameter(column) for column in signature.columns]
        parameters += [_key_parameter(name) for name in signature.key_names]
        for parameter in parameters:
            parameter["required"] &= parameter["name"] not in signature.looked_up
    taken = {parameter["name"] for parameter in parameters}
    return parameters + [o for o in _options(signature) if o["name"] not in taken]


def _flat_properties(signature: Signature) -> dict[str, JsonValue] | None:
    """The properties of a function's request, if all are texts, numbers or truth values."""
    schema = signature.json_schema or {}
    properties: dict[str, JsonValue] = schema.get("properties", {})
    if schema.get("type") != "object" or not properties:
        return None
    kinds = {kind for each in properties.values() for kind in _kinds(each)}
    return properties if kinds <= _SCALARS else None


def _kinds(schema: JsonValue) -> list[str]:
    if "anyOf" in schema:
        return [kind for each in schema["anyOf"] for kind in _kinds(each)]
    kind = schema.get("type", "any")
    return kind if isinstance(kind, list) else [kind]


def _column_parameter(column: Column) -> dict[str, JsonValue]:
    if column.type == "vector" and len(column.dimensions) > 1:
        return _nested_parameter(column)
    schema = accepted_parameter_schema(column)
    schema.pop("description", None)
    parameter = _parameter(column.name, schema, is_required=column.on_missing == "error")
    if column.type == "vector":
        schema.setdefault("minItems", 1)
        parameter |= {"style": "form", "explode": False}
    if column.description:
        parameter["description"] = column.description
    return parameter


def _key_parameter(name: str) -> dict[str, JsonValue]:
    described = "The key of columns that are looked up where they are not sent."
    return _parameter(name, {"type": "string"}, is_required=False) | {"description": described}


def _nested_parameter(column: Column) -> dict[str, JsonValue]:
    """Nested lists, which no style of OpenAPI's spells, are a JSON text."""
    schema = accepted_schema(column)
    parameter = _parameter(column.name, schema, is_required=column.on_missing == "error")
    described = {"description": column.description} if column.description else {}
    content = {"application/json": {"schema": parameter.pop("schema")}}
    return parameter | described | {"content": content}


def _options(signature: Signature) -> list[dict[str, JsonValue]]:
    text = {"type": "string"}
    options = [_option("_id", text, "Your key of the record, echoed in its answer.")]
    output = signature.output
    if output.kind == "binary" and output.has_probabilities:
        share = {"type": "number", "minimum": 0, "maximum": 1}
        options.append(_option("_threshold", share, "Overrides the model's threshold."))
    if output.kind == "multiclass" and output.has_probabilities:
        count = {"type": "integer", "minimum": 1}
        options.append(_option("_top", count, "So many of the largest probabilities."))
    return options


def _option(name: str, schema: JsonValue, description: str) -> dict[str, JsonValue]:
    return _parameter(name, schema, is_required=False) | {"description": description}


def _parameter(name: str, schema: JsonValue, *, is_required: bool) -> dict[str, JsonValue]:
    return {"name": name, "in": "query", "required": is_required, "schema": schema}
