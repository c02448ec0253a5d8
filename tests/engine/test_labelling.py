from __future__ import annotations

from math import inf, nan

import pytest

from golive.engine.answers import Answer, Fault, Options
from golive.engine.labelling import class_key, labeller
from golive.errors import ModelOutputError, RecordError
from golive.runtimes.protocols import Outputs
from golive.signature.model import Output

BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes")
THREE = Output(kind="multiclass", classes=(1, 2, 3))


def test_binary_score_is_the_probability_of_the_positive_class_whatever_the_label():
    build = labeller(BINARY, Options())

    entries = build(Outputs(probabilities=[[0.7, 0.3], [0.2, 0.8]]))

    assert entries == [
        Answer(label="no", score=0.3, probabilities={"no": 0.7, "yes": 0.3}),
        Answer(label="yes", score=0.8, probabilities={"no": 0.2, "yes": 0.8}),
    ]


def test_a_tie_without_threshold_goes_to_the_first_class_as_in_scikit_learn():
    [entry] = labeller(BINARY, Options())(Outputs(probabilities=[[0.5, 0.5]]))

    assert entry.label == "no"


@pytest.mark.parametrize(("threshold", "label"), [(0.3, "yes"), (0.30001, "no"), (0.0, "yes")])
def test_a_threshold_labels_positive_from_that_score_on(threshold, label):
    [entry] = labeller(BINARY, Options(threshold=threshold))(Outputs(probabilities=[[0.7, 0.3]]))

    assert entry.label == label


def test_the_callers_threshold_overrides_the_signatures():
    output = Output(kind="binary", classes=("no", "yes"), positive="yes", threshold=0.9)

    [own] = labeller(output, Options())(Outputs(probabilities=[[0.2, 0.8]]))
    [theirs] = labeller(output, Options(threshold=0.1))(Outputs(probabilities=[[0.2, 0.8]]))

    assert (own.label, theirs.label) == ("no", "yes")


def test_the_positive_class_may_be_the_first():
    output = Output(kind="binary", classes=("bad", "good"), positive="bad", threshold=0.5)

    [entry] = labeller(output, Options())(Outputs(probabilities=[[0.6, 0.4]]))

    assert (entry.label, entry.score) == ("bad", 0.6)


def test_multiclass_score_is_that_of_the_label_and_top_cuts_the_probabilities():
    [entry] = labeller(THREE, Options(top=2))(Outputs(probabilities=[[0.2, 0.5, 0.3]]))

    assert entry == Answer(label=2, score=0.5, probabilities={"2": 0.5, "3": 0.3})


def test_the_models_own_label_is_used_where_it_is_not_the_largest_probability():
    output = Output(kind="multiclass", classes=(0, 1, 2), label_source="predict")

    [entry] = labeller(output, Options())(Outputs(probabilities=[[0.5, 0.3, 0.2]], labels=[1]))

    assert (entry.label, entry.score) == (1, 0.3)


def test_boolean_and_integer_classes_are_not_mixed_up():
    output = Output(kind="binary", classes=(False, True), positive=True, label_source="predict")

    [entry] = labeller(output, Options())(Outputs(probabilities=[[0.4, 0.6]], labels=[True]))

    assert entry.label is True
    assert entry.probabilities == {"false": 0.4, "true": 0.6}


def test_classifiers_without_probabilities_give_the_label_alone():
    output = Output(kind="multiclass", classes=("a", "b", "c"), has_probabilities=False)

    assert labeller(output, Options())(Outputs(labels=["b"])) == [Answer(label="b")]


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_non_finite_number_is_that_records_fault(value):
    first, second = labeller(Output(kind="regression"), Options())(Outputs(values=[1.5, value]))

    assert first == Answer(score=1.5)
    assert (second.code, second.origin) == ("non_finite_output", "model")


def test_a_non_finite_probability_is_that_records_fault():
    [entry] = labeller(BINARY, Options())(Outputs(probabilities=[[nan, nan]]))

    assert isinstance(entry, Fault)
    assert entry.code == "non_finite_output"


def test_a_functions_record_error_is_the_inputs_fault():
    error = RecordError("no_budget", "The request has no budget.", "budgets")

    [entry] = labeller(Output(kind="custom"), Options())(Outputs(values=[error]))

    assert entry == Fault("no_budget", "The request has no budget.", "budgets", origin="input")


def test_outputs_without_what_the_signature_promises_are_refused():
    with pytest.raises(ModelOutputError, match="no probabilities"):
        labeller(BINARY, Options())(Outputs(labels=["yes"]))


@pytest.mark.parametrize(
    ("label", "key"), [(True, "true"), (False, "false"), (1, "1"), (1.0, "1.0"), ("a", "a")]
)
def test_map_keys_are_the_labels_text(label, key):
    assert class_key(label) == key
