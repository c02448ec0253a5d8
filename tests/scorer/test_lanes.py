from __future__ import annotations

import math
from array import array
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.scorer.rows.lanes import lane_sums

WEIGHTS = st.floats(-1e6, 1e6) | st.floats(-1e-3, 1e-3)


def refuse(row):
    raise AssertionError(f"lanes should have summed {row}")


def test_the_sums_of_a_row_are_those_of_its_terms():
    weights = memoryview(array("d", [1.0, -2.0, 0.5, 0.25, 3.0, -4.0]))

    sums = lane_sums(weights, [10.0, 20.0], refuse)

    assert sums(([0, 2], [2.0, 0.5])) == [13.5, 14.0]
    assert sums(([1], [-4.0])) == [8.0, 19.0]
    assert sums(([], [])) == [10.0, 20.0]


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e300, 1e-300, 0.0])
def test_what_lanes_cannot_sum_is_summed_otherwise(value):
    weights = memoryview(array("d", [1.0, -2.0]))

    assert lane_sums(weights, [0.0, 0.0], lambda row: ["otherwise", row])(([0], [value]))[0] == (
        "otherwise"
    )


@given(
    st.lists(st.lists(WEIGHTS, min_size=3, max_size=3), min_size=5, max_size=5),
    st.lists(st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-3), min_size=5, max_size=5),
)
def test_sums_lose_less_than_2_to_the_minus_50_of_the_largest_terms(weights, values):
    flat = memoryview(array("d", [weight for row in weights for weight in row]))

    columns = zip(*weights, strict=True)
    sums = [math.fsum(w * v for w, v in zip(column, values, strict=True)) for column in columns]
    found = lane_sums(flat, [0.0] * 3, lambda _: sums)((list(range(5)), values))

    for at, one in enumerate(found):
        parts = [Fraction(row[at]) * Fraction(v) for row, v in zip(weights, values, strict=True)]
        scale = sum(
            max(map(abs, row)) * abs(value) for row, value in zip(weights, values, strict=True)
        )
        assert abs(one - float(sum(parts))) <= scale * 2.0**-50 + 1e-300
