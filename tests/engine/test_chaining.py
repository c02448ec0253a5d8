"""Models some of whose columns are answers of others."""

import pytest

from golive.engine.answers import Answer, Fault
from golive.engine.chaining import ChainModel, Source, output_at
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.errors import RecordError
from golive.signature.features import chained_signature
from golive.signature.model import Column, FeatureSource, Output, Signature
from golive.testing.models import FakeModel

A, B, RISK = (Column(name=n, type="number", dtype="float64") for n in ("a", "b", "risk"))
RISKS = FeatureSource(model="scorer", outputs={"risk": "score"})
OWN = Signature(
    form="frame", columns=(RISK, A), output=Output(kind="regression"), features=(RISKS,)
)
SCORER = Signature(form="frame", columns=(A, B), output=Output(kind="regression"))
ANSWER = {"label": "x", "probabilities": {"a.b": 0.5}, "value": {"m": {"n": None}, "k": [1]}}


def engine_of(signature, **options):
    model = FakeModel(signature.output, **options)
    return Engine(signature, model, decoder=Decoder(signature))


def chain_of(scorer, own=None):
    chained = chained_signature(OWN, {"scorer": SCORER})
    model = ChainModel(
        chained,
        own or engine_of(OWN, answers=lambda record: 100 * record[0] + record[1]),
        [Source(features=RISKS, engine=scorer)],
    )
    return Engine(chained, model, decoder=Decoder(chained))


def answers(engine, *records):
    return engine.answer(engine.decoder.decode_rows(list(records)))


def test_the_answer_of_a_source_is_a_column_of_the_model():
    chain = chain_of(engine_of(SCORER, answers=lambda record: record[0] + record[1]))

    found = answers(chain, {"a": 1.0, "b": 2.0}, {"b": 0.5, "a": 3.0})

    assert found == [Answer(score=301.0), Answer(score=353.0)]


def test_a_batch_is_one_call_of_each_model():
    scorer = engine_of(SCORER, answers=lambda record: 0.0)
    own = engine_of(OWN, answers=lambda record: 0.0)

    answers(chain_of(scorer, own), *[{"a": 1.0, "b": 2.0}] * 50)

    assert (scorer.model.sizes, own.model.sizes) == ([50], [50])


def test_a_record_that_a_source_fails_on_fails_alone_and_the_error_says_where():
    scorer = engine_of(SCORER, answers=lambda r: r[0], fails_on=lambda record: record[0] == 13)

    first, failed, last = answers(chain_of(scorer), *({"a": a, "b": 0.0} for a in (1.0, 13.0, 2.0)))

    assert (first, last) == (Answer(score=101.0), Answer(score=202.0))
    assert isinstance(failed, Fault)
    assert (failed.code, failed.origin) == ("model_failed", "model")
    assert failed.message.startswith("scorer: The model failed on this record (ValueError)")


def test_a_source_that_refuses_a_record_makes_it_the_fault_of_the_input():
    def answer(record):
        return RecordError("too_old", "no such age", "a") if record[0] > 1 else record[0]

    scorer = Signature(form="frame", columns=(A, B), output=Output(kind="custom"))
    features = FeatureSource(model="scorer", outputs={"risk": "value"})
    chained = chained_signature(OWN, {"scorer": scorer})
    source = Source(features=features, engine=engine_of(scorer, answers=answer))
    own = engine_of(OWN, answers=lambda record: record[0])
    model = ChainModel(chained, own, [source])
    chain = Engine(chained, model, decoder=Decoder(chained))

    good, failed = answers(chain, {"a": 1.0, "b": 0.0}, {"a": 2.0, "b": 0.0})

    assert good == Answer(score=1.0)
    assert failed == Fault("too_old", "scorer: no such age", "a")


def test_an_answer_that_the_model_does_not_take_is_an_error_of_the_record():
    scorer = engine_of(SCORER, answers=lambda record: float("nan") if record[0] else 1.0)

    failed, good = answers(chain_of(scorer), {"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 0.0})

    assert good == Answer(score=100.0)
    assert (failed.code, failed.origin) == ("non_finite_output", "model")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("label", (True, "x")),
        ("score", (False, None)),
        ("probabilities.a.b", (True, 0.5)),
        ("probabilities.a", (False, None)),
        ("value.m.n", (True, None)),
        ("value.m.o", (False, None)),
        ("value.k.0", (False, None)),
        ("value.k", (True, [1])),
    ],
)
def test_an_output_is_found_by_its_path(path, expected):
    assert output_at(ANSWER, path) == expected
