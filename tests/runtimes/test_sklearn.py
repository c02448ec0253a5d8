import math
import warnings

import numpy as np
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.preprocessing import StandardScaler

from golive.errors import ModelLoadError, ModelOutputError
from golive.runtimes.protocols import Batch
from golive.runtimes.sklearn import SklearnModel
from golive.signature.model import Column, Output, Signature

BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes")
PAIR = Batch(([0.0, 1.0],), 2)


class Told:
    """An estimator that returns what it was told."""

    def __init__(self, predicted, probabilities=None):
        self._predicted = predicted
        if probabilities is not None:
            self.predict_proba = lambda given: np.array(probabilities)

    def predict(self, given):
        return self._predicted


def matrix_model(estimator, output):
    columns = (Column(name="x", type="number", dtype="float64"),)
    return SklearnModel(estimator, Signature(form="matrix", columns=columns, output=output))


@pytest.mark.parametrize(
    "name", ["logistic", "closure", "skops_file", "label_decoding", "boosting_from_dtype"]
)
def test_scores_are_those_of_the_estimator_in_process(make_case, table, name):
    case = make_case(name)
    rows = table.head(100)
    if name == "boosting_from_dtype":
        rows = rows.assign(city=rows.city.astype("category"))
    batch = Batch(tuple(rows[column].tolist() for column in rows.columns), 100)

    found = case.load().predict(batch)

    assert found.probabilities == case.estimator.predict_proba(rows).tolist()


def test_texts_are_scored_as_in_process(make_case):
    case = make_case("texts")

    found = case.load().predict(case.batch)

    expected = case.estimator.predict_proba(case.batch.columns[0])
    assert found.probabilities == expected.tolist()


def test_a_pipeline_that_decodes_its_labels_gives_the_decoded_ones(make_case):
    case = make_case("label_decoding")

    found = case.load().predict(case.batch)

    assert set(found.labels) == {"no", "yes"}


def test_a_classifier_without_probabilities_gives_labels():
    fitted = Perceptron().fit([[0.0], [1.0]], ["no", "yes"])

    found = matrix_model(fitted, replace(BINARY, has_probabilities=False)).predict(PAIR)

    assert found.labels == ["no", "yes"]
    assert found.probabilities is None


def test_the_models_warnings_are_passed_on():
    class Worried(Told):
        def predict(self, given):
            warnings.warn("careful", UserWarning, stacklevel=1)
            return [1.0, 2.0]

    with pytest.warns(UserWarning, match="careful"):
        matrix_model(Worried(None), Output(kind="regression")).predict(PAIR)


def test_what_the_model_raises_is_passed_on():
    fitted = LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"])

    with pytest.raises(ValueError, match="NaN"):
        matrix_model(fitted, BINARY).predict(Batch(([0.0, None],), 2))


def test_a_number_that_is_not_finite_is_left_to_the_engine():
    found = matrix_model(Told([1.0, math.nan]), Output(kind="regression")).predict(PAIR)

    assert found.values[0] == 1.0
    assert math.isnan(found.values[1])


@pytest.mark.parametrize(
    ("estimator", "output", "message"),
    [
        (Told([1.0]), Output(kind="regression"), "1 outputs for 2 records"),
        (Told([1, 2, 3]), Output(kind="custom"), "3 outputs for 2 records"),
        (Told(None, [[0.5, 0.5]]), BINARY, r"shape \(1, 2\) for 2 records"),
        (Told(None, [[0.2, 0.3, 0.5]] * 2), BINARY, "the signature's 2 classes"),
        (
            Told(["no", "odd"], [[0.5, 0.5]] * 2),
            replace(BINARY, label_source="predict"),
            "predicted 'odd', which is none of",
        ),
    ],
)
def test_what_is_no_answer_is_the_models_fault(estimator, output, message):
    with pytest.raises(ModelOutputError, match=message):
        matrix_model(estimator, output).predict(PAIR)


def test_a_transformer_is_no_model():
    with pytest.raises(ModelLoadError, match="StandardScaler has no predict"):
        matrix_model(StandardScaler(), BINARY)


def test_probabilities_that_cannot_be_had_are_refused():
    with pytest.raises(ModelLoadError, match="has no predict_proba") as caught:
        matrix_model(Perceptron(), BINARY)

    assert "has_probabilities = false" in caught.value.hint
