"""Keras's file formats as tensor programs, and what their errors say."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.frameworks.keras_models import (
    HELD_OUT,
    NAMES,
    arrays_of,
    keras,
    make_named_inputs,
    make_table,
    train_binary,
    train_named_inputs,
)

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError
from golive.packing.source import stage_model
from golive.runtimes.loading import load_estimator
from golive.runtimes.tensor_program import TensorFacts, TensorSpec

# Keras reads its own variables in a way that NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def table():
    return make_table()


@pytest.fixture(scope="module")
def model(table):
    return train_binary(table)


@pytest.fixture(scope="module")
def inputs(table):
    return table[NAMES].tail(HELD_OUT).to_numpy("float32")


def load(path, *, backend="tensorflow"):
    spec = ModelSpec(kind="keras", loader="keras", file=path.name, backend=backend)
    return load_estimator(path.parent, spec)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_custom_metric_is_not_needed_to_load(model, inputs, tmp_path, ending):
    model.save(tmp_path / f"net{ending}")

    program = load(tmp_path / f"net{ending}")

    assert program.facts == TensorFacts(
        inputs=(TensorSpec("features", "float32", (5,)),),
        outputs=(TensorSpec(model.layers[-1].name, "float32", (1,)),),
    )
    expected = model.predict(inputs, verbose=0)
    for size in (1, 7, HELD_OUT):
        np.testing.assert_allclose(program.run([inputs[:size]])[0], expected[:size], rtol=1e-5)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_nor_is_a_custom_loss(inputs, tmp_path, ending):
    def weighted(y_true, y_pred):
        return keras.ops.mean(keras.ops.square(y_true - y_pred) * 3.0)

    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
    model.compile("sgd", weighted)
    model.fit(inputs, inputs[:, 0], epochs=1, verbose=0)
    model.save(tmp_path / f"net{ending}")

    [given] = load(tmp_path / f"net{ending}").run([inputs])

    np.testing.assert_allclose(given, model.predict(inputs, verbose=0), rtol=1e-5)


def test_a_sequential_model_without_an_input_layer_knows_its_shape_once_built(inputs, tmp_path):
    model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(2, name="last")])
    model(inputs[:2])
    model.save(tmp_path / "net.keras")

    facts = load(tmp_path / "net.keras").facts

    assert [spec.shape for spec in facts.inputs] == [(5,)]
    assert facts.outputs == (TensorSpec("last", "float32", (2,)),)


@pytest.mark.filterwarnings("ignore:You are saving a model that has not yet been built")
def test_a_model_that_was_never_built_says_what_to_do(tmp_path):
    keras.Sequential([keras.layers.Dense(4)]).save(tmp_path / "net.keras")

    with pytest.raises(ModelLoadError, match="saved before it was built") as caught:
        load(tmp_path / "net.keras")

    assert "keras.Input" in caught.value.hint


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_named_inputs_are_known_by_their_names(tmp_path, ending):
    frame = make_named_inputs()
    model = train_named_inputs(frame)
    model.save(tmp_path / f"net{ending}")

    program = load(tmp_path / f"net{ending}")

    assert program.facts == TensorFacts(
        inputs=(
            TensorSpec("age", "float32", (1,)),
            TensorSpec("city", "int32", (1,)),
            TensorSpec("profile", "float32", (4,)),
        ),
        outputs=(TensorSpec("classes", "float32", (3,)),),
    )
    arrays = arrays_of(frame.head(40))
    [given] = program.run([arrays["age"], arrays["city"], arrays["profile"]])
    np.testing.assert_allclose(given, model.predict(arrays, verbose=0), rtol=1e-5)


def test_several_outputs_come_in_order_with_their_names(inputs, tmp_path):
    keras.utils.set_random_seed(0)  # a weight near 0 would make the last bits of an output large
    start = keras.Input((5,), name="x")
    outputs = {
        "second": keras.layers.Dense(2)(start),
        "first": keras.layers.Dense(1, activation="sigmoid")(start),
    }
    model = keras.Model(start, outputs)
    model.save(tmp_path / "net.keras")

    program = load(tmp_path / "net.keras")

    assert [spec.name for spec in program.facts.outputs] == ["first", "second"]
    first, second = program.run([inputs])
    expected = model.predict(inputs, verbose=0)
    np.testing.assert_allclose(first, expected["first"], rtol=1e-5)
    np.testing.assert_allclose(second, expected["second"], rtol=1e-5)


def test_texts_go_in_as_texts(tmp_path):
    words = keras.layers.TextVectorization(output_mode="multi_hot")
    words.adapt(["red green", "green blue"])
    start = keras.Input((), dtype="string", name="text")
    model = keras.Model(start, keras.layers.Dense(2)(words(start)))
    model.save(tmp_path / "net.keras")

    program = load(tmp_path / "net.keras")

    assert program.facts.inputs == (TensorSpec("text", "object", ()),)
    texts = np.array(["red", "blue green", "naïve 漢字"], dtype=object)
    expected = model(keras.ops.convert_to_tensor(texts.tolist())).numpy()
    np.testing.assert_allclose(program.run([texts])[0], expected, rtol=1e-5)


def test_a_fixed_batch_size_is_kept(tmp_path):
    model = keras.Sequential([keras.Input((3,), batch_size=4), keras.layers.Dense(2)])
    model.save(tmp_path / "net.keras")

    program = load(tmp_path / "net.keras")

    assert program.facts.batch_size == 4
    assert program.run([np.ones((4, 3), "float32")])[0].shape == (4, 2)


def test_many_threads_get_what_one_gets(model, inputs, tmp_path):
    model.save(tmp_path / "net.keras")
    program = load(tmp_path / "net.keras")
    parts = [inputs[at : at + 1 + at % 9] for at in range(150)]
    alone = [program.run([part])[0] for part in parts]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda part: program.run([part])[0], parts))

    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_lambda_layer_is_refused(tmp_path, ending):
    doubled = keras.layers.Lambda(lambda x: x * 2)
    keras.Sequential([keras.Input((3,)), doubled]).save(tmp_path / f"net{ending}")

    with pytest.raises(ModelLoadError, match="Lambda layer that holds Python bytecode"):
        load(tmp_path / f"net{ending}")


def test_weights_alone_are_refused(model, tmp_path):
    model.save_weights(tmp_path / "net.weights.h5")

    with pytest.raises(ModelLoadError, match="holds weights and no model"):
        load(tmp_path / "net.weights.h5")


def test_a_file_that_is_cut_off_is_no_model(model, tmp_path):
    model.save(tmp_path / "net.keras")
    whole = (tmp_path / "net.keras").read_bytes()
    (tmp_path / "net.keras").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ModelLoadError, match=r"net\.keras is no whole \.keras file"):
        load(tmp_path / "net.keras")


LAYERS = """
import keras


