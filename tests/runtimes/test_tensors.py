import math

import numpy as np
import pytest

from golive.errors import ModelLoadError, ModelOutputError, RecordError
from golive.runtimes.protocols import Batch
from golive.runtimes.tensor_program import TensorFacts, TensorSpec
from golive.runtimes.tensors import TensorModel
from golive.signature.model import Column, Output, Signature
from golive.testing.tensor_programs import NumpyProgram

BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes")
THREE = Output(kind="multiclass", classes=("a", "b", "c"))
NUMBER = Output(kind="regression", has_probabilities=False)


def spec(name, *shape, dtype="float32"):
    return TensorSpec(name, dtype, shape)


def column(name, type_="number", dtype="float32", **more):
    return Column(name=name, type=type_, dtype=dtype, **more)


def echo(output, given, *, out=(), dtype="float32"):
    """A model of one free input that gives `given`, whatever it is asked."""
    facts = TensorFacts(
        inputs=(spec("x", 1),), outputs=out or (spec("y", dtype=np.asarray(given).dtype.name),)
    )
    program = NumpyProgram(facts, lambda _: [np.asarray(given)])
    return TensorModel(program, Signature(form="matrix", columns=(column("x"),), output=output))


def ask(model, size=2):
    return model.predict(Batch(([0.5] * size,), size))


@pytest.mark.parametrize("given", [[0.25, 0.5], [[0.25], [0.5]]])
def test_one_probability_a_record_is_that_of_the_second_class(given):
    outputs = ask(echo(BINARY, np.array(given, dtype="float32")))

    assert outputs.probabilities == [[0.75, 0.25], [0.5, 0.5]]


def test_a_logit_becomes_two_probabilities_that_keep_their_precision():
    output = Output(kind="binary", classes=(0, 1), positive=1, activation="sigmoid")

    [low, high] = ask(echo(output, np.array([-800.0, 40.0]))).probabilities

    assert low == [1.0, 0.0]
    assert high == [pytest.approx(math.exp(-40)), 1.0]


def test_softmax_does_not_overflow():
    output = Output(kind="multiclass", classes=("a", "b", "c"), activation="softmax")

    [first, second] = ask(echo(output, [[1000.0, 1000.0, -1000.0], [0.0, 0.0, 0.0]])).probabilities

    assert first == [0.5, 0.5, 0.0]
    assert second == pytest.approx([1 / 3] * 3)


def test_logits_that_are_no_numbers_stay_none():
    output = Output(kind="multiclass", classes=("a", "b"), activation="softmax")

    [first, second] = ask(echo(output, [[math.nan, 0.0], [math.inf, 0.0]])).probabilities

    assert all(map(math.isnan, first))
    assert math.isnan(second[0])


def test_a_classifier_of_the_wrong_width_is_named_with_both_shapes():
    with pytest.raises(ModelOutputError, match=r"shape \(2, 2\) for 2 records.*need \(2, 3\)"):
        ask(echo(THREE, [[0.5, 0.5], [0.5, 0.5]]))


def test_outputs_for_fewer_records_are_refused():
    with pytest.raises(ModelOutputError, match="1 outputs for 2 records"):
        ask(echo(NUMBER, [1.0]))


def test_a_regression_of_two_numbers_is_told_to_be_custom():
    with pytest.raises(ModelOutputError, match="one number a record"):
        ask(echo(NUMBER, [[1.0, 2.0], [1.0, 2.0]]))


def test_single_precision_becomes_the_number_that_it_is():
    assert ask(echo(NUMBER, np.array([0.1, 0.2], dtype="float32"))).values == [
        0.10000000149011612,
        0.20000000298023224,
    ]


def test_custom_answers_are_nested_lists():
    given = np.arange(8.0).reshape(2, 2, 2)

    assert ask(echo(Output(kind="custom"), given)).values == [
        [[0.0, 1.0], [2.0, 3.0]],
        [[4.0, 5.0], [6.0, 7.0]],
    ]


def test_several_arrays_are_one_object_unless_one_is_named():
    out = (spec("mean"), spec("spread"))
    facts = TensorFacts(inputs=(spec("x", 1),), outputs=out)
    program = NumpyProgram(facts, lambda x: [x[:, 0], x[:, 0] * 2])

    def values(output):
        model = TensorModel(
            program, Signature(form="matrix", columns=(column("x"),), output=output)
        )
        return ask(model, size=1).values

    assert values(Output(kind="custom")) == [{"mean": 0.5, "spread": 1.0}]
    assert values(Output(kind="regression", tensor="spread")) == [1.0]


