"""The published schemas of values agree with what is read."""

import jsonschema
import pytest

from golive.engine.accepted_schema import accepted_parameter_schema, accepted_schema
from golive.engine.decode import Decoder
from golive.signature.model import Column, Output, Signature

VALUES = [
    None, True, False, 0, 1, 1.0, 1.5, -3, 2, 7, 2**63, -(2**63), 2**63 - 1, 1e18, 1e19, 1e300,
    "", " ", "1", "0", "-3", "1.0", "1.", "1.5", ".5", "1e3", "1E99", "1e-400", "1e100", "1e999",
    "1,5", "nan", "abc", "٣",
    "true", "True", "TRUE", "false", "yes", "Oslo", "oslo", "2024-05-31",
    "2024-02-30", "2024-02-29", "2023-02-29",
    "2024-05-31 09:30", "2024-05-31T09:30:00.5Z", "2024-05-31T09:30:00+02:00", "2024-05-31T24:00",
    "1677-12-31", "1700-01-01T00:00:00", "2262-01-01", "2400-01-01", "0001-01-01", "9999-12-31",
    "31/05/2024", [], [1, 2], [1, "2"], [1, None], [1, 2, 3], [True, 1.5], ["x", 1], {}, {"a": 1},
    [256, 1], ["1", 255], [-1, 0], [1.0, 2.0], [[1, 2]], [[1, "2"]], [[1], [2]], [[1, 2], [3, 4]],
    "AAAA", "AAAB\n", "AA==", "AA=", "A===", "AA\n", "AAA=", "AAA", "A", "A=AA", "-_A=", "-/AA",
    "+/AA", "é", "data:;base64,AAAA", "data:image/png;base64,-_", "data:,AAAA",
    "data:a b;base64,AA",
    "DATA:;base64,AAAA", "AAAA AAAA", "A A\n=\t=\r\n", "A A =\n", "data:;base64,AA\nAA\n",
    "AA\u00a0AA", "AA\vAA", " data:;base64,AAAA",
]  # fmt: skip
COLUMNS = {
    "integer": Column(name="c", type="integer", dtype="int64"),
    "nullable integer": Column(name="c", type="integer", dtype="float64", on_null="pass"),
    "number": Column(name="c", type="number", dtype="float64", example=1.5),
    "boolean": Column(name="c", type="boolean", dtype="bool"),
    "text": Column(name="c", type="text", dtype="object"),
    "string": Column(name="c", type="string", dtype="object", on_null="pass"),
    "vector": Column(name="c", type="vector", dtype="object", length=2),
    "nested vector": Column(name="c", type="vector", dtype="float32", shape=(1, 2)),
    "vector of integers": Column(name="c", type="vector", dtype="uint8", length=2),
    "bytes": Column(name="c", type="bytes", dtype="object"),
    "nullable bytes": Column(name="c", type="bytes", dtype="object", on_null="pass"),
    "nanoseconds": Column(name="c", type="datetime", dtype="datetime64[ns]"),
    "texts": Column(name="c", type="category", dtype="object", categories=("Oslo", "Rome")),
    "known texts": Column(
        name="c", type="category", dtype="object", categories=("Oslo", "1"), on_unseen="error"
    ),
    "any texts": Column(
        name="c",
        type="category",
        dtype="object",
        categories=("Oslo",),
        on_unseen="null",
        on_null="pass",
    ),
    "integers": Column(name="c", type="category", dtype="int64", categories=(1, 2, 3)),
    "known integers": Column(
        name="c", type="category", dtype="int64", categories=(1, 2), on_unseen="error"
    ),
    "truths": Column(name="c", type="category", dtype="bool", categories=(True, False)),
    "truths in texts": Column(
        name="c", type="category", dtype="object", categories=("true", "false"), on_unseen="error"
    ),
}


def signature_of(column: Column) -> Signature:
    return Signature(form="frame", columns=(column,), output=Output(kind="regression"))


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_the_schema_of_a_column_takes_what_is_read_and_nothing_else(column):
    decoder = Decoder(signature_of(column))
    validator = jsonschema.Draft202012Validator(accepted_schema(column))

    read = [value for value in VALUES if not decoder.decode_rows([{"c": value}]).faults]

    assert [value for value in VALUES if validator.is_valid(value)] == read


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_the_schema_of_a_parameter_takes_the_texts_that_are_read(column):
    decoder = Decoder(signature_of(column))
    validator = jsonschema.Draft202012Validator(accepted_parameter_schema(column))
    texts = [value for value in VALUES if isinstance(value, str) and column.type != "vector"]

    refused = [text for text in texts if decoder.decode_query([("c", text)]).faults]

    assert [text for text in refused if validator.is_valid(text)] == []


def test_a_values_canonical_type_comes_first():
    assert accepted_schema(COLUMNS["number"]) == {
        "anyOf": [
            {"type": "number"},
            {
                "type": "string",
                "pattern": r"^[+-]?([0-9]{1,200}(\.[0-9]*)?|\.[0-9]+)"
                r"([eE](-[0-9]{1,9}|[+]?[0-2]?[0-9]{1,2}))?$",
            },
            {"type": "boolean"},
        ],
        "examples": [1.5],
    }


def test_where_the_range_counts_only_the_canonical_type_is_described():
    column = Column(name="c", type="integer", dtype="int64", minimum=1, maximum=9, on_range="error")

    assert accepted_schema(column) == {"type": "integer", "minimum": 1, "maximum": 9}