def swish2(x):
    return x * keras.ops.sigmoid(x * 2)


{decorator}
class Scaled(keras.layers.Layer):
    def __init__(self, factor=2.0, **options):
        super().__init__(**options)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return {{**super().get_config(), "factor": self.factor}}
"""
TRAINING = """
import numpy as np
{imports}
if __name__ == "__main__":
    model = keras.Sequential(
        [keras.Input((3,)), Scaled(3.0), keras.layers.Dense(2, activation=swish2)]
    )
    model.save("net{ending}")
    np.save("expected.npy", model(np.ones((2, 3), "float32")))
"""
REGISTERED = '@keras.saving.register_keras_serializable("mine")'


@pytest.mark.parametrize(
    ("ending", "decorator", "is_one_script"),
    [
        (".keras", "", True),
        (".keras", REGISTERED, False),
        (".h5", "", False),
        (".h5", REGISTERED, True),
    ],
)
def test_layers_of_the_users_are_found_in_the_packed_code(
    tmp_path, ending, decorator, is_one_script
):
    layers = LAYERS.format(decorator=decorator)
    imports = "" if is_one_script else "import keras\nfrom layers import Scaled, swish2\n"
    training = TRAINING.format(imports=imports, ending=ending)
    (tmp_path / "layers.py").write_text(layers)
    (tmp_path / "train.py").write_text(layers + training if is_one_script else training)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True, capture_output=True)
    code = tmp_path / ("train.py" if is_one_script else "layers.py")
    with pytest.raises(ModelLoadError, match=r"needs '(mine>)?(Scaled|swish2)'") as caught:
        stage_model(tmp_path / f"net{ending}", tmp_path / "without")

    staged = stage_model(tmp_path / f"net{ending}", tmp_path / "with", code=[code])

    [given] = staged.estimator.run([np.ones((2, 3), "float32")])
    np.testing.assert_allclose(given, np.load(tmp_path / "expected.npy"), rtol=1e-5)
    assert "--code FILE.py" in caught.value.hint


def test_a_model_from_memory_brings_its_layers_and_its_backend(tmp_path):
    (tmp_path / "own_layers.py").write_text(LAYERS.format(decorator=""))
    script = """
        import sys
        from pathlib import Path

        import keras
        import numpy as np
        from own_layers import Scaled
        from golive.packing.source import stage_model

        model = keras.Sequential([keras.Input((3,)), Scaled(3.0), keras.layers.Dense(2)])
        staged = stage_model(model, Path("staged"))
        same = np.allclose(staged.estimator.run([np.ones((2, 3), "float32")])[0],
                           model(np.ones((2, 3), "float32")))
        print(same, staged.spec.backend, staged.spec.file, *Path("staged", "code").iterdir())
    """
    (tmp_path / "train.py").write_text(textwrap.dedent(script))

    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, check=True, capture_output=True, text=True
    )

    assert done.stdout.split() == [
        "True", "tensorflow", "model/model.keras", "staged/code/own_layers.py",
    ]  # fmt: skip


RUN_WITH = """
import sys
from pathlib import Path

