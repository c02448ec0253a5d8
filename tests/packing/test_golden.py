"""Golden records: few, telling, allowed and always the same."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.packing.golden import choose_golden
from golive.signature.model import Column, Output, Signature

COLUMNS = (
    Column(name="n", type="number", dtype="float64", minimum=-1.5, maximum=9.5, on_null="pass"),
    Column(name="c", type="category", dtype="str", categories=("a", "b"), on_unseen="pass"),
    Column(name="strict", type="category", dtype="str", categories=("x",), on_unseen="error"),
    Column(name="note", type="text", dtype="str"),
)
SIGNATURE = Signature(form="frame", columns=COLUMNS, output=Output(kind="regression"))


def row(i, **changes):
    return {"n": i / 10, "c": "ab"[i % 2], "strict": "x", "note": f"note {i}"} | changes


def test_records_cover_extremes_nulls_the_unseen_and_odd_texts():
    golden = choose_golden([row(i) for i in range(95)], SIGNATURE)

    assert golden[0] == row(0)
    assert row(94) in golden
    assert {-1.5, 9.5, None} <= {record["n"] for record in golden}
    assert "an unseen category" in {record["c"] for record in golden}
    assert {record["strict"] for record in golden} == {"x"}
    assert "" in {record["note"] for record in golden}
    assert any(not record["note"].isascii() for record in golden)
    assert 12 < len(golden) <= 25


def test_rows_that_the_signature_refuses_are_not_chosen():
    rows = [row(0, note=None), row(1, n=float("inf")), row(2)]

    golden = choose_golden(rows, SIGNATURE)

    assert all(record["note"] is not None for record in golden)
    assert json.dumps(golden, allow_nan=False)


def test_a_function_model_keeps_requests_as_they_are():
    signature = Signature(form="object", columns=(), output=Output(kind="custom"))
    requests = [{"items": [i]} for i in range(40)]

    golden = choose_golden(requests, signature)

    assert len(golden) == 12
    assert (golden[0], golden[-1]) == ({"items": [0]}, {"items": [39]})


@settings(deadline=None)
@given(st.integers(1, 60))
def test_the_same_sample_gives_the_same_distinct_records(count):
    rows = [row(i) for i in range(count)]

    golden = choose_golden(rows, SIGNATURE)

    assert golden == choose_golden(list(rows), SIGNATURE)
    assert len({json.dumps(record) for record in golden}) == len(golden) <= 25


@pytest.mark.parametrize("count", [1, 2])
def test_a_tiny_sample_is_enough(count):
    assert choose_golden([row(i) for i in range(count)], SIGNATURE)


def test_a_sample_of_few_distinct_rows_gives_each_of_them():
    signature = Signature(form="frame", columns=COLUMNS[2:3], output=SIGNATURE.output)
    rows = [{"strict": str(i)} for i in range(9) for _ in range(50)]

    assert choose_golden(rows, signature) == [{"strict": str(i)} for i in range(9)]


PHOTO = Signature(
    form="series",
    columns=(Column(name="photo", type="image", dtype="object"),),
    output=Output(kind="regression"),
)
OBJECT = Signature(form="object", columns=(), output=Output(kind="custom"))


def test_long_inputs_are_left_out():
    rows = [{"photo": "A" * size} for size in (50_000, 40, 30_000, 80)]

    assert choose_golden(rows, PHOTO) == [rows[1], rows[3]]
    assert choose_golden(rows, OBJECT) == [rows[1], rows[3]]


def test_where_all_inputs_are_long_the_smallest_are_kept():
    rows = [{"photo": "A" * size} for size in (90_000, 50_000, 30_000, 40_000, 60_000)]

    for signature in (PHOTO, OBJECT):
        chosen = choose_golden(rows, signature)
        assert [len(record["photo"]) for record in chosen] == [30_000, 40_000, 50_000]


def test_long_nested_lists_count_by_their_numbers():
    column = Column(name="grid", type="vector", dtype="float64", shape=(100, 100))
    signature = Signature(form="tensors", columns=(column,), output=Output(kind="regression"))
    rows = [{"grid": [[float(n)] * 100] * 100} for n in range(9)]

    assert choose_golden(rows, signature) == rows[:3]
