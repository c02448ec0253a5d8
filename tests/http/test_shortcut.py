"""Shortcuts: the answer to a plain record is, to the byte, what the usual steps give."""

import sys
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.hostile_bodies import GOOD, HOSTILE_BODIES
from tests.engine.hostile_bodies import SIGNATURE as HOSTILE
from tests.http.gateways import make_gateway, read

from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.pace import Pace
from golive.http.protocols import Head
from golive.runtimes.protocols import Batch
from golive.service.served import ServedModel
from golive.signature.model import Column, Output, Signature
from golive.testing.models import FakeModel

PREDICT = Head(
    method="POST",
    path="/predict",
    headers={"host": "localhost", "content-type": "application/json"},
)
OUTPUTS = {
    "argmax": Output(kind="binary", classes=(0, 1), positive=1),
    "threshold": Output(kind="binary", classes=("no", "yes"), positive="no", threshold=0.4),
    "own labels": Output(kind="binary", classes=(0, 1), positive=1, label_source="predict"),
    "own labels and a threshold": Output(
        kind="binary", classes=(0, 1), positive=1, threshold=0.7, label_source="predict"
    ),
    "labels alone": Output(kind="multiclass", classes=("a", "b", "c"), has_probabilities=False),
    "multiclass": Output(kind="multiclass", classes=("a", None, True, 2.5)),
    "own labels of many": Output(
        kind="multiclass", classes=("a", None, True, 2.5), label_source="predict"
    ),
    "regression": Output(kind="regression"),
    "custom": Output(kind="custom"),
}
COLUMNS = (
    Column(name="x", type="integer", dtype="int64", minimum=0, maximum=50),
    Column(name="y", type="number", dtype="float64", minimum=-1.5, on_null="pass"),
    Column(name="s", type="category", dtype="object", categories=("a", "b"), on_unseen="error"),
)
TEXT = Signature(
    form="series",
    columns=(Column(name="post", type="text", dtype="object", on_null="pass"),),
    output=OUTPUTS["multiclass"],
)


class SingleModel(FakeModel):
    """A fake model that answers single records, too."""

    def predict_one(self, record):
        outputs = self.predict(Batch(tuple([value] for value in record), 1))
        given = (outputs.probabilities, outputs.labels, outputs.values)
        found = [member[0] for member in given if member is not None]
        return tuple(found) if len(found) > 1 else found[0]


def gateway_of(kind, signature, *, body_bytes=10_000_000, **behaviour):
    fake = kind(signature.output, **behaviour)
    pace = Pace(manner="at_once", call_seconds=1e-6, record_seconds=1e-6)
    engine = Engine(signature, fake, decoder=Decoder(signature), pace=pace)
    model = ServedModel(name='m"é', version="v", engine=engine)
    return make_gateway(model, body_bytes=body_bytes)


def told(kind, signature, body, **behaviour):
    """The response, the log lines and the metrics, without what differs each time."""
    gateway, lines = gateway_of(kind, signature, **behaviour)
    response = gateway.answer(gateway.admit(PREDICT), body, started=time.perf_counter())
    log = [{k: v for k, v in line.items() if k != "milliseconds"} for line in read(lines)]
    _, metrics = gateway.telemetry.metrics.expose()
    counted = [line for line in metrics.splitlines() if b"seconds" not in line]
    return response.status, response.lines, response.body, log, counted


def both_agree(signature, body, **behaviour):
    short = told(SingleModel, signature, body, **behaviour)
    assert short == told(FakeModel, signature, body, **behaviour)
    return short


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
@pytest.mark.parametrize(
    "body",
    [
        b'{"x": 1, "y": 0.5, "s": "a"}',
        b'{"s":"b","y":null,"x":7}',
        b'{"x": 51, "y": -2, "s": "b"}',
        b'{"x": 1, "y": 0.5, "s": "z"}',
        b'{"x": "1", "y": 0.5, "s": "a"}',
        b'{"x": 1, "y": 0.5, "s": "a", "more": 1}',
        b'{"y": 0.5, "s": "a"}',
        b'[{"x": 1, "y": 0.5, "s": "a"}]',
        b'{"records": [{"x": 1, "y": 0.5, "s": "a"}], "ids": ["k"]}',
        b'{"x": 13, "y": 0.5, "s": "a"}',
    ],
)
def test_it_says_what_the_usual_steps_say(output, body):
    signature = Signature(form="frame", columns=COLUMNS, output=output)

    both_agree(signature, body, fails_on=lambda record: record[0] == 13)


@pytest.mark.parametrize(
    ("body", "name"), [(body, name) for name, body, _ in HOSTILE_BODIES if len(body) < 10_000]
)
def test_it_says_of_hostile_bodies_what_the_usual_steps_say(body, name):
    both_agree(HOSTILE, body)


@pytest.mark.parametrize(
    "body",
    [
        b'"some text"',
        b'{"text": "some"}',
        b'{"post": "some"}',
        b'{"post": "some", "text": "other"}',
        b"{}",
        b'{"text": null}',
        b'["a", "b"]',
        b'"the word \\"records\\" in it"',
        b'"\\ud800"',
        b"17",
    ],
)
def test_it_says_of_texts_what_the_usual_steps_say(body):
    both_agree(TEXT, body)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from("abz")
)


@settings(max_examples=300, deadline=None)
@given(record=st.fixed_dictionaries({}, optional={"x": VALUES, "y": VALUES, "s": VALUES}))
def test_it_says_of_any_record_what_the_usual_steps_say(record):
    signature = Signature(form="frame", columns=COLUMNS, output=OUTPUTS["threshold"])

    both_agree(signature, msgspec.json.encode(record))


@pytest.mark.parametrize("answer", [float("nan"), float("inf"), "text", None])
def test_what_is_no_finite_number_goes_the_usual_way(answer):
    signature = Signature(form="frame", columns=COLUMNS, output=OUTPUTS["regression"])

    both_agree(signature, b'{"x": 1, "y": 0.5, "s": "a"}', answers=lambda record: answer)


@pytest.mark.parametrize("answer", [object(), ["\ud800", float("nan")]], ids=["no JSON", "NaN"])
def test_what_cannot_be_written_as_json_fails_as_usual(answer):
    signature = Signature(form="frame", columns=COLUMNS, output=OUTPUTS["custom"])

    status, *_ = both_agree(
        signature, b'{"x": 1, "y": 0.5, "s": "a"}', answers=lambda record: answer
    )

    assert status == 500


def test_a_model_that_wants_to_exit_fails_as_usual():
    signature = Signature(form="frame", columns=COLUMNS, output=OUTPUTS["regression"])

    status, *_ = both_agree(
        signature, b'{"x": 1, "y": 0.5, "s": "a"}', answers=lambda record: sys.exit(3)
    )

    assert status == 500


@pytest.mark.parametrize(
    ("signature", "body"),
    [(HOSTILE, GOOD), (TEXT, b'"some text"'), (TEXT, b'{"text": "some"}')],
)
def test_it_is_taken(signature, body):
    engine = Engine(signature, SingleModel(signature.output), decoder=Decoder(signature))

    answer, out_of_range = engine.shortcut(body)

    assert [answer] == engine.answer(engine.decoder.decode_body(body))
    assert out_of_range == 0


def test_a_body_that_is_too_large_is_refused_as_usual():
    status, *_ = both_agree(HOSTILE, GOOD, body_bytes=10)

    assert status == 413
