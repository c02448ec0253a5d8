import time

import pytest

from golive.runtimes.protocols import Batch
from golive.signature.model import Output
from golive.testing.models import FakeModel

BATCH = Batch(([1, 2, 3],), 3)
BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes")


def test_it_fails_on_the_records_that_it_was_told():
    model = FakeModel(BINARY, fails_on=lambda record: record[0] == 2)

    assert model.predict(BATCH.take([0, 2])).probabilities is not None
    with pytest.raises(ValueError, match="cannot handle"):
        model.predict(BATCH)
    assert model.sizes == [2, 3]


@pytest.mark.parametrize(("extra", "length"), [(-1, 2), (2, 5)])
def test_it_gives_the_wrong_number_of_outputs(extra, length):
    outputs = FakeModel(BINARY, extra_outputs=extra).predict(BATCH)

    assert len(outputs.probabilities) == length


def test_it_takes_its_time():
    started = time.monotonic()

    FakeModel(BINARY, seconds=0.05).predict(BATCH)

    assert time.monotonic() - started >= 0.05


def test_it_answers_what_it_was_told():
    model = FakeModel(Output(kind="regression"), answers=lambda record: record[0] * 2.0)

    assert model.predict(BATCH).values == [2.0, 4.0, 6.0]