def test_an_answer_that_the_program_does_not_give_is_refused_at_once():
    with pytest.raises(ModelLoadError, match="gives the arrays y; the signature names 'z'"):
        echo(Output(kind="regression", tensor="z"), [1.0])


def test_class_numbers_become_the_classes_names():
    output = Output(kind="multiclass", classes=("a", "b", "c"), has_probabilities=False)

    assert ask(echo(output, np.array([2, 0]))).labels == ["c", "a"]
    with pytest.raises(ModelOutputError, match="outside the 3 classes"):
        ask(echo(output, np.array([3, 0])))


def test_labels_that_are_classes_stay_what_they_are():
    output = Output(kind="multiclass", classes=(1, 5, 7), has_probabilities=False)

    assert ask(echo(output, np.array([[7], [1]]))).labels == [7, 1]


def test_a_map_without_a_class_is_the_models_fault():
    given = np.array([{"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}], dtype=object)

    with pytest.raises(ModelOutputError, match="no probability for the class 'c'"):
        ask(echo(THREE, given))


def model_of(columns, inputs, compute, *, form="tensors", batch_size=None):
    facts = TensorFacts(inputs=inputs, outputs=(spec("y"),), batch_size=batch_size)
    program = NumpyProgram(facts, compute)
    signature = Signature(form=form, columns=columns, output=NUMBER)
    return TensorModel(program, signature), program


def test_a_null_is_nan_where_the_input_holds_floats():
    model, _ = model_of((column("x"),), (spec("x"),), lambda x: [np.isnan(x) * 1.0])

    assert model.predict(Batch(([None, 2.0],), 2)).values == [1.0, 0.0]


@pytest.mark.parametrize(
    ("given", "type_", "dtype"), [(None, "integer", "int64"), (None, "string", "object")]
)
def test_a_null_is_refused_where_the_input_cannot_hold_one(given, type_, dtype):
    columns = (column("x", type_, dtype),)
    model, _ = model_of(columns, (spec("x", dtype=dtype),), lambda x: [x])

    with pytest.raises(RecordError, match="cannot hold a null in x") as caught:
        model.predict(Batch(([given],), 1))

    assert (caught.value.code, caught.value.field) == ("null_not_allowed", "x")


@pytest.mark.parametrize(
    ("value", "dtype"), [(1e39, "float32"), (1e5, "float16"), (2**40, "int32"), (300, "uint8")]
)
def test_a_number_that_the_input_cannot_hold_is_the_records_fault(value, dtype):
    model, _ = model_of((column("x", dtype=dtype),), (spec("x", dtype=dtype),), lambda x: [x])

    with pytest.raises(RecordError, match=f"holds {dtype}") as caught:
        model.predict(Batch(([value],), 1))

    assert (caught.value.code, caught.value.field) == ("out_of_range", "x")


@pytest.mark.parametrize("shape", [(2, 3), (6,), (6, 1), (None, 3)])
def test_a_vector_takes_the_shape_of_the_input(shape):
    vector = column("x", "vector", shape=(2, 3) if None in shape else ())
    model, _ = model_of((vector,), (spec("x", *shape),), lambda x: [x.reshape(len(x), -1).sum(1)])
    flat = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    given = [flat[:3], flat[3:]] if None in shape else flat

    assert model.predict(Batch(([given, given],), 2)).values == [21.0, 21.0]


def test_columns_stand_side_by_side_in_a_matrix():
    model, _ = model_of(
        (column("a"), column("b", "boolean", "bool")), (spec("x", None),),
        lambda x: [x @ np.array([1, 10], dtype="float32")], form="matrix",
    )  # fmt: skip

    assert model.predict(Batch(([1.5, 2.5], [True, False]), 2)).values == [11.5, 2.5]


@pytest.mark.parametrize(
    ("form", "names", "inputs"),
    [
        ("matrix", "ab", (spec("x", 3),)),
        ("matrix", "ab", (spec("x", 2, 2),)),
        ("tensors", "a", (spec("x"), spec("y"))),
        ("frame", "a", (spec("x"),)),
    ],
)
def test_columns_that_the_program_does_not_take_are_refused(form, names, inputs):
    with pytest.raises(ModelLoadError):
        model_of(tuple(map(column, names)), inputs, lambda *_: [], form=form)


def test_a_program_of_a_fixed_batch_size_is_run_in_parts():
    model, program = model_of((column("x"),), (spec("x"),), lambda x: [x * 2], batch_size=4)

    found = model.predict(Batch(([float(i) for i in range(6)],), 6)).values

    assert found == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert program.sizes == [4, 4]
