import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import asdict

from golive.bundle.profile import CategoryCount, ColumnProfile
from golive.signature.model import Column, Output, Signature
from golive.stats.columns import profile_columns


def profile(kind, values):
    signature = Signature(
        form="frame",
        columns=(Column(name="x", type=kind, dtype="object"),),
        output=Output(kind="regression"),
    )
    (found,) = profile_columns({"x": values}, signature)
    return found


def test_numbers_have_moments_and_quantiles():
    found = profile("number", [1.0, 2.0, None, float("nan"), 3.0, 6.0])

    assert (found.count, found.nulls) == (6, 2)
    assert found.mean == 3.0
    assert found.std == pytest.approx(np.sqrt(14 / 4))
    assert len(found.quantiles) == 101
    assert (found.quantiles[0], found.quantiles[50], found.quantiles[100]) == (1.0, 2.5, 6.0)
    assert found.categories == ()


def test_infinities_are_rows_but_in_no_statistic():
    found = profile("number", [1.0, float("inf"), float("-inf")])

    assert (found.count, found.nulls, found.mean, found.std) == (3, 0, 1.0, 0.0)


def test_huge_numbers_give_nothing_that_json_cannot_hold():
    found = profile("number", [1.7e308, -1.7e308, 1.6e308])

    json.dumps(asdict(found), allow_nan=False)
    assert found.quantiles[100] == 1.7e308


def test_texts_are_profiled_by_their_length():
    found = profile("text", ["", "ab", "größe"])

    assert found.mean == pytest.approx(7 / 3)
    assert found.quantiles[100] == 5.0
    assert found.categories == ()


def test_datetimes_are_seconds_in_utc():
    noon = dt.datetime(1970, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    found = profile(
        "datetime", [noon, pd.Timestamp("1970-01-01T12:00:00"), pd.NaT, dt.date(1970, 1, 2)]
    )

    assert found.nulls == 1
    assert found.quantiles[0] == 36_000.0
    assert found.quantiles[50] == 43_200.0
    assert found.quantiles[100] == 86_400.0


def test_categories_are_counted_as_json_text_most_frequent_first():
    found = profile("category", ["b", "a", "b", None, 1, True, np.int64(1), "1"])

    assert found.categories == (
        CategoryCount(value='"b"', count=2),
        CategoryCount(value="1", count=2),
        CategoryCount(value='"1"', count=1),
        CategoryCount(value='"a"', count=1),
        CategoryCount(value="true", count=1),
    )
    assert (found.nulls, found.other) == (1, 0)


def test_at_most_a_hundred_categories_are_kept():
    found = profile("string", [f"{i:03}" for i in range(150)] + ["149"])

    assert len(found.categories) == 100
    assert found.categories[0] == CategoryCount(value='"149"', count=2)
    assert found.other == 50


def test_a_category_that_is_no_json_value_is_counted_as_text():
    found = profile("category", [dt.date(2026, 1, 2)])

    assert found.categories == (CategoryCount(value='"2026-01-02"', count=1),)


def test_booleans_are_counted():
    found = profile("boolean", [True, False, np.bool_(True), None])

    assert [(c.value, c.count) for c in found.categories] == [("true", 2), ("false", 1)]


def test_vectors_are_only_counted():
    found = profile("vector", [[1.0, 2.0], None, np.asarray([1.0, 2.0])])

    assert found == ColumnProfile(name="x", count=3, nulls=1)


@pytest.mark.parametrize("kind", ["bytes", "image"])
def test_of_bytes_and_images_the_sizes_are_profiled(kind):
    found = profile(kind, [b"ab", None, b"abcd"])

    assert (found.count, found.nulls, found.mean, found.std) == (3, 1, 3.0, 1.0)
    assert found.categories == ()


def test_a_column_of_nulls_has_no_statistics():
    assert profile("integer", [None, pd.NA]) == ColumnProfile(name="x", count=2, nulls=2)


def test_a_frame_is_profiled_in_the_order_of_the_signature():
    signature = Signature(
        form="frame",
        columns=(
            Column(name="b", type="integer", dtype="Int64"),
            Column(name="a", type="category", dtype="category"),
        ),
        output=Output(kind="regression"),
    )
    frame = pd.DataFrame(
        {"a": pd.Categorical(["x", None]), "b": pd.array([1, None], dtype="Int64"), "c": [0, 0]}
    )

    profiles = profile_columns(frame, signature)

    assert [(p.name, p.nulls, p.mean) for p in profiles] == [("b", 1, 1.0), ("a", 1, None)]


def test_a_function_model_has_no_columns():
    signature = Signature(form="object", columns=(), output=Output(kind="custom"))

    assert profile_columns({}, signature) == ()
