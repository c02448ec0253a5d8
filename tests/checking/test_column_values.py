"""What a check expects of each value is what the engine really does with it."""

import pytest
from msgspec.structs import replace

from golive.checking.answering import encode_record
from golive.checking.column_values import ABSENT, variations
from golive.engine.decode import Decoder
from golive.signature.model import Column, Output, Signature

COLUMNS = [
    (Column(name="x", type="integer", dtype="int64", minimum=0, maximum=9), 4),
    (Column(name="x", type="number", dtype="float64", minimum=0.0, maximum=9.5), 4.5),
    (Column(name="x", type="number", dtype="float64"), 4.5),
    (Column(name="x", type="boolean", dtype="bool"), True),
    (Column(name="x", type="string", dtype="object"), "a"),
    (Column(name="x", type="text", dtype="object"), "a"),
    (Column(name="x", type="category", dtype="object", categories=("a", "")), "a"),
    (Column(name="x", type="category", dtype="int64", categories=(1, 2)), 1),
    (Column(name="x", type="category", dtype="bool", categories=(False, True)), True),
    (Column(name="x", type="category", dtype="object"), "a"),
    (
        Column(
            name="x",
            type="datetime",
            dtype="datetime64[us]",
            minimum="2020-01-01T00:00:00",
            maximum="2024-12-31T00:00:00",
        ),
        "2023-05-05T00:00:00",
    ),
    (Column(name="x", type="vector", dtype="float64", length=3), [1.0, 2.0, 3.0]),
    (Column(name="x", type="vector", dtype="float64"), [1.0, 2.0]),
    (Column(name="x", type="vector", dtype="uint8", shape=(2, 2)), [[1, 2], [3, 4]]),
    (Column(name="x", type="bytes", dtype="object", max_bytes=64), "aGVsbG8="),
]
POLICIES = [
    {},
    {"on_null": "pass", "on_missing": "null"},
    {"on_null": "error", "on_missing": "error"},
]
STRICT = {
    "integer": {"on_range": "error"},
    "number": {"on_range": "error", "on_null": "pass", "on_non_finite": "null"},
    "category": {"on_unseen": "error"},
    "datetime": {"on_range": "error"},
}


def verdicts(column, present):
    """For each variation: what it is, the code that the engine gives, the codes that are due."""
    signature = Signature(form="frame", columns=(column,), output=Output(kind="regression"))
    decoder = Decoder(signature)
    for variation in variations(column, present):
        record = {} if variation.value is ABSENT else {"x": variation.value}
        decoded = decoder.decode_body(encode_record(record))
        fault = decoded.faults.get(0)
        yield variation, "" if fault is None else fault.code, variation.expected.codes


def surprises(column, present):
    return [
        (variation.check, variation.what, code, due)
        for variation, code, due in verdicts(column, present)
        if (code not in due if due else code)
    ]


@pytest.mark.parametrize("policies", POLICIES, ids=str)
@pytest.mark.parametrize(("column", "present"), COLUMNS, ids=lambda v: getattr(v, "type", None))
def test_the_engine_does_what_is_expected(column, present, policies):
    assert surprises(replace(column, **policies), present) == []


@pytest.mark.parametrize(("column", "present"), COLUMNS, ids=lambda v: getattr(v, "type", None))
def test_the_engine_does_what_strict_policies_promise(column, present):
    assert surprises(replace(column, **STRICT.get(column.type, {})), present) == []


def test_images_are_varied_as_images():
    pytest.importorskip("PIL")
    column = Column(name="x", type="image", dtype="object", shape=(2, 2, 3), pixel_mode="RGB")
    grey = next(v.value for v in variations(column, None) if "grey" in v.what)

    assert surprises(column, grey) == []


def test_every_issue_of_a_number_is_tried():
    column, present = COLUMNS[0]

    checks = {variation.check for variation in variations(column, present)}

    assert checks == {
        *("null", "missing", "wrong_type", "empty_text", "emoji", "non_finite", "coercion"),
        *("huge", "negative", "zero", "extreme"),
    }