import numpy as np

from golive.bundle.manifest import ModelSpec
from golive.runtimes.loading import load_estimator

file, backend, imported = sys.argv[1:]
if imported == "keras":
    import keras
spec = ModelSpec(kind="keras", loader="keras", file=file, backend=backend or None)
program = load_estimator(Path(), spec)
np.save("given.npy", program.run([np.load("inputs.npy")])[0])
print(program.backend, *("tensorflow" in sys.modules, "torch" in sys.modules))
"""


@pytest.mark.parametrize(
    ("recorded", "wished", "imported", "used", "said"),
    [
        ("tensorflow", "torch", "", "tensorflow True False", ""),
        ("torch", "", "", "torch False True", ""),
        ("", "torch", "", "torch False True", ""),
        ("tensorflow", "torch", "keras", "torch False True", "and the model was packed with"),
    ],
)
def test_the_backend_is_the_one_it_was_packed_with(
    model, inputs, tmp_path, monkeypatch, recorded, wished, imported, used, said
):
    pytest.importorskip("torch")
    model.save(tmp_path / "net.keras")
    np.save(tmp_path / "inputs.npy", inputs)
    monkeypatch.setenv("KERAS_BACKEND", wished)

    done = subprocess.run(
        [sys.executable, "-c", RUN_WITH, "net.keras", recorded, imported],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.strip() == used
    assert ("packed with" in done.stderr) == bool(said)
    assert said in done.stderr
    expected = model.predict(inputs, verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "given.npy"), expected, rtol=1e-4, atol=1e-6)


def test_a_backend_that_is_not_installed_is_named(model, tmp_path):
    model.save(tmp_path / "net.keras")
    np.save(tmp_path / "inputs.npy", np.ones((1, 5)))

    done = subprocess.run(
        [sys.executable, "-c", RUN_WITH, "net.keras", "jax_of_nobody", ""],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "packed with Keras's jax_of_nobody backend" in done.stderr


OLD = "tests/frameworks/samples"


@pytest.mark.parametrize("name", ["keras2_auc.h5"])
def test_a_file_of_keras_2_with_the_metric_of_a_tutorial_answers_as_then(project, name):
    program = load(project / OLD / name)
    expected = np.load(project / OLD / "keras2_auc.npz")

    [given] = program.run([expected["inputs"]])

    np.testing.assert_allclose(given, expected["outputs"], rtol=1e-5, atol=1e-7)


def test_a_file_of_keras_2_that_keras_3_cannot_read_says_so(project):
    with pytest.raises(
        ModelLoadError, match=r"was saved by Keras 2\.\d+\.\d+.*time_major"
    ) as caught:
        load(project / OLD / "keras2_lstm.h5")

    assert "tf_keras" in caught.value.hint
