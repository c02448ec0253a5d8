"""What the tests of inference share: a sample, and answers through the real engine."""

import io
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from golive.engine.answers import Answer, Fault
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.packing.data import rows_of
from golive.packing.identity import compare_direct
from golive.packing.inference import Inference, infer_signature
from golive.packing.policies import settle_policies
from golive.runtimes.loading import model_for


def answer(estimator, kind, signature, rows) -> list[Answer | Fault]:
    decoder = Decoder(signature)
    engine = Engine(signature, model_for(estimator, kind, signature), decoder=decoder)
    return engine.answer(decoder.decode_rows(rows))


@dataclass
class Proven:
    """An inference that went through policies and the proof of identity."""

    inference: Inference
    signature: object
    rows: list
    answers: list
    notes: tuple

    def column(self, name):
        return next(c for c in self.signature.columns if c.name == name)


@pytest.fixture(name="answer")
def _answer():
    return answer


@pytest.fixture
def prove():
    """Infer, settle and compare as `golive.pack` does."""

    def run(estimator, frame, kind="sklearn", **wishes) -> Proven:
        inference = infer_signature(estimator, kind, frame, **wishes)
        rows = rows_of(inference.frame, inference.signature)
        signature, notes = settle_policies(
            inference.signature,
            rows,
            lambda tried, records: answer(estimator, kind, tried, records),
        )
        answers = answer(estimator, kind, signature, rows)
        found = compare_direct(estimator, kind, signature, inference.frame, answers)
        return Proven(
            replace(inference, signature=signature),
            signature,
            rows,
            answers,
            (*inference.notes, *notes, *found),
        )

    return run


@pytest.fixture
def random():
    return np.random.default_rng(7)


@pytest.fixture
def people(random):
    """A table with the kinds of columns that real ones have, and a target `won`."""
    size = 120
    age = random.integers(18, 90, size)
    return pd.DataFrame(
        {
            "age": age,
            "height": random.normal(170, 10, size),
            "city": random.choice(["Ulm", "Bonn", "Köln"], size),
            "code": random.choice(["01", "02", "10"], size),
            "member": random.choice([True, False], size),
            "won": np.where(age + random.normal(0, 15, size) > 50, "yes", "no"),
        }
    )


@pytest.fixture
def as_csv():
    """A table written to a CSV and read back, and the reader of its texts."""

    def run(frame):
        text = frame.to_csv(index=False)

        def read_texts(columns):
            raw = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
            return raw[list(columns)]

        return pd.read_csv(io.StringIO(text)), read_texts

    return run
