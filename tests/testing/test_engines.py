"""The conformance suite of the seam between service and engine, with the fake as its subject."""

import pytest

from golive.engine.answers import Answer, Fault
from golive.errors import RequestError
from golive.testing.engines import FakeEngine


@pytest.fixture
def engine():
    return FakeEngine()


def test_a_record_is_answered(engine):
    decoded = engine.decoder.decode_body(b'{"x": 1}')

    assert engine.answer(decoded) == [Answer(score=1.0)]


def test_entries_stand_in_the_order_of_the_request(engine):
    decoded = engine.decoder.decode_body(b'[{"x": 1}, {}, {"x": 2}]')

    entries = engine.answer(decoded)

    assert decoded.size == 3
    assert [type(entry) for entry in entries] == [Answer, Fault, Answer]


def test_a_query_is_one_record(engine):
    decoded = engine.decoder.decode_query([("x", "1.5"), ("_id", "a")])

    assert decoded.options.ids == ("a",)
    assert engine.answer(decoded) == [Answer(score=1.5)]


def test_a_body_that_is_no_json_is_an_error_of_the_request(engine):
    with pytest.raises(RequestError) as caught:
        engine.decoder.decode_body(b"{")

    assert caught.value.code == "malformed_json"


def test_values_outside_the_signature_are_counted(engine):
    decoded = engine.decoder.decode_body(b'{"x": 1000, "y": 0, "z": 0}')

    assert (decoded.extra_columns, decoded.out_of_range) == (2, 1)
