"""What is inferred of tensor programs, and that the answers are those of the program itself."""

import numpy as np
import pandas as pd
import pytest

from golive.engine.answers import Answer
from golive.errors import PackError, SignatureError
from golive.packing.data import as_frame
from golive.packing.identity import compare_direct
from golive.packing.inference import infer_signature
from golive.packing.pictures import with_pictures
from golive.runtimes.tensor_program import TensorFacts, TensorSpec
from golive.testing.tensor_programs import NumpyProgram

ROWS = 60


def spec(name, *shape, dtype="float32"):
    return TensorSpec(name, dtype, shape)


def program(compute, *inputs, out=("y",), batch_size=None):
    dtypes = {"label": "int64"}
    outputs = tuple(spec(name, dtype=dtypes.get(name, "float32")) for name in out)
    facts = TensorFacts(inputs=inputs, outputs=outputs, batch_size=batch_size)
    return NumpyProgram(facts, compute)


def features(width):
    return spec("features", width)


@pytest.fixture
def numbers(random):
    return pd.DataFrame(random.normal(size=(ROWS, 3)), columns=["a", "b", "c"])


def shares(x):
    powers = np.exp(x)
    return [(powers / powers.sum(axis=1, keepdims=True)).astype("float32")]


def test_all_columns_are_the_features_of_the_one_input(prove, numbers):
    model = program(lambda x: [x.sum(axis=1, keepdims=True)], features(3))

    proven = prove(model, numbers, kind="onnx")

    assert proven.signature.form == "matrix"
    assert [(c.name, c.type, c.dtype) for c in proven.signature.columns] == [
        ("a", "number", "float32"), ("b", "number", "float32"), ("c", "number", "float32"),
    ]  # fmt: skip
    assert proven.signature.output.kind == "regression"


def test_a_wrong_number_of_features_says_both_numbers(numbers):
    with pytest.raises(SignatureError, match="takes 4 columns and saw no names; the data has 3"):
        infer_signature(program(lambda x: [x], features(4)), "onnx", numbers)


def test_a_feature_of_texts_is_named(numbers):
    with pytest.raises(SignatureError, match=r"Column 'b' holds .* input 'features' float32"):
        infer_signature(program(lambda x: [x], features(3)), "onnx", numbers.assign(b=["x"] * ROWS))


