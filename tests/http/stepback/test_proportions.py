"""Bounds of shares and of their difference, as the papers that they come from give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.http.stepback.proportions import least_excess, wilson

_95 = 1.959964


@pytest.mark.parametrize(
    ("count", "size", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_a_share_has_the_bounds_of_newcombes_table(count, size, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    assert wilson(count, size, _95) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low"),
    [
        ((56, 70), (48, 80), 0.0524),
        ((9, 10), (3, 10), 0.1705),
        ((6, 7), (2, 7), 0.0582),
        ((5, 56), (0, 29), -0.0381),
        ((0, 10), (0, 20), -0.1611),
        ((10, 10), (0, 20), 0.6791),
    ],
)
def test_a_difference_has_the_lower_bound_of_newcombes_table(one, other, low):
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10."""
    assert least_excess(*one, *other, _95) == pytest.approx(low, abs=5e-5)


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)
    assert least_excess(0, 0, 1, 2) == least_excess(1, 2, 0, 0) == -1.0


counts = st.integers(1, 5000).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size)))


@given(counts)
def test_the_share_is_between_its_bounds(counted):
    count, size = counted
    low, high = wilson(count, size)

    assert 0 <= low <= count / size + 1e-12
    assert count / size - 1e-12 <= high <= 1


@given(counts, counts)
def test_the_excess_is_at_most_what_was_counted_and_grows_with_it(one, other):
    least = least_excess(*one, *other)
    count, size = one

    assert least <= count / size - other[0] / other[1] + 1e-12
    if count < size:
        assert least_excess(count + 1, size, *other) >= least


@given(counts, counts, st.integers(2, 20))
def test_more_of_the_same_makes_it_surer(one, other, times):
    more = least_excess(*(times * n for n in one), *(times * n for n in other))

    assert more >= least_excess(*one, *other) - 1e-12
