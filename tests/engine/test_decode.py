"""Decoding bodies, query strings and Python values."""

import json
import re
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace
from PIL import Image
from tests.engine.hostile_bodies import GOOD, HOSTILE_BODIES, SIGNATURE
from tests.engine.rows import rows_for, valid_rows_for
from tests.signature.strategies import signatures

from golive.engine.answers import Fault, Options
from golive.engine.decode import Decoder
from golive.engine.envelope import Envelope, open_envelope
from golive.engine.json_body import read_json
from golive.errors import RequestError, SignatureError
from golive.runtimes.protocols import Batch
from golive.signature.model import Column, Output, Signature

NAMES = [name for name, _, _ in HOSTILE_BODIES]


def to_json(value) -> bytes:
    return re.sub(r'(?<!")\bInfinity\b(?!")', "1e400", json.dumps(value)).encode()


def verdict_of(decode, body) -> str:
    try:
        return shown(decode(body))
    except RequestError as error:
        return f"{error.code}: {error}"


def shown(decoded) -> str:
    """The decoded records as text, images by their pixels."""
    columns = tuple([pixels_of(value) for value in column] for column in decoded.batch.columns)
    return repr(structs.replace(decoded, batch=Batch(columns, decoded.batch.size)))


def pixels_of(value):
    return (value.mode, value.size, value.tobytes()) if isinstance(value, Image.Image) else value


def codes_of(decoded):
    return [decoded.faults[at].code if at in decoded.faults else None for at in range(decoded.size)]


@pytest.mark.parametrize(("_", "body", "expected"), HOSTILE_BODIES, ids=NAMES)
def test_a_hostile_body_has_its_verdict(_, body, expected) -> None:
    decoder = Decoder(SIGNATURE)

    if isinstance(expected, str):
        with pytest.raises(RequestError) as caught:
            decoder.decode_body(body)
        assert caught.value.code == expected
    else:
        assert codes_of(decoder.decode_body(body)) == expected


@pytest.mark.parametrize(("_", "body", "expected"), HOSTILE_BODIES, ids=NAMES)
def test_both_passes_say_the_same_of_a_hostile_body(_, body, expected) -> None:
    decoder = Decoder(SIGNATURE)

    assert verdict_of(decoder.decode_body, body) == verdict_of(decoder._decode_slowly, body)


@pytest.mark.parametrize(("_", "body", "expected"), HOSTILE_BODIES, ids=NAMES)
def test_records_taken_out_of_another_body_have_the_same_verdict(_, body, expected) -> None:
    decoder = Decoder(SIGNATURE)

    def decode_envelope(body):
        parsed = read_json(body)
        return decoder.decode_envelope(
            open_envelope(parsed.value), has_infinity=parsed.has_infinity
        )

    assert verdict_of(decode_envelope, body) == verdict_of(decoder.decode_body, body)


@pytest.mark.parametrize("has_infinity", [False, True])
def test_a_fault_in_place_of_a_record_stays(has_infinity) -> None:
    fault = Fault("wrong_type", "There are two values for three columns.")
    record = json.loads(GOOD)

    decoded = Decoder(SIGNATURE).decode_envelope(
        Envelope(records=[record, fault, record]), has_infinity=has_infinity
    )

    assert decoded.faults == {1: fault}
    assert decoded.indices == [0, 2]


def test_a_csv_body_has_the_verdicts_of_its_texts() -> None:
    columns = (
        Column(name="age", type="integer", dtype="int64"),
        Column(name="city", type="string", dtype="object", on_null="pass"),
    )
    signature = Signature(form="frame", columns=columns, output=Output(kind="regression"))
    decoder = Decoder(signature, max_records=3)

    decoded = decoder.decode_csv(b"city,age\nOslo,7\nNA,8\nRome,old\n")

    assert decoded.batch.columns == ([7, 8], ["Oslo", None])
    assert codes_of(decoded) == [None, None, "wrong_type"]
    with pytest.raises(RequestError) as caught:
        decoder.decode_csv(b"city,age\n" + b"Oslo,7\n" * 4)
    assert caught.value.code == "too_many_records"


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_both_passes_say_the_same(data) -> None:
    signature = data.draw(signatures(forms=("frame", "matrix", "series")))
    rows = data.draw(rows_for(signature) | valid_rows_for(signature))
    wrapped = {"records": rows, "threshold": 0.5, "ids": ["a"]}
    body = to_json(data.draw(st.sampled_from([rows, wrapped, *rows])))
    decoder = Decoder(signature)

    assert verdict_of(decoder.decode_body, body) == verdict_of(decoder._decode_slowly, body)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_valid_canonical_rows_decode_without_wrong_types(data) -> None:
    signature = data.draw(signatures(forms=("frame",)))
    rows = data.draw(valid_rows_for(signature))

    codes = {code for code in codes_of(Decoder(signature).decode_body(to_json(rows))) if code}

    assert codes <= {"out_of_range"}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_python_values_have_the_verdict_of_their_json(data) -> None:
    signature = data.draw(signatures(forms=("frame", "matrix", "series")))
    rows = data.draw(rows_for(signature) | valid_rows_for(signature))
    decoder = Decoder(signature)

    assert shown(decoder.decode_rows(rows)) == shown(decoder.decode_body(to_json(rows)))


