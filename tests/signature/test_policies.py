"""Policies and their table."""

import pytest

from golive.errors import SignatureError
from golive.signature.model import Column
from golive.signature.policies import check_policies, policy_table


def test_the_table_tells_which_policy_is_legal_for_which_type() -> None:
    assert (
        "| outside `minimum` to `maximum` | `on_range` | `error` | the record fails "
        "| integer, number, datetime | `out_of_range` |"
    ) in policy_table().splitlines()


def test_every_row_of_the_table_has_its_cells() -> None:
    assert {line.count("|") for line in policy_table().splitlines()} == {7}


@pytest.mark.parametrize(
    ("column_type", "key", "value"),
    [
        ("integer", "on_unseen", "error"),
        ("text", "on_range", "error"),
        ("vector", "on_non_finite", "null"),
        ("number", "on_null", "drop"),
    ],
)
def test_an_illegal_policy_is_refused(column_type, key, value) -> None:
    column = Column(name="x", type=column_type, dtype="object", **{key: value})

    with pytest.raises(SignatureError, match=f'{key} = "{value}" is not legal'):
        check_policies(column)


@pytest.mark.parametrize("key", ["on_missing", "on_unseen", "on_non_finite"])
def test_making_null_what_may_not_be_null_is_refused(key):
    column = Column(name="a", type="category", dtype="str", on_null="error", **{key: "null"})

    with pytest.raises(SignatureError, match=f'{key} = "null" contradicts on_null = "error"'):
        check_policies(column)
