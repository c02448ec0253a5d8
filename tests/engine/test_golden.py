from __future__ import annotations

from math import inf

import pytest

from golive.bundle.golden import GoldenRecord
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.golden import Difference, answer_rows, compare, refuse_drift, replay
from golive.errors import EnvironmentDriftError
from golive.signature.model import Column, Output, Signature
from golive.testing.models import FakeModel

SIGNATURE = Signature(
    form="frame",
    columns=(Column(name="x", type="integer", dtype="int64"),),
    output=Output(kind="binary", classes=("no", "yes"), positive="yes"),
)


def engine():
    return Engine(SIGNATURE, FakeModel(SIGNATURE.output), decoder=Decoder(SIGNATURE))


def test_an_unchanged_model_replays_its_golden_records_faults_included():
    rows = [{"x": 1}, {"x": 2}, {"x": None}]
    golden = [GoldenRecord(r, o) for r, o in zip(rows, answer_rows(engine(), rows), strict=True)]

    assert golden[2].output["error"]["code"] == "null_not_allowed"
    assert replay(engine(), golden, tolerance=0.0) == ()


def test_a_changed_score_is_found_with_its_record_place_and_size():
    [answer] = answer_rows(engine(), [{"x": 1}])
    packed = {**answer, "score": answer["score"] * 1.01}

    [difference] = replay(engine(), [GoldenRecord({"x": 1}, packed)], tolerance=1e-9)

    assert (difference.index, difference.path) == (0, "score")
    assert difference.relative == pytest.approx(0.01 / 1.01)


def test_drift_is_refused_with_the_worst_record_and_the_way_out():
    differences = [
        Difference(index=1, path="score", packed=0.5, now=0.51, relative=0.02),
        Difference(index=4, path="score", packed=0.2, now=0.3, relative=0.33),
    ]

    with pytest.raises(EnvironmentDriftError) as caught:
        refuse_drift("income", differences)

    assert caught.value.message == (
        "income answers 2 of its golden records differently than when it was packed (records 1, "
        "4). The largest: golden record 4, score: packed 0.2, now 0.3, a relative difference of "
        "0.33."
    )
    assert "--allow-drifted-environment" in caught.value.hint


def test_no_difference_is_no_drift():
    refuse_drift("income", [])


@pytest.mark.parametrize(
    ("packed", "now", "relative"),
    [
        ({"label": "a"}, {"label": "b"}, inf),
        ({"label": 1}, {"label": True}, inf),
        ({"label": 1}, {"label": "1"}, inf),
        ({"value": [1, 2]}, {"value": [1]}, inf),
        ({"value": [1, {"p": 2.0}]}, {"value": [1, {"p": 4.0}]}, 0.5),
        ({"score": 1.0}, {"error": {"code": "model_failed"}}, inf),
        ({"error": {"code": "a"}}, {"error": {"code": "b"}}, inf),
    ],
)
def test_what_counts_as_another_answer(packed, now, relative):
    found = compare(0, packed, now, tolerance=1e-9)

    assert max(d.relative for d in found) == relative


@pytest.mark.parametrize(
    ("packed", "now"),
    [
        ({"error": {"code": "a", "message": "x"}}, {"error": {"code": "a", "message": "y"}}),
        ({"score": 0.1}, {"score": 0.1 + 1e-12}),
        ({"score": 1e-17}, {"score": 2e-17}),
        ({"value": None}, {"value": None}),
        ({"score": 1}, {"score": 1.0}),
    ],
)
def test_what_is_the_same_answer(packed, now):
    assert compare(0, packed, now, tolerance=1e-9) == []


def test_a_functions_own_message_member_is_part_of_its_answer():
    assert compare(0, {"value": {"message": "a"}}, {"value": {"message": "b"}}, tolerance=0.0)
