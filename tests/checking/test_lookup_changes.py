"""What a changed lookup, or another model that answers columns, means to callers."""

import pytest
from msgspec.structs import replace
from tests.checking.conftest import COLUMNS

from golive.checking.input_changes import input_changes
from golive.signature.model import Column, FeatureSource, Lookup, Output, Signature

PLAIN = Signature(form="frame", columns=COLUMNS, output=Output(kind="regression"))
AGE = COLUMNS[0]
USERS = Lookup(name="users", key="user_id", columns=("age",))
LOOKING = replace(PLAIN, lookups=(USERS,))
BY_DEFAULT = replace(AGE, on_missing="default", default=30)
SCORED = replace(PLAIN, features=(FeatureSource(model="scorer", outputs={"age": "score"}),))
NEW = Column(name="new", type="number", dtype="float64")


def told(before, after):
    return [(c.effect, c.subject, c.message) for c in input_changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (LOOKING, LOOKING, []),
        (PLAIN, LOOKING, [("compatible", "age", "looked up by user_id where it is not sent")]),
        (
            replace(PLAIN, columns=(BY_DEFAULT, *COLUMNS[1:])),
            replace(LOOKING, columns=(BY_DEFAULT, *COLUMNS[1:])),
            [("breaking", "age", "looked up where it is not sent, which takes the key user_id")],
        ),
        (LOOKING, PLAIN, [("breaking", "age", "no longer looked up by user_id")]),
        (
            replace(LOOKING, columns=(BY_DEFAULT, *COLUMNS[1:])),
            replace(PLAIN, columns=(BY_DEFAULT, *COLUMNS[1:])),
            [("compatible", "age", "no longer looked up by user_id")],
        ),
        (
            LOOKING,
            replace(PLAIN, lookups=(replace(USERS, key="income"),)),
            [("breaking", "age", "looked up by income, and by user_id before")],
        ),
        (
            PLAIN,
            replace(PLAIN, columns=(*COLUMNS, NEW), lookups=(replace(USERS, columns=("new",)),)),
            [("breaking", "new", "new, and looked up by user_id (number)")],
        ),
        (
            LOOKING,
            replace(
                PLAIN,
                columns=(*COLUMNS, NEW),
                lookups=(replace(USERS, columns=("age", "new")),),
            ),
            [("compatible", "new", "new, and looked up by user_id (number)")],
        ),
        (SCORED, SCORED, []),
        (
            PLAIN,
            SCORED,
            [("breaking", "age", "answered by scorer, whose columns have to be sent")],
        ),
        (SCORED, PLAIN, [("breaking", "age", "no longer answered by scorer")]),
        (
            SCORED,
            replace(
                PLAIN,
                columns=(*COLUMNS, NEW),
                features=(FeatureSource(model="scorer", outputs={"age": "score", "new": "label"}),),
            ),
            [("compatible", "new", "answered by scorer")],
        ),
    ],
)
def test_a_change_of_a_lookup_is_judged_for_those_who_call(before, after, expected):
    assert told(before, after) == expected
