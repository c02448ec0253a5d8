"""Records that nest too deeply or hold too long a text fail by themselves."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, TypedDict

import msgspec
import pydantic
import pytest

from golive.engine.answers import Fault
from golive.engine.csv_body import read_csv
from golive.engine.decode import Decoder
from golive.engine.envelope import open_envelope
from golive.engine.json_body import MAX_DEPTH, read_json
from golive.errors import RequestError
from golive.signature.model import Column, Output, Signature

REGRESSION = Output(kind="regression")
TABLE = Signature(
    form="frame",
    columns=(
        Column(name="n", type="integer", dtype="int64"),
        Column(name="name", type="string", dtype="object", on_null="pass", on_missing="null"),
        Column(name="photo", type="bytes", dtype="object", on_null="pass", on_missing="null"),
    ),
    output=REGRESSION,
)
NUMBERS = Signature(form="frame", columns=TABLE.columns[:1], output=REGRESSION)
TEXT = Signature(
    form="series", columns=(Column(name="body", type="text", dtype="object"),), output=REGRESSION
)
OBJECT = Signature(form="object", columns=(), output=Output(kind="custom"))


def nested(levels: int) -> Any:
    """Lists in one another, so many."""
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def codes_of(decoded: Any) -> list[str | None]:
    return [decoded.faults[at].code if at in decoded.faults else None for at in range(decoded.size)]


def test_a_record_that_nests_too_deeply_fails_and_the_others_are_answered() -> None:
    records = [{"n": 1}, {"n": 2, "x": nested(MAX_DEPTH)}, {"n": 3}]

    decoded = Decoder(TABLE).decode_body(to_json(records))

    assert decoded.indices == [0, 2]
    assert decoded.faults == {
        1: Fault(
            "too_deep", '"x" nests deeper than 100 levels of the record; send fewer', field="x"
        )
    }


def test_a_record_may_nest_as_deep_as_the_limit_wherever_it_stands() -> None:
    decoder, record = Decoder(TABLE), {"n": 1, "x": nested(MAX_DEPTH - 1)}

    for body in (record, [record], {"records": [record]}):
        assert codes_of(decoder.decode_body(to_json(body))) == [None]


def test_a_record_that_is_a_deep_list_itself_names_no_field() -> None:
    decoded = Decoder(OBJECT, request_type=list[Any]).decode_body(to_json(nested(MAX_DEPTH + 1)))

    assert codes_of(decoded) == ["too_deep"]
    assert decoded.faults[0].field is None


@pytest.mark.parametrize("form", [TABLE, OBJECT], ids=["table", "function"])
@pytest.mark.parametrize(
    "body", [b"[" * 9_000_000, b'{"a":' * 200_000, b"[" * 100_000 + b"]" * 100_000]
)
def test_what_nests_without_end_is_refused_as_a_whole(form, body) -> None:
    with pytest.raises(RequestError, match="nests far deeper") as caught:
        Decoder(form).decode_body(body)

    assert caught.value.code == "too_deep"


def test_a_deep_option_is_a_bad_option_however_deep_it_is() -> None:
    decoder = Decoder(TABLE)

    for levels in (MAX_DEPTH + 5, 800):
        body = b'{"records": [{"n": 1}], "ids": [%s]}' % to_json(nested(levels))
        with pytest.raises(RequestError) as caught:
            decoder.decode_body(body)
        assert caught.value.code == "bad_option"


def test_a_deep_request_of_a_python_caller_has_the_same_code() -> None:
    decoder = Decoder(OBJECT)

    good, bad = (
        decoder.decode_rows([{"a": nested(MAX_DEPTH - 1)}]),
        decoder.decode_rows([{"a": {"b": nested(MAX_DEPTH)}}]),
    )

    assert codes_of(good) == [None]
    assert (bad.faults[0].code, bad.faults[0].field) == ("too_deep", "a")


def test_records_of_another_body_are_looked_at_unless_it_is_known_to_be_flat() -> None:
    parsed = read_json(to_json([{"n": 1, "x": nested(MAX_DEPTH)}]))
    envelope = open_envelope(parsed.value)

    assert parsed.is_deep
    assert codes_of(Decoder(TABLE).decode_envelope(envelope)) == ["too_deep"]
    assert codes_of(Decoder(TABLE).decode_envelope(envelope, may_be_deep=False)) == [None]


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("number", [1, "1"], ids=["fast pass", "slow pass"])
def test_a_long_text_fails_its_record_and_the_others_are_answered(number, wrapped) -> None:
    records = [{"n": number, "name": "a" * 10}, {"n": number, "name": "ä" * 11}, {"n": 2}]
    body = to_json({"records": records} if wrapped else records)

    decoded = Decoder(TABLE, max_text=10).decode_body(body)

    assert decoded.indices == [0, 2]
    assert decoded.faults == {
        1: Fault(
            "text_too_long",
            '"name" has 11 characters; at most 10 are allowed; send less',
            field="name",
        )
    }


@pytest.mark.parametrize(
    "body",
    [
        '"{}"',
        '["{}"]',
        '{{"text": "{}"}}',
        '[{{"body": "{}"}}]',
        '{{"records": ["{}"]}}',
    ],
)
def test_a_text_model_fails_a_long_text_by_its_column(body) -> None:
    decoder = Decoder(TEXT, max_text=20)

    good = decoder.decode_body(body.format("x" * 20).encode())
    bad = decoder.decode_body(body.format("x" * 21).encode())

    assert codes_of(good) == [None]
    assert (bad.faults[0].code, bad.faults[0].field) == ("text_too_long", "body")


def test_the_quick_way_of_one_record_leaves_long_bodies_to_others() -> None:
    read = Decoder(TEXT, max_text=20).values_of_one

    assert read(b'"short"') == (("short",), 0)
    assert read(b'"' + b"x" * 21 + b'"') is None


def test_a_model_without_texts_does_not_look_for_long_ones() -> None:
    decoder = Decoder(NUMBERS, max_text=10)

    assert decoder.values_of_one(b'{"n":                        1}') == ((1,), 0)
    assert codes_of(decoder.decode_body(to_json({"n": 1, "x": "y" * 50}))) == [None]


def test_base64_of_bytes_has_a_limit_of_its_own() -> None:
    photo = base64.b64encode(b"x" * 300).decode()

    decoded = Decoder(TABLE, max_text=10).decode_body(to_json([{"n": 1, "photo": photo}]))

    assert decoded.batch.columns[2] == [b"x" * 300]


def test_a_long_text_in_a_column_of_numbers_is_too_long_first() -> None:
    decoded = Decoder(TABLE, max_text=10).decode_body(to_json([{"n": "1" * 5000}]))

    assert (decoded.faults[0].code, decoded.faults[0].field) == ("text_too_long", "n")


def test_a_long_text_of_a_csv_and_of_a_query_fails_its_record() -> None:
    decoder = Decoder(TABLE, max_text=10)

    table = decoder.decode_csv(b"n,name\n1,short\n2," + b"x" * 11 + b"\n")
    query = decoder.decode_query([("n", "1"), ("name", "x" * 11)])

    assert codes_of(table) == [None, "text_too_long"]
    assert codes_of(query) == ["text_too_long"]


def test_a_csv_may_hold_texts_that_are_longer_than_its_parser_takes_by_itself() -> None:
    text = "x" * 200_000

    assert read_csv(f"body\n{text}\n".encode(), most=10) == [{"body": text}]
    assert codes_of(Decoder(TEXT).decode_csv(f"body\n{text}\n".encode())) == [None]


class Inner(msgspec.Struct, rename="camel"):
    full_name: str


@dataclass(frozen=True)
class Request:
    inner: list[Inner] = field(default_factory=list)
    photo: bytes = b""


class Plain(TypedDict, total=False):
    name: str


class Aliased(pydantic.BaseModel):
    name: str = pydantic.Field(alias="fullName")


LONG = "x" * 31


@pytest.mark.parametrize(
    ("request_type", "record", "at"),
    [
        (Request, {"inner": [{"fullName": "a"}, {"fullName": LONG}]}, "inner[1].fullName"),
        (Plain, {"name": LONG}, "name"),
        (Aliased, {"fullName": LONG}, "fullName"),
        (str, LONG, None),
        (None, {"a": {"b": [LONG]}}, "a.b[0]"),
    ],
)
def test_a_long_text_anywhere_in_a_functions_request_is_found(request_type, record, at) -> None:
    decoder = Decoder(OBJECT, request_type=request_type, max_text=30)

    decoded = decoder.decode_body(to_json([record]))

    assert codes_of(decoded) == ["text_too_long"]
    assert decoded.faults[0].field == at


def test_bytes_in_a_functions_request_are_no_text() -> None:
    photo = base64.b64encode(b"x" * 300).decode()
    decoder = Decoder(OBJECT, request_type=Request, max_text=30)

    decoded = decoder.decode_body(to_json([{"photo": photo}]))

    assert decoded.batch.columns == ([Request(photo=b"x" * 300)],)


def test_python_callers_may_pass_any_text() -> None:
    assert codes_of(Decoder(TEXT, max_text=5).decode_rows(["longer than that"])) == [None]
