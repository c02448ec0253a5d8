from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from golive.backends.messages import (
    Failed,
    ModelOrder,
    Order,
    Question,
    decode_answers,
    decode_order,
    decode_question,
    encode_answers,
    encode_failure,
    encode_order,
    encode_question,
    number_of,
)
from golive.engine.answers import Answer, Fault, Options
from golive.engine.decoded import Decoded
from golive.engine.unread import Unread
from golive.runtimes.protocols import Batch


def test_answers_come_as_they_were_given():
    entries = [
        Answer(label=1, score=0.1 + 0.2, probabilities={"0": 5e-324, "1": 1.7976931348623157e308}),
        Answer(label="größer", score=-0.0),
        Answer(label=True, score=1.0),
        Answer(value={"n": 2**80, "list": [None, -(2**63), 1e22, 3, "\U0001f600\0"], "": False}),
        Answer(value=None),
        Fault("wrong_type", 'no "number"', "a[0]", "input", (Fault("null_not_allowed", "b"),)),
        Fault("model_failed", "It failed.", origin="model"),
    ]

    found = decode_answers(bytearray(encode_answers(7, [entries, []])))

    assert found == [entries, []]
    assert math.copysign(1, found[0][1].score) == -1
    assert [type(value) for value in found[0][3].value["list"]] == [
        type(None), int, float, int, str,
    ]  # fmt: skip
    assert (type(found[0][2].label), type(found[0][2].score)) == (bool, float)


def test_the_number_of_a_question_comes_back():
    assert number_of(bytearray(encode_answers(2**40, []))) == 2**40
    assert number_of(bytearray(encode_failure(3, "no"))) == 3


def test_a_failure_is_raised():
    with pytest.raises(Failed, match="MemoryError: no"):
        decode_answers(bytearray(encode_failure(1, "MemoryError: no")))


def test_a_question_holds_every_kind_of_value():
    columns = (
        [1, None],
        [2**62, -1.5],
        [datetime(2026, 1, 2, tzinfo=UTC), datetime.fromisoformat("2026-01-02")],
        [b"\0", [[1.0, 2.0]]],
        [Unread({"n": 2**70}, check_values=True, from_text=False), Unread("x", False, True)],
    )
    decoded = Decoded(
        batch=Batch(columns, 2),
        indices=[0, 2],
        faults={1: Fault("wrong_type", "no")},
        size=3,
        options=Options(threshold=0.5, ids=("a", 2, "c")),
    )

    found = decode_question(encode_question(Question(9, "m", [decoded, decoded])))

    assert (found.number, found.model) == (9, "m")
    assert found.requests == [decoded, decoded]


def test_an_order_comes_as_it_was_given():
    order = Order(
        models=(ModelOrder(name="m", bundle="/b/m.bundle"),),
        threads=3,
        allow_drifted_environment=True,
        original=True,
        no_pickle=True,
    )

    assert decode_order(encode_order(order)) == order
