"""Records in query strings."""

from urllib.parse import parse_qsl

import pytest

from golive.engine.decode import Decoder
from golive.service.query_parameters import query_parameters
from golive.signature.model import Column, Output, Signature

GRID = Column(name="grid", type="vector", dtype="float64", shape=(1, 2), description="Two.")
SIGNATURE = Signature(form="tensors", columns=(GRID,), output=Output(kind="regression"))


def test_nested_lists_are_a_json_text():
    element = {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "boolean"}]}

    [parameter, _] = query_parameters(SIGNATURE)

    schema = parameter["content"]["application/json"]["schema"]
    assert {k: v for k, v in parameter.items() if k != "content"} == {
        "name": "grid",
        "in": "query",
        "required": True,
        "description": "Two.",
    }
    items = schema["items"]
    assert (schema["minItems"], items["minItems"]) == (1, 2)
    assert [kind["type"] for kind in items["items"]["anyOf"]] == [
        kind["type"] for kind in element["anyOf"]
    ]


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("grid=[[1,2.5]]", ([[[1.0, 2.5]]],)),
        ("grid=[[1,\"2\"]]", ([[[1.0, 2.0]]],)),
        ("grid=null", ([None],)),
        ("grid=", ([None],)),
    ],
)  # fmt: skip
def test_nested_lists_of_a_query_are_read(query, read):
    nullable = Column(name="grid", type="vector", dtype="float64", shape=(1, 2), on_null="pass")
    signature = Signature(form="tensors", columns=(nullable,), output=SIGNATURE.output)

    assert Decoder(signature).decode_query(parse_qsl(query, True)).batch.columns == read