def test_columns_are_matched_to_inputs_by_name(prove, numbers):
    model = program(
        lambda b, word, a: [a + b[:, 0] + np.array([len(w) for w in word[:, 0]], dtype="float32")],
        spec("b", 1), spec("word", 1, dtype="object"), spec("a"),
    )  # fmt: skip
    table = numbers.assign(word=["x", "yy"] * (ROWS // 2))

    proven = prove(model, table, kind="onnx")

    assert proven.signature.form == "tensors"
    assert [(c.name, c.type, c.dtype) for c in proven.signature.columns] == [
        ("b", "number", "float32"), ("word", "category", "object"), ("a", "number", "float32"),
    ]  # fmt: skip
    assert "'c'" in proven.notes[0]


def test_inputs_without_columns_of_their_names_are_listed(numbers):
    model = program(lambda x, y: [x], spec("left", 2), spec("right"))

    with pytest.raises(SignatureError, match=r"'left' float32 \(n, 2\), 'right' float32 \(n\)"):
        infer_signature(model, "onnx", numbers)


def test_an_array_of_images_is_one_column_with_their_shape(prove, random):
    images = random.random((ROWS, 4, 4, 1), dtype="float32")
    model = program(lambda x: [x.mean(axis=(1, 2, 3))], spec("image", 4, 4, 1))

    proven = prove(model, images, kind="onnx")

    [column] = proven.signature.columns
    assert (column.name, column.type, column.shape) == ("input", "vector", (4, 4, 1))
    assert proven.signature.output.kind == "regression"


@pytest.mark.parametrize("layout", ["hwc", "chw", "flat"])
def test_image_files_come_in_the_layout_of_the_input(prove, random, layout):
    pixels = random.integers(0, 256, (ROWS, 4, 5, 3)).astype("uint8")
    shape = {"hwc": (4, 5, 3), "chw": (3, 4, 5), "flat": (60,)}[layout]
    weights = np.arange(60, dtype="float32").reshape(shape)
    model = program(lambda x: [(x * weights).reshape(len(x), -1).sum(axis=1)], spec("im", *shape))
    sample = with_pictures(as_frame({"photo": pixels}), ["photo"])

    proven = prove(model, sample, kind="onnx")

    [column] = proven.signature.columns
    assert (column.type, column.shape, column.pixel_layout) == ("image", (4, 5, 3), layout)
    first = pixels[0].transpose(2, 0, 1) if layout == "chw" else pixels[0]
    expected = float((first.reshape(shape) * weights).sum())
    assert proven.answers[0].score == pytest.approx(expected, rel=1e-5)


def test_images_of_another_size_are_refused(random):
    sample = with_pictures(
        as_frame({"photo": random.integers(0, 256, (ROWS, 4, 5, 3)).astype("uint8")}), ["photo"]
    )

    with pytest.raises(SignatureError, match=r"\(4, 5, 3\), and the model's input 'im' takes"):
        infer_signature(program(lambda x: [x], spec("im", 8, 8, 3)), "onnx", sample)


def test_arrays_of_another_shape_are_refused(random):
    model = program(lambda x: [x], spec("image", 4, 4))

    with pytest.raises(SignatureError, match=r"shape \(3, 4\), and .* takes \(4, 4\)"):
        infer_signature(model, "onnx", {"image": random.random((ROWS, 3, 4))})


def test_arrays_with_their_channels_elsewhere_are_not_reshaped(random):
    pixels = random.normal(size=(ROWS, 4, 5, 3)).astype("float32")
    model = program(lambda x: [x.reshape(len(x), -1).sum(axis=1)], spec("im", 3, 4, 5))

    with pytest.raises(SignatureError, match=r"shape \(4, 5, 3\), and the model's input 'im'"):
        infer_signature(model, "onnx", as_frame({"im": pixels}))


@pytest.mark.parametrize("shape", [(60,), (1, 4, 5, 3), (4, 5, 3, 1)])
def test_arrays_fit_where_only_axes_of_one_element_differ(prove, random, shape):
    pixels = random.normal(size=(ROWS, 4, 5, 3)).astype("float32")
    model = program(lambda x: [x.reshape(len(x), -1).sum(axis=1)], spec("im", *shape))

    proven = prove(model, as_frame({"im": pixels}), kind="onnx")

    assert proven.signature.columns[0].shape == (4, 5, 3)


def test_integers_are_of_the_programs_own_type(prove):
    model = program(lambda x: [x.astype("float32").sum(axis=1)], spec("ids", 2, dtype="int32"))

    proven = prove(model, pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]}), kind="onnx")

    assert [(c.type, c.dtype) for c in proven.signature.columns] == [("integer", "int32")] * 2


def test_fractions_are_refused_where_the_program_takes_integers():
    model = program(lambda x: [x], spec("ids", 2, dtype="int64"))

    with pytest.raises(SignatureError, match="'a' holds fractions"):
        infer_signature(model, "onnx", pd.DataFrame({"a": [1.5, 2.0], "b": [3, 4]}))


def test_rows_that_sum_to_1_are_probabilities(prove, numbers):
    proven = prove(program(shares, features(3)), numbers, kind="onnx")

    output = proven.signature.output
    assert (output.kind, output.classes, output.activation) == ("multiclass", (0, 1, 2), "none")
    assert "name them with --class" in proven.notes[0]


def test_a_target_of_as_many_values_gives_the_classes(prove, numbers):
    best = numbers.to_numpy().argmax(axis=1)
    table = numbers.assign(kind=np.array(["ant", "bee", "cat"])[best])

    proven = prove(program(shares, features(3)), table, kind="onnx", target="kind")

    assert proven.signature.output.classes == ("ant", "bee", "cat")
    assert "The classes are the target's values in their order" in proven.notes[0]


def test_other_numbers_are_logits_where_the_target_says_classes(prove, numbers):
    table = numbers.assign(kind=numbers.to_numpy().argmax(axis=1))

    proven = prove(program(lambda x: [x * 2], features(3)), table, kind="onnx", target="kind")

    assert proven.signature.output.activation == "softmax"
    assert "applies softmax" in proven.notes[0]
    assert all(sum(a.probabilities.values()) == pytest.approx(1) for a in proven.answers)


def test_one_number_beyond_0_and_1_is_the_logit_of_two_classes(prove, numbers):
    table = numbers.assign(won=np.where(numbers["a"] > 0, "yes", "no"))

    proven = prove(program(lambda x: [x[:, :1] * 3], features(3)), table, kind="onnx", target="won")

    output = proven.signature.output
    assert (output.classes, output.positive, output.activation) == (("no", "yes"), "yes", "sigmoid")
    assert [a.label for a in proven.answers] == table["won"].tolist()


