import json
import zipfile

import pytest

from golive.runtimes.keras_failures import keras_failure


@pytest.fixture
def keras_file(tmp_path):
    def write(version="3.10.0"):
        path = tmp_path / "net.keras"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        return path

    return write


def chained(message, cause):
    error = TypeError(message)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "message",
    [
        "Could not locate class 'Attention2'. Make sure custom classes and functions are",
        "Unknown layer: 'Attention2'. Please ensure you are using a",
        "Unknown object: 'Attention2'. Please ensure",
    ],
)
def test_an_unknown_layer_is_named(keras_file, message):
    error = chained("<class 'Sequential'> could not be deserialized", TypeError(message))

    failure = keras_failure(error, keras_file())

    assert failure.message.startswith("net.keras needs 'Attention2'")
    assert "--code FILE.py" in failure.hint


def test_a_lambda_layer_says_how_to_rewrite_it(keras_file):
    error = ValueError(
        "Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda."
    )

    failure = keras_failure(error, keras_file())

    assert "Lambda layer that holds Python bytecode" in failure.message
    assert "register_keras_serializable" in failure.hint


def test_weights_alone_are_no_model(keras_file):
    failure = keras_failure(ValueError("No model config found in the file."), keras_file())

    assert failure.message == "net.keras holds weights and no model."
    assert "model.save('model.keras')" in failure.hint


def test_a_file_of_keras_2_names_its_version_and_what_reads_it(keras_file):
    error = ValueError("Unrecognized keyword arguments passed to LSTM: {'time_major': False}")

    failure = keras_failure(error, keras_file("2.15.0"))

    assert "was saved by Keras 2.15.0, and Keras 3 cannot read it" in failure.message
    assert "time_major" in failure.message
    assert "tf_keras" in failure.hint


def test_anything_else_is_said_as_keras_says_it(keras_file):
    failure = keras_failure(OSError("truncated file"), keras_file())

    assert failure.message == "net.keras cannot be loaded: OSError: truncated file"


def test_a_file_that_is_no_archive_is_no_second_failure(tmp_path):
    path = tmp_path / "net.keras"
    path.write_bytes(b"PK\x03\x04 cut off")

    failure = keras_failure(OSError("File not found"), path)

    assert failure.message.startswith("net.keras is no whole .keras file")
