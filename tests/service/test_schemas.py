"""Schemas gathered into a document, and parameters of queries."""

import pytest

from golive.service.query_parameters import query_parameters, takes_query
from golive.service.schemas import model_schemas
from golive.signature.model import Column, Output, Signature

LINES = {
    "type": "object",
    "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}}},
    "required": ["lines"],
    "$defs": {"Line": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Line"}}}},
}
FLAT = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"anyOf": [{"type": "integer"}]}},
    "required": ["name"],
}


def function_signature(schema):
    return Signature(form="object", columns=(), output=Output(kind="custom"), json_schema=schema)


def test_definitions_are_taken_out_wherever_they_stand():
    schemas = model_schemas(
        function_signature(LINES), pointer="#/components/schemas/", prefix="a b."
    )

    assert schemas["a_b.record"]["properties"]["lines"]["items"] == {
        "$ref": "#/components/schemas/a_b.record.Line"
    }
    assert schemas["a_b.record.Line"] == {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/a_b.record.Line"}},
    }
    assert schemas["a_b.request.Line"]["properties"]["next"] == {
        "$ref": "#/components/schemas/a_b.request.Line"
    }
    assert "$defs" not in str(schemas)


@pytest.mark.parametrize(("schema", "fits"), [(FLAT, True), (LINES, False), (None, False)])
def test_a_function_takes_a_query_if_its_request_is_flat(schema, fits):
    assert takes_query(function_signature(schema)) is fits


def test_a_flat_request_becomes_parameters():
    parameters = query_parameters(function_signature(FLAT))

    assert [(p["name"], p["required"]) for p in parameters] == [
        ("name", True),
        ("age", False),
        ("_id", False),
    ]


def test_columns_become_parameters_that_fit_into_text():
    columns = (
        Column(name="n", type="integer", dtype="int64", on_null="pass"),
        Column(name="c", type="category", dtype="object", categories=("a", "b"),
               on_unseen="error", on_null="pass"),
        Column(name="v", type="vector", dtype="object", length=2),
    )  # fmt: skip
    output = Output(kind="binary", classes=(0, 1), positive=1)

    parameters = query_parameters(Signature(form="frame", columns=columns, output=output))

    assert parameters == [
        {
            "name": "n",
            "in": "query",
            "required": True,
            "schema": {
                "anyOf": [
                    {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
                    {"type": "string", "pattern": r"^[+-]?[0-9]{1,18}(\.0*)?$"},
                    {"const": "", "description": "null"},
                ],
            },
        },
        {
            "name": "c",
            "in": "query",
            "required": True,
            "schema": {
                "anyOf": [
                    {"type": "string", "enum": ["a", "b"]},
                    {"const": "", "description": "null"},
                ],
            },
        },
        {
            "name": "v",
            "in": "query",
            "required": True,
            "schema": {
                "type": "array",
                "items": {
                    "anyOf": [
                        {"type": "number"},
                        {
                            "type": "string",
                            "pattern": r"^[+-]?([0-9]{1,200}(\.[0-9]*)?|\.[0-9]+)"
                            r"([eE](-[0-9]{1,9}|[+]?[0-2]?[0-9]{1,2}))?$",
                        },
                        {"type": "boolean"},
                    ],
                },
                "minItems": 2,
                "maxItems": 2,
            },
            "style": "form",
            "explode": False,
        },
        {
            "name": "_id",
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": "Your key of the record, echoed in its answer.",
        },
        {
            "name": "_threshold",
            "in": "query",
            "required": False,
            "schema": {"type": "number", "minimum": 0, "maximum": 1},
            "description": "Overrides the model's threshold.",
        },
    ]
