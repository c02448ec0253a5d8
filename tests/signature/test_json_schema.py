"""JSON Schemas of records, requests and answers."""

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.engine.rows import valid_rows_for
from tests.signature.strategies import signatures

from golive.engine.decode import Decoder
from golive.signature.json_schema import answer_schema, record_schema, request_schema
from golive.signature.model import Column, Output, Signature

SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="age", type="integer", dtype="int64", minimum=17, maximum=90, example=42),
        Column(
            name="sex",
            type="category",
            dtype="object",
            categories=("f", "m"),
            on_unseen="error",
            on_null="pass",
            on_missing="null",
        ),
    ),
    output=Output(kind="binary", classes=(0, 1), positive=1),
)


def test_a_record_is_described() -> None:
    assert record_schema(SIGNATURE) == {
        "type": "object",
        "properties": {
            "age": {
                "type": "integer",
                "minimum": -9223372036854775808,
                "maximum": 9223372036854775807,
                "examples": [42],
            },
            "sex": {"type": ["string", "null"], "enum": ["f", "m", None]},
        },
        "required": ["age"],
        "additionalProperties": True,
    }


def test_extra_columns_are_forbidden_where_they_fail() -> None:
    assert not record_schema(replace(SIGNATURE, on_extra="error"))["additionalProperties"]


def test_a_text_model_takes_texts_too() -> None:
    column = Column(name="body", type="text", dtype="object")
    schema = record_schema(Signature(form="series", columns=(column,), output=SIGNATURE.output))

    assert [part.get("required", part["type"]) for part in schema["anyOf"]] == [
        "string",
        ["body"],
        ["text"],
    ]


def test_the_schema_of_a_function_is_its_requests() -> None:
    signature = Signature(
        form="object", columns=(), output=Output(kind="custom"), json_schema={"type": "array"}
    )

    assert record_schema(signature) == {"type": "array"}
    assert len(request_schema(signature)["anyOf"]) == 2


def test_an_answer_is_described_by_the_kind_of_output() -> None:
    kinds = {
        "binary": {"label": 1, "score": 0.7, "probabilities": {"0": 0.3, "1": 0.7}, "id": "a"},
        "regression": {"score": -3.5},
        "custom": {"value": [1, None]},
    }

    for kind, answer in kinds.items():
        schema = answer_schema(replace(SIGNATURE, output=Output(kind=kind, classes=(0, 1))))
        jsonschema.Draft202012Validator(schema).validate(answer)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_record_that_the_decoder_takes_in_canonical_types_fits_the_schema(data) -> None:
    signature = data.draw(signatures(forms=("frame", "series")))
    rows = data.draw(valid_rows_for(signature))
    faults = Decoder(signature).decode_rows(rows).faults
    good = [row for at, row in enumerate(rows) if at not in faults]

    validator = jsonschema.Draft202012Validator(request_schema(signature))

    assert [list(validator.iter_errors(body)) for body in (good, {"records": good}, *good)] == [
        [] for _ in range(2 + len(good))
    ]


@given(signatures())
@settings(max_examples=60, deadline=None)
def test_every_schema_is_a_valid_one(signature) -> None:
    object_free = replace(signature, json_schema=None)
    answers = replace(object_free, output=replace(signature.output, json_schema=None))

    jsonschema.Draft202012Validator.check_schema(request_schema(object_free))
    jsonschema.Draft202012Validator.check_schema(answer_schema(answers))
