from __future__ import annotations

from itertools import count

import pytest

from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.pace import Pace
from golive.engine.timing import measure_pace
from golive.signature.model import Column, Output, Signature
from golive.testing.models import FakeModel

REGRESSION = Output(kind="regression")
ROWS = [{"x": n} for n in range(5)]


def engine_with(model, column=None):
    column = column or Column(name="x", type="integer", dtype="int64")
    signature = Signature(form="frame", columns=(column,), output=REGRESSION)
    return Engine(signature, model, decoder=Decoder(signature))


def ticking(seconds):
    """A clock in which each look takes so long."""
    ticks = count()
    return lambda: next(ticks) * seconds


def test_a_model_that_answers_within_a_millisecond_does_so_on_the_loop():
    pace = measure_pace(engine_with(FakeModel(REGRESSION)), ROWS, "sklearn", clock=ticking(0.0005))

    assert (pace.manner, pace.call_seconds, pace.record_seconds) == ("on_loop", 0.0005, 0.0)


def test_a_model_that_takes_longer_answers_in_a_thread():
    pace = measure_pace(engine_with(FakeModel(REGRESSION)), ROWS, "sklearn", clock=ticking(0.002))

    assert (pace.manner, pace.call_seconds) == ("in_thread", 0.002)


@pytest.mark.parametrize("kind", ["function", "pyfunc"])
def test_what_its_author_wrote_is_asked_apart_and_not_timed(kind):
    fake = FakeModel(REGRESSION)

    pace = measure_pace(engine_with(fake), ROWS, kind)

    assert (pace.manner, fake.sizes) == ("apart", [])


def test_a_model_that_gains_nothing_from_batches_answers_at_once():
    fake = FakeModel(REGRESSION)
    fake.answers_at_once = True

    pace = measure_pace(engine_with(fake), ROWS, "sklearn", clock=ticking(1e-5))

    assert (pace.manner, pace.record_seconds) == ("at_once", pytest.approx(1e-5))
    assert set(fake.sizes) == {1}


def test_a_model_that_would_hold_the_loop_answers_in_a_thread_though_it_gains_nothing():
    fake = FakeModel(REGRESSION)
    fake.answers_at_once = True

    pace = measure_pace(engine_with(fake), ROWS, "sklearn", clock=ticking(0.008))

    assert (pace.manner, pace.call_seconds) == ("in_thread", 0.008)


def test_a_very_slow_model_is_asked_once():
    fake = FakeModel(REGRESSION)

    pace = measure_pace(engine_with(fake), ROWS, "sklearn", clock=ticking(3.0))

    assert (pace.manner, fake.sizes) == ("in_thread", [1])


def test_without_golden_records_nothing_is_known_to_be_fast():
    assert measure_pace(engine_with(FakeModel(REGRESSION)), [], "sklearn").manner == "in_thread"


def test_images_are_not_read_on_the_loop():
    image = Column(name="x", type="image", dtype="uint8", pixel_mode="L", shape=(2, 2, 1))

    pace = measure_pace(engine_with(FakeModel(REGRESSION), image), [], "onnx")

    assert not pace.reads_quickly


def test_what_a_batch_holds_follows_from_what_a_record_takes():
    pace = Pace(call_seconds=0.001, record_seconds=0.0001)

    assert (pace.most_on_loop, pace.most_in_thread) == (11, 191)
    assert (Pace().most_on_loop, Pace().most_in_thread) == (4096, 4096)


def test_a_batch_may_take_twice_as_long_as_a_call():
    pace = Pace(call_seconds=0.5, record_seconds=0.001)

    assert (pace.most_on_loop, pace.most_in_thread) == (1, 501)
