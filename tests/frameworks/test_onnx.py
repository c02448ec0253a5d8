"""ONNX models answer over HTTP as ONNX Runtime does in process, on rows held out of training."""

import numpy as np
import pandas as pd
import pytest
from tests.end_to_end.agreement import BATCH_SIZES, post, records_of
from tests.frameworks import onnx_models

import golive
from golive.errors import ModelLoadError, SignatureError

onnx = pytest.importorskip("onnx", reason="onnx is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")

PEOPLE = onnx_models.people(400, seed=1)
HELD_OUT = onnx_models.people(210, seed=2)


def run(file, inputs, output):
    """What ONNX Runtime itself gives for all records at once."""
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    [found] = session.run([output], inputs)
    return found


def softmax(logits):
    powers = np.exp(logits.astype(float) - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def assert_agree(predictions, rows, classes):
    """1 - p of 32-bit floats is right to the last bit of 1, which is 6e-8, however small it is."""
    found = [[p["probabilities"][str(c)] for c in classes] for p in predictions]
    np.testing.assert_allclose(found, rows, rtol=1e-6, atol=2e-7)
    assert [p["label"] for p in predictions] == [classes[i] for i in rows.argmax(axis=1)]


def assert_served_alike(serve, bundle, records, rows, classes):
    assert len(records) >= 200
    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            assert_agree(post(served.client, records, size), rows, classes)


def column_inputs(table):
    return {
        "age": table[["age"]].to_numpy("float32"),
        "income": table[["income"]].to_numpy("float32"),
        "city": table[["city"]].to_numpy(dtype=object),
    }


@pytest.mark.parametrize("zipmap", [False, True], ids=["matrix", "maps"])
def test_a_pipeline_of_numbers_and_texts_agrees(tmp_path, serve, zipmap):
    file = tmp_path / "people.onnx"
    onnx_models.export_pipeline(file, PEOPLE, zipmap=zipmap)

    bundle = golive.pack(
        file, PEOPLE, target="won", eval=HELD_OUT, output=tmp_path / "people.bundle"
    )

    output = bundle.signature.output
    found = run(file, column_inputs(HELD_OUT), output.tensor)
    rows = np.array([[row["no"], row["yes"]] for row in found]) if zipmap else found
    assert (bundle.signature.form, output.classes) == ("tensors", ("no", "yes"))
    assert bundle.profile.evaluation.metrics["accuracy"] > 0.8
    assert any(line.startswith("onnxruntime==") for line in bundle.requirements)
    records = records_of(HELD_OUT.drop(columns="won"))
    assert_served_alike(serve, bundle, records, rows, ("no", "yes"))


def test_an_unknown_text_is_answered_as_the_encoder_does(tmp_path):
    file = tmp_path / "people.onnx"
    onnx_models.export_pipeline(file, PEOPLE)
    predictor = golive.load(
        golive.pack(file, PEOPLE, target="won", output=tmp_path / "p.bundle").path
    )

    [answer] = predictor.predict([{"age": 40, "income": 50.0, "city": "Paris"}])

    table = pd.DataFrame({"age": [40], "income": [50.0], "city": ["Paris"]})
    rows = run(file, column_inputs(table), predictor.signature.output.tensor)
    assert answer["score"] == pytest.approx(rows[0, 1], rel=1e-6)


@pytest.fixture(scope="module")
def images():
    return onnx_models.digits()


@pytest.fixture(scope="module")
def dense(images):
    import torch

    pixels, truths = images
    network = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    return onnx_models.train_digits(network, pixels[:1500].reshape(-1, 64), truths[:1500])


def test_a_network_of_features_agrees_and_its_logits_become_probabilities(
    tmp_path, serve_apart, images, dense
):
    pixels, truths = images
    flat = pixels.reshape(-1, 64)
    file = tmp_path / "digits.onnx"
    onnx_models.export_network(file, dense, flat[:3])
    table = pd.DataFrame(flat, columns=[f"p{i}" for i in range(64)]).assign(digit=truths)

    bundle = golive.pack(
        file, table[:1500], target="digit", eval=table[1500:], output=tmp_path / "digits.bundle"
    )

    output = bundle.signature.output
    assert (bundle.signature.form, output.activation, output.classes) == (
        "matrix", "softmax", tuple(range(10)),
    )  # fmt: skip
    assert bundle.profile.evaluation.metrics["accuracy"] > 0.8
    assert bundle.manifest.tolerance == 1e-4
    held_out = table[1500:].reset_index(drop=True)
    rows = softmax(run(file, {"pixels": flat[1500:]}, "logits"))
    assert_served_alike(
        serve_apart, bundle, records_of(held_out.drop(columns="digit")), rows, tuple(range(10))
    )


@pytest.mark.parametrize("fixed_batch", [False, True], ids=["any batch", "batches of one"])
def test_a_network_of_images_agrees(tmp_path, serve, images, fixed_batch):
    import torch

    pixels, truths = images
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(288, 10)
    )
    given = pixels[:, np.newaxis]
    onnx_models.train_digits(network, given[:1500], truths[:1500])
    file = tmp_path / "digits.onnx"
    example = given[:1] if fixed_batch else given[:3]
    onnx_models.export_network(file, network, example, fixed_batch=fixed_batch)
    names = [f"digit {i}" for i in range(10)]
    labels = np.array(names)[truths]

    bundle = golive.pack(
        file,
        {"pixels": given[:600], "digit": labels[:600]},
        target="digit",
        output=tmp_path / "digits.bundle",
    )

    [column] = bundle.signature.columns
    assert (column.type, column.shape, column.dtype) == ("vector", (1, 8, 8), "float32")
    asked = given[1500:1710]
    parts = [asked[i : i + 1] for i in range(len(asked))] if fixed_batch else [asked]
    rows = softmax(np.concatenate([run(file, {"pixels": part}, "logits") for part in parts]))
    records = [{"pixels": image.tolist()} for image in asked]
    assert_served_alike(serve, bundle, records, rows, tuple(names))