def test_one_number_from_0_to_1_is_the_probability_of_the_second_class(prove, numbers):
    table = numbers.assign(won=(numbers["a"] > 0).astype(int))
    model = program(lambda x: [1 / (1 + np.exp(-x[:, 0]))], features(3))

    proven = prove(model, table, kind="onnx", target="won")

    assert proven.signature.output.activation == "none"
    assert [a.label for a in proven.answers] == table["won"].tolist()


def test_classes_in_the_wrong_order_are_noticed(prove, numbers):
    best = numbers.to_numpy().argmax(axis=1)
    table = numbers.assign(kind=np.array(["bee", "cat", "ant"])[best])

    proven = prove(program(shares, features(3)), table, kind="onnx", target="kind")

    assert any("fewer than by chance" in note for note in proven.notes)


def test_several_numbers_without_classes_are_a_custom_answer(prove, numbers):
    proven = prove(program(lambda x: [x * 2], features(3)), numbers, kind="onnx")

    assert proven.signature.output.kind == "custom"
    assert proven.answers[0].value == pytest.approx((numbers.loc[0] * 2).tolist(), rel=1e-6)


def test_classes_for_a_custom_answer_are_refused(numbers):
    model = program(lambda x: [np.stack([x, x], axis=2)], features(3))

    with pytest.raises(SignatureError, match="no probabilities or labels"):
        infer_signature(model, "onnx", numbers, classes=["a", "b"])


def test_several_arrays_are_an_object(prove, numbers):
    model = program(lambda x: [x[:, 0], x], features(3), out=("mean", "all"))

    proven = prove(model, numbers, kind="onnx")

    assert proven.signature.output.kind == "custom"
    assert list(proven.answers[0].value) == ["mean", "all"]


def labels_and(rows, names):
    return [np.array(names, dtype=object)[rows.argmax(axis=1)], rows]


def test_a_label_beside_probabilities_gives_the_classes(prove, numbers):
    names = ["z", "y", "x"]
    model = program(
        lambda x: labels_and(shares(x)[0], names), features(3), out=("label", "probabilities")
    )

    proven = prove(model, numbers, kind="onnx")

    output = proven.signature.output
    assert output.classes == ("z", "y", "x")
    assert (output.tensor, output.label_source) == ("probabilities", "argmax")


def test_a_label_that_is_not_the_likeliest_class_is_kept(prove, numbers):
    def compute(x):
        rows = shares(x[:, :2])[0]
        return [(rows[:, 1] > 0.3).astype("int64"), rows]

    model = program(compute, features(3), out=("label", "probabilities"))

    proven = prove(model, numbers, kind="onnx", classes=[0, 1])

    assert proven.signature.output.label_source == "predict"
    assert any(a.label == 1 and a.score < 0.5 for a in proven.answers)


def test_texts_are_labels(prove, numbers):
    model = program(lambda x: [np.where(x[:, 0] > 0, "up", "down").astype(object)], features(3))

    output = prove(model, numbers, kind="onnx").signature.output

    assert (output.kind, output.classes, output.has_probabilities) == (
        "binary", ("down", "up"), False,
    )  # fmt: skip


def test_class_numbers_get_the_names_of_the_target(prove, numbers):
    model = program(lambda x: [(x[:, 0] > 0).astype("int64")], features(3))
    table = numbers.assign(way=np.where(numbers["a"] > 0, "up", "down"))

    proven = prove(model, table, kind="onnx", target="way")

    assert [a.label for a in proven.answers] == table["way"].tolist()


def test_a_fixed_batch_size_gives_the_same_answers(prove, numbers):
    model = program(lambda x: [x.sum(axis=1)], features(3), batch_size=1)

    proven = prove(model, numbers, kind="onnx")

    assert all(isinstance(answer, Answer) for answer in proven.answers)
    assert set(model.sizes) == {1}


def test_nulls_pass_where_the_model_answers_them(prove, numbers):
    model = program(lambda x: [np.nan_to_num(x).sum(axis=1)], features(3))

    proven = prove(model, numbers.mask(numbers > 2), kind="onnx")

    assert {column.on_null for column in proven.signature.columns} == {"pass"}


def test_an_output_that_mixes_records_is_refused(numbers):
    model = program(lambda x: [x.sum(axis=0)], features(3))

    with pytest.raises(SignatureError, match="does not answer each row by itself"):
        infer_signature(model, "onnx", numbers)


def test_another_answer_than_the_programs_is_refused(prove, numbers):
    model = program(lambda x: [x.sum(axis=1)], features(3))
    proven = prove(model, numbers, kind="onnx")
    wrong = [Answer(score=answer.score * 1.0001) for answer in proven.answers]

    with pytest.raises(PackError, match="answered differently"):
        compare_direct(model, "onnx", proven.signature, numbers, wrong)