@given(st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise_anything_but_a_request_error(noise) -> None:
    decoder = Decoder(SIGNATURE)

    assert verdict_of(decoder.decode_body, noise) == verdict_of(decoder._decode_slowly, noise)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from(b'"{}[],:0e\\\xff\x00 '))
@settings(max_examples=300, deadline=None)
def test_no_changed_byte_parts_the_passes(at, byte) -> None:
    decoder = Decoder(SIGNATURE)
    body = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]

    assert verdict_of(decoder.decode_body, body) == verdict_of(decoder._decode_slowly, body)


def test_a_body_of_right_types_takes_the_fast_pass() -> None:
    decoder = Decoder(SIGNATURE)

    assert decoder._fast.read(GOOD) is not None
    assert decoder._fast.read(b"[" + GOOD + b"]") is not None
    assert decoder._fast.read(b'{"records": [' + GOOD + b"]}") is not None


def test_every_fault_of_a_record_is_told_in_column_order() -> None:
    decoder = Decoder(SIGNATURE)

    decoded = decoder.decode_body(b'{"age": 30.5, "sex": "x"}')

    assert decoded.faults[0] == Fault(
        "wrong_type",
        '"age" must be an integer, got the number 30.5; send a whole number such as 42',
        "age",
        others=(
            Fault("missing_column", '"fare" is missing; send it', "fare"),
            Fault("unseen_category", '"sex" has no category "x"; known are "m", "f"', "sex"),
        ),
    )


def test_good_records_are_kept_beside_bad_ones() -> None:
    decoder = Decoder(SIGNATURE)
    body = b'{"records": [%s, {}, %s], "ids": ["a", 2, "c"], "threshold": 0.3}' % (GOOD, GOOD)

    decoded = decoder.decode_body(body)

    assert decoded.indices == [0, 2]
    assert list(decoded.faults) == [1]
    assert decoded.batch.columns == ([30, 30], [7.25, 7.25], ["f", "f"])
    assert decoded.options == Options(threshold=0.3, ids=("a", 2, "c"))
    assert (decoded.size, decoded.single) == (3, False)


def test_values_out_of_range_and_extra_columns_are_counted() -> None:
    decoded = Decoder(SIGNATURE).decode_body(b'{"age": 120, "fare": 1, "sex": "m", "x": 1}')

    assert (decoded.out_of_range, decoded.extra_columns) == (1, 1)


def test_too_many_records_are_refused() -> None:
    decoder = Decoder(SIGNATURE, max_records=1)

    with pytest.raises(RequestError, match="at most 1") as caught:
        decoder.decode_body(b"[" + GOOD + b", {}]")

    assert caught.value.code == "too_many_records"


@pytest.mark.parametrize("kind", ["multiclass", "regression", "custom"])
def test_a_threshold_needs_a_binary_model(kind) -> None:
    decoder = Decoder(replace(SIGNATURE, output=Output(kind=kind)))

    with pytest.raises(RequestError) as caught:
        decoder.decode_body(b'{"records": [], "threshold": 0.5}')

    assert caught.value.code == "threshold_not_supported"


def test_top_is_read_for_a_multiclass_model() -> None:
    decoder = Decoder(replace(SIGNATURE, output=Output(kind="multiclass")))

    assert decoder.decode_body(b'{"records": [], "top": 2}').options == Options(top=2)


def test_a_query_string_is_one_record_of_texts() -> None:
    pairs = [("age", "30"), ("fare", ""), ("sex", "m"), ("_threshold", "0.5"), ("_id", "7")]

    decoded = Decoder(SIGNATURE).decode_query(pairs)

    assert decoded.batch.columns == ([30], [None], ["m"])
    assert decoded.options == Options(threshold=0.5, ids=("7",))
    assert decoded.single


def test_integers_may_be_spelt_as_numbers_without_a_fraction() -> None:
    decoder = Decoder(replace(SIGNATURE, output=Output(kind="multiclass")))

    decoded = decoder.decode_body(b'{"records": [{}], "top": 2.0, "ids": [-7.0]}')

    assert decoded.options == Options(top=2, ids=(-7,))


def test_a_query_option_that_spells_null_is_refused() -> None:
    with pytest.raises(RequestError) as caught:
        Decoder(SIGNATURE).decode_query([("_threshold", "null")])

    assert caught.value.code == "bad_option"


