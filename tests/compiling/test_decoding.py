# ruff: noqa: N803
from __future__ import annotations

from types import FunctionType

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler
from tests.compiling.agreement import compiled
from tests.compiling.tables import fitted, matrix, two_classes

from golive.compiling.exporting import NotExportableError

NAMES = np.array(["poor", "rich"])


class Decoder(ClassifierMixin, BaseEstimator):
    def __init__(self, encoder=None):
        self.encoder = encoder

    def fit(self, X, y):
        self.encoder = LabelEncoder().fit(y)
        self.model_ = LogisticRegression().fit(X, self.encoder.transform(y))
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X):
        """Its docstring does not matter."""
        return self.model_.predict_proba(X)

    def predict(self, X):
        return self.encoder.inverse_transform(self.model_.predict(X))


class Sharper(Decoder):
    def predict_proba(self, X):
        return self.model_.predict_proba(X) ** 2


class Guarded(Decoder):
    def predict(self, X):
        return self.encoder.inverse_transform(self.model_.predict(X + 1))


class DecodingPipeline(Pipeline):
    def predict(self, X):
        return self.encoder.inverse_transform(super().predict(X))


class BoldPipeline(DecodingPipeline):
    def predict_proba(self, X):
        return super().predict_proba(X)[:, ::-1]


class ShiftingPipeline(Pipeline):
    def predict(self, X):
        return super().predict(X + 1)


class HeirOfAShiftingPipeline(ShiftingPipeline):
    def predict(self, X):
        return self.encoder.inverse_transform(super().predict(X))


class Shifting:
    def predict(self, X):
        return Pipeline.predict(self, X + 1)


class PipelineOverAMixin(DecodingPipeline, Shifting):
    pass


class MixinUnderAPipeline(Shifting, Pipeline):
    predict = DecodingPipeline.predict


def _with_another_super():
    known = {"Pipeline": Pipeline, "super": lambda: None}
    exec(  # a module that shadows a name of Python
        "class Shadowing(Pipeline):\n"
        "    def predict(self, X):\n"
        "        __class__\n"
        "        return self.encoder.inverse_transform(super().predict(X))\n",
        known,
    )
    known["Shadowing"].predict = FunctionType(
        DecodingPipeline.predict.__code__,
        known,
        "predict",
        None,
        known["Shadowing"].predict.__closure__,
    )
    return known["Shadowing"]


@pytest.mark.parametrize(
    "kind",
    [HeirOfAShiftingPipeline, PipelineOverAMixin, MixinUnderAPipeline, _with_another_super()],
)
def test_a_pipeline_whose_super_may_be_something_else_is_not_exported(kind):
    rows = matrix()
    model = kind([("scale", StandardScaler()), ("last", LogisticRegression())])
    fitted(model, rows, two_classes(rows))

    with pytest.raises(NotExportableError, match=f"{kind.__name__} has no exporter"):
        compiled(model, rows)


def trained(last):
    rows = matrix()
    return fitted(make_pipeline(StandardScaler(), last), rows, NAMES[two_classes(rows)]), rows


def test_a_class_that_decodes_the_labels_of_an_estimator_is_compiled_as_that():
    model, rows = trained(Decoder())
    program = compiled(model, rows)

    answers = program.labelled(rows.tolist())

    assert np.allclose([p for p, _ in answers], model.predict_proba(rows), rtol=1e-9)
    assert [str(NAMES[at]) for _, at in answers] == model.predict(rows).tolist()


@pytest.mark.parametrize("last", [Sharper(), Guarded()])
def test_a_class_that_does_more_is_not_exported(last):
    model, rows = trained(last)

    with pytest.raises(NotExportableError, match=f"{type(last).__name__} has no exporter"):
        compiled(model, rows)


def test_a_pipeline_that_decodes_labels_is_compiled_as_its_steps():
    rows = matrix()
    model = DecodingPipeline([("scale", StandardScaler()), ("last", LogisticRegression())])
    fitted(model, rows, two_classes(rows))
    model.encoder = LabelEncoder().fit(NAMES)
    program = compiled(model, rows)

    answers = program.labelled(rows.tolist())

    assert np.allclose([p for p, _ in answers], model.predict_proba(rows), rtol=1e-9)
    assert [str(NAMES[at]) for _, at in answers] == model.predict(rows).tolist()


def test_a_pipeline_with_probabilities_of_its_own_is_not_exported():
    rows = matrix()
    model = BoldPipeline([("scale", StandardScaler()), ("last", LogisticRegression())])
    fitted(model, rows, two_classes(rows))

    with pytest.raises(NotExportableError, match="BoldPipeline has no exporter"):
        compiled(model, rows)
