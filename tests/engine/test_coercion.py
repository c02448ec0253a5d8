"""The documented coercions of each column type."""

from datetime import UTC, datetime

import pytest

from golive.engine.answers import Fault
from golive.engine.coercion import coercion_for, coercion_table
from golive.engine.column_rules import ColumnRule
from golive.signature.model import Column


def read(column_type, value, **settings):
    settings = {"dtype": "object", **settings}
    result = coercion_for(Column(name="x", type=column_type, **settings))(value)
    return result.code if isinstance(result, Fault) else result


@pytest.mark.parametrize(
    ("column_type", "value", "expected"),
    [
        ("integer", 1, 1),
        ("integer", 1.0, 1),
        ("integer", "1", 1),
        ("integer", "-3", -3),
        ("integer", "+3", 3),
        ("integer", "1.0", 1),
        ("integer", True, 1),
        ("integer", 1.5, "wrong_type"),
        ("integer", "1.5", "wrong_type"),
        ("integer", "", "wrong_type"),
        ("integer", 2**63, "wrong_type"),
        ("integer", float("nan"), "non_finite"),
        ("integer", [1], "wrong_type"),
        ("number", 1, 1.0),
        ("number", "1.5", 1.5),
        ("number", "1e3", 1000.0),
        ("number", False, 0.0),
        ("number", "1,5", "wrong_type"),
        ("number", "", "wrong_type"),
        ("number", "NaN", "non_finite"),
        ("number", "inf", "non_finite"),
        ("number", 10**400, "non_finite"),
        ("number", "1e400", "non_finite"),
        ("boolean", True, True),
        ("boolean", 0, False),
        ("boolean", 1.0, True),
        ("boolean", "TRUE", True),
        ("boolean", "0", False),
        ("boolean", 2, "wrong_type"),
        ("boolean", "yes", "wrong_type"),
        ("string", "", ""),
        ("string", 1, "wrong_type"),
        ("text", "é", "é"),
        ("text", False, "wrong_type"),
    ],
)
def test_a_value_is_coerced_or_refused(column_type, value, expected) -> None:
    assert repr(read(column_type, value)) == repr(expected)


@pytest.mark.parametrize(
    ("categories", "value", "expected"),
    [
        (("1", "2"), 1, "1"),
        (("1", "2"), 1.0, "1"),
        (("1.0", "2.0"), 1, "1.0"),
        (("1.0", "1"), 1.0, "1.0"),
        (("1.0", "1"), 1, "1"),
        ((1, 2), "1", 1),
        ((1, 2), "1.0", 1),
        ((1, 2), 1.0, 1),
        ((1.0, 2.5), "2.5", 2.5),
        ((1, 2), True, "wrong_type"),
        ((1, 2), 1.5, "wrong_type"),
        ((1, 2), 7, 7),
        ((1, 2), "7", "wrong_type"),
        ((True, False), "true", True),
        ((True, False), 1, "wrong_type"),
        (("true", "false"), True, "true"),
        (("True", "False"), True, "True"),
        (("a", "b"), "A", "A"),
        (("a", "b"), 1, "wrong_type"),
        (("1", 1), 1, 1),
        (("1", 1), "1", "1"),
        (("a",), float("inf"), "non_finite"),
        (("a",), ["a"], "wrong_type"),
    ],
)
def test_a_category_is_found_by_value_and_then_by_text(categories, value, expected) -> None:
    assert repr(read("category", value, categories=categories)) == repr(expected)


def test_an_unseen_category_lists_ten_known_ones() -> None:
    column = Column(
        name="x",
        type="category",
        dtype="object",
        categories=tuple("abcdefghijkl"),
        on_unseen="error",
    )

    assert coercion_for(column)("z") == Fault(
        "unseen_category",
        '"x" has no category "z"; known are "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" '
        "and 2 more",
        "x",
    )


def test_an_unseen_category_may_become_null() -> None:
    column = Column(name="x", type="category", dtype="object", categories=("a",), on_unseen="null")

    assert coercion_for(column)("z") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-31", "2024-05-31T00:00:00"),
        ("2024-05-31 09:30", "2024-05-31T09:30:00"),
        ("2024-05-31T09:30:00.5", "2024-05-31T09:30:00.500000"),
        ("2024-05-31T09:30:00.123456789", "2024-05-31T09:30:00.123456"),
        ("2024-05-31T09:30:00Z", "2024-05-31T09:30:00"),
        ("2024-05-31T09:30:00+02:00", "2024-05-31T07:30:00"),
        ("2024-05-31T09:30:00+0200", "2024-05-31T07:30:00"),
    ],
)
def test_iso_text_is_a_datetime(value, expected) -> None:
    naive = read("datetime", value, dtype="datetime64[us]")
    aware = read("datetime", value, dtype="datetime64[us, UTC]")

    assert naive.isoformat() == expected
    assert aware == naive.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["31/05/2024", "2024-5-31", "20240531", "2024-W01-1", "2024-02-30", "2024-05-31T25:00",
     "2024-05-31x09:30", "", "0001-01-01T00:00+05:00", 1717142400, True, []],
)  # fmt: skip
def test_other_values_are_no_datetime(value) -> None:
    assert read("datetime", value, dtype="datetime64[us]") == "wrong_type"


def test_nanosecond_columns_hold_some_centuries_only() -> None:
    assert read("datetime", "1500-01-01", dtype="datetime64[ns]") == "wrong_type"
    assert isinstance(read("datetime", "1500-01-01", dtype="datetime64[us]"), datetime)


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        ([1, 2], "x", "wrong_type"),
        ("1,2,3", "x", "wrong_type"),
        ([1, "a", 3], "x[1]", "wrong_type"),
        ([1, 2, None], "x[2]", "null_not_allowed"),
        ([float("inf"), 2, 3], "x[0]", "non_finite"),
    ],
)
def test_a_fault_in_a_vector_names_the_element(value, field, code) -> None:
    fault = coercion_for(Column(name="x", type="vector", dtype="object", length=3))(value)

    assert (fault.field, fault.code) == (field, code)


def test_a_long_value_is_shortened_in_messages() -> None:
    fault = coercion_for(Column(name="x", type="number", dtype="float64"))("a" * 5000)

    assert len(fault.message) < 160


def test_a_number_for_a_text_column_is_shown_as_text() -> None:
    fault = coercion_for(Column(name="x", type="text", dtype="object"))(12)

    assert fault.message == '"x" must be a text, got the number 12; send it as text: "12"'


def test_a_range_may_be_an_error() -> None:
    column = Column(
        name="x", type="number", dtype="float64", minimum=0, maximum=1, on_range="error"
    )

    assert ColumnRule(column).read(2) == Fault(
        "out_of_range", '"x" must be at least 0 and at most 1, got 2.0', "x"
    )


def test_the_range_of_datetimes_is_iso_text() -> None:
    rule = ColumnRule(
        Column(name="x", type="datetime", dtype="datetime64[us]", minimum="2024-01-01")
    )

    assert rule.is_outside(rule.read("2023-12-31"))
    assert not rule.is_outside(rule.read("2024-01-01"))


@pytest.mark.parametrize("policy", ["on_missing", "on_null"])
def test_a_default_stands_in(policy) -> None:
    rule = ColumnRule(
        Column(name="x", type="integer", dtype="int64", default="7", **{policy: "default"})
    )

    assert (rule.missing() if policy == "on_missing" else rule.read(None)) == 7


def test_every_type_is_in_the_table() -> None:
    assert len(coercion_table().splitlines()) == 12