def test_a_query_option_that_is_no_number_is_refused() -> None:
    with pytest.raises(RequestError) as caught:
        Decoder(SIGNATURE).decode_query([("_threshold", "high")])

    assert caught.value.code == "bad_option"


def test_texts_of_a_csv_mean_what_json_would() -> None:
    columns = (
        Column(name="c", type="category", dtype="int64", categories=(1, 2)),
        Column(name="v", type="vector", dtype="object", length=2),
        Column(name="t", type="text", dtype="object"),
    )
    decoder = Decoder(replace(SIGNATURE, columns=columns))

    decoded = decoder.decode_texts([{"c": "7", "v": "1,2", "t": "a"}], Options())

    assert decoded.batch.columns == ([7], [[1.0, 2.0]], ["a"])


def test_an_integer_category_of_a_csv_may_have_leading_zeros() -> None:
    column = Column(name="zip", type="category", dtype="int64", categories=(235, 1204))
    decoder = Decoder(replace(SIGNATURE, columns=(column,)))

    decoded = decoder.decode_texts([{"zip": "00235"}, {"zip": "01204"}], Options())

    assert decoded.batch.columns == ([235, 1204],)


def test_nulls_of_a_csv_are_what_pandas_reads_as_such_unless_they_are_a_category() -> None:
    columns = (
        Column(name="country", type="category", dtype="object", categories=("DE", "NA")),
        Column(name="x", type="number", dtype="float64", on_null="pass"),
    )
    decoder = Decoder(replace(SIGNATURE, columns=columns))

    decoded = decoder.decode_texts([{"country": "NA", "x": "NA"}], Options())

    assert decoded.batch.columns == (["NA"], [None])


@pytest.mark.parametrize(
    "body", [b'"hi"', b'["hi"]', b'{"text": "hi"}', b'[{"body": "hi"}]', b'{"records": ["hi"]}']
)
def test_a_text_model_takes_texts_and_objects(body) -> None:
    column = Column(name="body", type="text", dtype="object")
    decoder = Decoder(Signature(form="series", columns=(column,), output=Output(kind="binary")))

    assert decoder.decode_body(body).batch.columns == (["hi"],)
    assert decoder._fast.read(body) is not None or body == b'"hi"'


def test_numpy_scalars_are_read_as_python_values() -> None:
    columns = (
        Column(name="i", type="integer", dtype="int64"),
        Column(name="f", type="number", dtype="float64"),
        Column(name="b", type="boolean", dtype="bool"),
        Column(name="s", type="string", dtype="object"),
        Column(name="t", type="datetime", dtype="datetime64[us]"),
        Column(name="u", type="datetime", dtype="datetime64[us, UTC]"),
        Column(name="d", type="datetime", dtype="datetime64[us]"),
        Column(name="v", type="vector", dtype="object", length=2),
    )
    row = {
        "i": np.int32(3),
        "f": np.float32(0.5),
        "b": np.bool_(True),
        "s": np.str_("x"),
        "t": np.datetime64("2024-05-31T09:30:00.123456789", "ns"),
        "u": pd.Timestamp("2024-05-31T09:30:00", tz="Europe/Berlin"),
        "d": date(2024, 5, 31),
        "v": np.array([1, 2]),
    }

    decoded = Decoder(replace(SIGNATURE, columns=columns)).decode_rows([row])

    assert decoded.faults == {}
    assert repr([column[0] for column in decoded.batch.columns]) == repr(
        [
            3,
            0.5,
            True,
            "x",
            datetime.fromisoformat("2024-05-31T09:30:00.123456"),
            datetime(2024, 5, 31, 7, 30, tzinfo=UTC),
            datetime.fromisoformat("2024-05-31"),
            [1.0, 2.0],
        ]
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "non_finite"),
        (np.float64("nan"), "non_finite"),
        (pd.NaT, "non_finite"),
        (pd.NA, None),
        (object(), "wrong_type"),
        ("\ud800", "wrong_type"),
    ],
)
def test_odd_python_values_have_a_verdict(value, code) -> None:
    decoded = Decoder(SIGNATURE).decode_rows([{"age": 1, "fare": value, "sex": "m"}])

    assert codes_of(decoded) == [code]


def test_non_finite_values_become_null_where_the_policy_says_so() -> None:
    column = Column(name="x", type="number", dtype="float64", on_null="pass", on_non_finite="null")
    decoder = Decoder(replace(SIGNATURE, columns=(column,)))

    assert decoder.decode_body(b'[{"x": 1e400}, {"x": "nan"}]').batch.columns == ([None, None],)


def test_a_default_that_is_no_value_of_its_column_is_refused() -> None:
    column = Column(name="x", type="number", dtype="float64", on_null="default", default="one")

    with pytest.raises(SignatureError, match="default of the column x"):
        Decoder(replace(SIGNATURE, columns=(column,)))