def identity_file(path, kind, shape, **more):
    """A model that gives what it is given."""
    helper = onnx.helper
    value = [helper.make_tensor_value_info(name, kind, shape) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", *zip(value))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], **more)
    model.ir_version = 9
    onnx.save(model, path)
    return model


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("FLOAT16", [0.5, 2.25]),
        ("DOUBLE", [0.1, 1e300]),
        ("INT32", [1, -7]),
        ("UINT8", [0, 255]),
        ("BOOL", [True, False]),
        ("STRING", ["a", "Köln"]),
    ],
)
def test_every_type_of_input_arrives_as_it_was_sent(tmp_path, kind, values):
    file = tmp_path / "same.onnx"
    identity_file(file, getattr(onnx.TensorProto, kind), ["n"])
    bundle = golive.pack(file, pd.DataFrame({"x": values}), output=tmp_path / "same.bundle")

    answers = golive.load(bundle.path).predict([{"x": value} for value in values])

    assert [a.get("score", a.get("value", a.get("label"))) for a in answers] == values


def test_a_model_in_memory_is_packed(tmp_path):
    model = identity_file(tmp_path / "same.onnx", onnx.TensorProto.FLOAT, ["n", 2])

    bundle = golive.pack(
        model, pd.DataFrame({"a": [1.0, 2.0], "b": [0.5, 4.0]}), output=tmp_path / "same.bundle"
    )

    assert bundle.manifest.model.file == "model/model.onnx"
    assert golive.load(bundle.path).predict({"a": 1, "b": 0.5}) == [{"value": [1.0, 0.5]}]


def test_weights_in_a_file_beside_the_model_are_packed_with_it(tmp_path, images, dense):
    flat = images[0].reshape(-1, 64)
    file = tmp_path / "digits.onnx"
    onnx_models.export_network(file, dense, flat[:3])
    onnx.save_model(
        onnx.load(file), file, save_as_external_data=True, location="weights.bin", size_threshold=0
    )

    bundle = golive.pack(file, flat[:50], output=tmp_path / "digits.bundle")
    (tmp_path / "weights.bin").unlink()

    assert "model/weights.bin" in bundle.manifest.files
    assert len(golive.load(bundle.path).predict([{f"x{i}": 0.5 for i in range(64)}])) == 1


@pytest.mark.parametrize("content", [b"", b"no model at all"])
def test_what_is_no_model_is_refused(tmp_path, content):
    file = tmp_path / "junk.onnx"
    file.write_bytes(content)

    with pytest.raises(ModelLoadError, match=r"cannot load junk\.onnx: (?!.*ONNXRuntimeError)"):
        golive.pack(file, pd.DataFrame({"x": [1.0]}), output=tmp_path / "junk.bundle")


def test_an_input_for_all_records_at_once_is_refused(tmp_path):
    file = tmp_path / "scalar.onnx"
    identity_file(file, onnx.TensorProto.FLOAT, [])

    with pytest.raises(ModelLoadError, match="one value for all records"):
        golive.pack(file, pd.DataFrame({"x": [1.0]}), output=tmp_path / "scalar.bundle")


def test_a_sample_of_another_width_is_refused(tmp_path, images, dense):
    file = tmp_path / "digits.onnx"
    onnx_models.export_network(file, dense, images[0].reshape(-1, 64)[:3])

    with pytest.raises(SignatureError, match="takes 64 columns and saw no names; the data has 2"):
        golive.pack(file, pd.DataFrame({"a": [1.0], "b": [2.0]}), output=tmp_path / "d.bundle")
