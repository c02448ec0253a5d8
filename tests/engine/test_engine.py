from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.engine.answers import Answer, Fault
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.errors import ModelOutputError, RecordError
from golive.runtimes.protocols import Outputs
from golive.signature.model import Column, Output, Signature
from golive.testing.models import FakeModel

SIGNATURE = Signature(
    form="frame",
    columns=(Column(name="x", type="integer", dtype="int64"),),
    output=Output(kind="regression"),
)


def engine_with(model, signature=SIGNATURE):
    return Engine(signature, model, decoder=Decoder(signature))


def ask(engine, body):
    return engine.answer(engine.decoder.decode_body(json.dumps(body).encode()))


class Identity:
    """Answers x with x; raises what it is told to for some x."""

    def __init__(self, **raises):
        self.raises = {int(k[1:]): v for k, v in raises.items()}

    def predict(self, batch):
        for x in batch.columns[0]:
            if x in self.raises:
                raise self.raises[x]
        return Outputs(values=[float(x) for x in batch.columns[0]])


@given(
    st.lists(st.one_of(st.integers(0, 99), st.none(), st.just("bad"))), st.sets(st.integers(0, 99))
)
def test_every_record_gets_its_own_answer_or_fault_in_its_place(values, failing):
    model = Identity(**{f"x{x}": ValueError("no") for x in failing})

    entries = ask(engine_with(model), [{"x": v} for v in values])

    expected = [
        ("model_failed" if v in failing else float(v))
        if isinstance(v, int)
        else ("null_not_allowed" if v is None else "wrong_type")
        for v in values
    ]
    assert [e.code if isinstance(e, Fault) else e.score for e in entries] == expected


def test_a_models_exception_is_logged_and_not_told_to_the_caller(caplog):
    model = Identity(x3=ValueError("secret path /home/me"))

    with caplog.at_level(logging.WARNING, "golive.engine"):
        first, second = ask(engine_with(model), [{"x": 1}, {"x": 3}])

    assert first == Answer(score=1.0)
    assert (second.code, second.origin) == ("model_failed", "model")
    assert "secret" not in second.message
    assert "ValueError" in second.message
    assert "secret path" in caplog.text


def test_a_record_error_that_a_model_raises_is_the_inputs_fault():
    model = Identity(x3=RecordError("too_old", "x is too old.", "x"))

    [entry] = ask(engine_with(model), [{"x": 3}])

    assert entry == Fault("too_old", "x is too old.", "x", origin="input")


def test_a_models_own_output_error_keeps_its_code_only_if_it_is_known():
    model = Identity(
        x1=ModelOutputError("NaN inside", code="non_finite_output"), x2=ModelOutputError("odd")
    )

    entries = ask(engine_with(model), [{"x": 1}, {"x": 2}])

    assert [e.code for e in entries] == ["non_finite_output", "model_failed"]


@pytest.mark.parametrize("extra", [-1, 2])
def test_the_wrong_number_of_outputs_fails_every_record_of_that_model(extra):
    engine = engine_with(FakeModel(SIGNATURE.output, extra_outputs=extra))

    entries = ask(engine, [{"x": 1}, {"x": 2}])

    assert [e.code for e in entries] == ["model_failed", "model_failed"]


def test_no_records_are_no_answers():
    assert ask(engine_with(Identity()), []) == []
