"""Typed requests of function models."""

from dataclasses import dataclass, field
from typing import TypedDict

import msgspec
import pydantic
import pytest

from golive.engine.decode import Decoder
from golive.errors import RecordError, RequestError
from golive.signature.model import Output, Signature

SIGNATURE = Signature(form="object", columns=(), output=Output(kind="custom"))


@dataclass
class Budget:
    budget_id: str | None = None
    price: float = 0.0


@dataclass
class Pair:
    budgets: list[Budget]
    note: str = ""


@dataclass
class Checked:
    size: int = field(default=0)

    def __post_init__(self) -> None:
        if self.size > 3:
            raise RecordError("too_large", "at most 3", "size")


@dataclass
class Raising:
    size: int = 0

    def __post_init__(self) -> None:
        {1: "one"}[self.size]


class Line(TypedDict):
    item: str


class StructPair(msgspec.Struct, forbid_unknown_fields=True):
    budgets: list[Budget]


class PydanticBudget(pydantic.BaseModel):
    budget_id: str | None = None


class PydanticPair(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    budgets: list[PydanticBudget]
    size: int


def fault_of(request_type, body):
    fault = Decoder(SIGNATURE, request_type=request_type).decode_body(body).faults[0]
    return fault.code, fault.field


@pytest.mark.parametrize("body", [b'{"budgets": [{"budget_id": "a"}]}', b'{"budgets": []}'])
def test_a_body_becomes_a_typed_request(body) -> None:
    decoded = Decoder(SIGNATURE, request_type=Pair).decode_body(body)

    assert decoded.batch.columns == ([msgspec.json.decode(body, type=Pair)],)
    assert decoded.single


def test_a_list_is_several_requests() -> None:
    decoded = Decoder(SIGNATURE, request_type=Line).decode_body(b'[{"item": "a"}, {}, 3]')

    assert decoded.batch.columns == ([{"item": "a"}],)
    assert [(at, f.code, f.field) for at, f in decoded.faults.items()] == [
        (1, "missing_column", "item"),
        (2, "not_an_object", None),
    ]


def test_a_list_is_one_request_of_a_list_like_type() -> None:
    decoded = Decoder(SIGNATURE, request_type=list[Budget]).decode_body(b'[{"budget_id": "a"}]')

    assert decoded.batch.columns == ([[Budget("a")]],)
    assert decoded.single


@pytest.mark.parametrize(
    ("request_type", "body", "expected"),
    [
        (Pair, b"{}", ("missing_column", "budgets")),
        (Pair, b'{"budgets": [{}, {"budget_id": 3}]}', ("wrong_type", "budgets[1].budget_id")),
        (Pair, b'{"budgets": null}', ("null_not_allowed", "budgets")),
        (Pair, b'{"budgets": [{"price": 1e400}]}', ("non_finite", "budgets[0].price")),
        (Pair, b"[[]]", ("not_an_object", None)),
        (StructPair, b'{"budgets": [], "x": 1}', ("extra_column", "x")),
        (PydanticPair, b'{"budgets": [{"budget_id": 3}], "size": 1}',
         ("wrong_type", "budgets[0].budget_id")),
        (PydanticPair, b'{"budgets": [], "size": null}', ("null_not_allowed", "size")),
        (PydanticPair, b'{"budgets": [], "size": 1, "x": 1}', ("extra_column", "x")),
        (Checked, b'{"size": 4}', ("too_large", "size")),
        (None, b"[3]", ("not_an_object", None)),
    ],
)  # fmt: skip
def test_a_fault_names_its_path(request_type, body, expected) -> None:
    assert fault_of(request_type, body) == expected


def test_pydantic_tells_every_fault() -> None:
    decoder = Decoder(SIGNATURE, request_type=PydanticPair)

    fault = decoder.decode_body(b'{"budgets": 3}').faults[0]

    assert [fault.field, *(other.field for other in fault.others)] == ["budgets", "size"]


def test_a_function_without_a_type_gets_the_object() -> None:
    decoded = Decoder(SIGNATURE).decode_body(b'{"records": [{"a": [1]}], "ids": [7]}')

    assert decoded.batch.columns == ([{"a": [1]}],)
    assert decoded.options.ids == (7,)


def test_a_text_is_no_request_but_of_a_function_of_texts() -> None:
    assert Decoder(SIGNATURE, request_type=str).decode_body(b'"a"').batch.columns == (["a"],)
    with pytest.raises(RequestError):
        Decoder(SIGNATURE, request_type=Pair).decode_body(b'"a"')


def test_python_callers_may_pass_requests_and_mappings() -> None:
    decoder = Decoder(SIGNATURE, request_type=Pair)

    decoded = decoder.decode_rows([Pair([]), {"budgets": ({"price": float("nan")},)}])

    assert decoded.batch.columns == ([Pair([])],)
    assert (decoded.faults[1].code, decoded.faults[1].field) == ("non_finite", "budgets[0].price")


def test_a_query_string_is_read_as_the_fields_types() -> None:
    decoded = Decoder(SIGNATURE, request_type=Checked).decode_query([("size", "2")])

    assert decoded.batch.columns == ([Checked(2)],)


def test_a_type_that_raises_fails_its_record_alone() -> None:
    decoded = Decoder(SIGNATURE, request_type=Raising).decode_body(b'[{"size": 1}, {"size": 2}]')

    assert decoded.indices == [0]
    assert (decoded.faults[1].code, decoded.faults[1].origin) == ("model_failed", "model")
