"""Typed requests of function models."""

import base64
from dataclasses import dataclass, field
from typing import Annotated, TypedDict

import msgspec
import pydantic
import pytest
from PIL import Image
from tests.images import png

from golive.engine.decode import Decoder
from golive.errors import RecordError, RequestError
from golive.signature.model import Output, Signature

DOT = base64.b64encode(png(Image.new("L", (2, 1), 7)))
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


@dataclass
class Photo:
    image: Image.Image
    more: list[Image.Image] = field(default_factory=list)


@dataclass
class Parcel:
    data: bytes
    small: Annotated[bytes, msgspec.Meta(max_length=3)] = b""


class PydanticParcel(pydantic.BaseModel):
    data: pydantic.Base64Bytes
    raw: bytes = b""


class Opaque:
    pass


@dataclass
class Holder:
    own: Opaque


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
        (Parcel, b'{"data": "AAA"}', ("bad_base64", "data")),
        (Parcel, b'{"data": 3}', ("wrong_type", "data")),
        (Parcel, b'{"data": "", "small": "AAAAAAAA"}', ("too_large", "small")),
        (PydanticParcel, b'{"data": "AAA"}', ("bad_base64", "data")),
        (Photo, b'{"image": "AAA="}', ("bad_image", "image")),
        (Photo, b'{"image": "A"}', ("bad_base64", "image")),
        (Photo, b'{"image": 7}', ("wrong_type", "image")),
        (Photo, b'{"image": null}', ("null_not_allowed", "image")),
        (Photo, b'{"image": "%s", "more": ["AAAA"]}' % DOT, ("bad_image", "more[0]")),
        (Image.Image, b'"AAAA"', ("bad_image", None)),
        (Holder, b'{"own": 3}', ("wrong_type", "own")),
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


def test_an_image_of_a_request_is_opened() -> None:
    decoder = Decoder(SIGNATURE, request_type=Photo)

    [posted] = decoder.decode_body(b'{"image": "data:image/png;base64,%s"}' % DOT).batch.columns[0]
    [asked] = decoder.decode_query([("image", DOT.decode())]).batch.columns[0]
    [passed] = decoder.decode_rows([{"image": Image.new("L", (2, 1), 7)}]).batch.columns[0]

    assert [photo.image.size for photo in (posted, asked, passed)] == [(2, 1)] * 3
    assert {photo.image.tobytes() for photo in (posted, asked, passed)} == {b"\x07\x07"}


def test_the_message_of_a_wrong_image_names_its_place() -> None:
    fault = Decoder(SIGNATURE, request_type=Photo).decode_body(b'{"image": "!"}').faults[0]

    assert fault.message.startswith('"image" must be base64, but at position 0 it holds')


def test_bytes_of_a_request_are_base64() -> None:
    body = b'{"data": "AAEC", "small": "Aw=="}'

    assert Decoder(SIGNATURE, request_type=Parcel).decode_body(body).batch.columns == (
        [Parcel(b"\x00\x01\x02", b"\x03")],
    )
    rows = [{"data": b"\x00"}]
    assert Decoder(SIGNATURE, request_type=Parcel).decode_rows(rows).batch.columns == (
        [Parcel(b"\x00")],
    )


def test_bytes_of_pydantic_are_the_text_itself() -> None:
    decoded = Decoder(SIGNATURE, request_type=PydanticParcel).decode_body(
        b'{"data": "AAEC", "raw": "AAEC"}'
    )

    [request] = decoded.batch.columns[0]
    assert (request.data, request.raw) == (b"\x00\x01\x02", b"AAEC")


def test_an_object_of_the_callers_own_is_passed_on() -> None:
    own = Opaque()

    decoded = Decoder(SIGNATURE, request_type=Holder).decode_rows([{"own": own}])

    assert decoded.batch.columns[0][0].own is own
