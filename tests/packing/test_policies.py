"""Policies are what the model was seen to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.engine.answers import Answer, Fault
from golive.errors import PackError
from golive.packing.policies import settle_policies, spread, unseen_value
from golive.signature.model import Column, Output, Signature

SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="n", type="number", dtype="float64", nullable=True),
        Column(name="m", type="number", dtype="float64"),
        Column(name="c", type="category", dtype="str", categories=("a", "b")),
        Column(name="d", type="category", dtype="str", categories=("a", "b")),
        Column(name="p", type="category", dtype="category", categories=("a", "b")),
    ),
    output=Output(kind="regression"),
)
ROWS = [{"n": None, "m": 1.0, "c": "a", "d": "b", "p": "a"}] + [
    {"n": float(i), "m": 1.0, "c": "a", "d": "b", "p": "a"} for i in range(50)
]


class Engine:
    """Answers as a model would that takes nulls in m, and unknown values in c."""

    def __init__(self):
        self.calls = 0

    def __call__(self, signature, rows):
        assert all(column.on_null == "pass" for column in signature.columns)
        self.calls += 1
        return [self.answer(row) for row in rows]

    def answer(self, row):
        if any(row[name] is None for name in "ncdp") or row["d"] not in ("a", "b"):
            return Fault("model_failed", "no", origin="model")
        return Answer(score=1.0)


def test_each_column_gets_the_policy_that_its_probes_showed():
    signature, notes = settle_policies(SIGNATURE, ROWS, Engine())

    assert {c.name: c.on_null for c in signature.columns} == {
        "n": "error",
        "m": "pass",
        "c": "error",
        "d": "error",
        "p": "error",
    }
    assert {c.name: c.on_unseen for c in signature.columns if c.type == "category"} == {
        "c": "pass",
        "d": "error",
        "p": "error",
    }
    assert "The sample holds nulls that the model rejects in 'n'." in notes


def test_a_model_that_is_not_made_for_nulls_gets_those_that_its_sample_holds():
    class Net(Engine):
        def answer(self, row):
            return Answer(score=0.5)

    signature, notes = settle_policies(SIGNATURE, ROWS, Net(), is_made_for_nulls=False)

    assert {c.name: c.on_null for c in signature.columns} == {
        "n": "pass",
        "m": "error",
        "c": "error",
        "d": "error",
        "p": "error",
    }
    assert notes[0] == (
        "Nulls are errors in 'm', 'c', 'd', 'p': the sample holds none, and such a model is not"
        " made for them."
    )


def test_all_columns_are_tried_in_three_calls():
    engine = Engine()

    settle_policies(SIGNATURE, ROWS, engine)

    assert engine.calls == 3


def test_a_model_that_answers_nothing_is_refused():
    def refuse(signature, rows):
        return [Fault("model_failed", "broken", origin="model") for _ in rows]

    with pytest.raises(PackError, match="broken"):
        settle_policies(SIGNATURE, ROWS, refuse)


def test_a_function_model_has_no_policies():
    signature = Signature(form="object", columns=(), output=Output(kind="custom"))

    assert settle_policies(signature, [{}], Engine()) == (signature, ())


@settings(deadline=None)
@given(
    st.one_of(
        st.lists(st.text(), min_size=1),
        st.lists(st.integers(-1000, 1000), min_size=1),
        st.lists(st.floats(-1e6, 1e6), min_size=1),
    )
)
def test_an_unseen_value_is_of_the_categories_type_and_none_of_them(categories):
    column = Column(name="c", type="category", dtype="object", categories=tuple(categories))

    value = unseen_value(column)

    assert value not in categories
    assert type(value) is type(categories[0])


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(2, 30))
def test_spread_positions_are_distinct_ascending_and_reach_both_ends(count, wanted):
    positions = spread(count, wanted)

    assert len(positions) == min(count, wanted)
    assert positions == sorted(set(positions))
    assert not count or (positions[0], positions[-1]) == (0, count - 1)
