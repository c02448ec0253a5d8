from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.packing.mlflow_directories import column, write_mlmodel

from golive.errors import UsageError
from golive.packing.mlflow_directory import is_mlflow_directory, read_directory, refuse_uri


def directory_with(tmp_path, flavors, *files, **options):
    for file in files:
        (tmp_path / "churn" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "churn" / file).touch()
    return write_mlmodel(tmp_path / "churn", flavors, **options)


@pytest.mark.parametrize(
    ("flavors", "file", "found"),
    [
        ({"sklearn": {"pickled_model": "model.pkl"}}, "model.pkl", ("sklearn", "pickle")),
        ({"sklearn": {"pickled_model": "model.skops"}}, "model.skops", ("sklearn", "skops")),
        ({"xgboost": {"data": "model.ubj"}}, "model.ubj", ("xgboost", "xgboost")),
        ({"xgboost": {"data": "model.json"}}, "model.json", ("xgboost", "xgboost")),
        ({"lightgbm": {"data": "model.lgb"}}, "model.lgb", ("lightgbm", "lightgbm")),
        ({"lightgbm": {"data": "model.pkl"}}, "model.pkl", ("sklearn", "pickle")),
        ({"keras": {"data": "data"}}, "data/model.keras", ("keras", "keras")),
        ({"tensorflow": {"data": "data"}}, "data/model.h5", ("keras", "keras")),
        ({"pytorch": {"model_data": "data"}}, "data/model.pt2", ("pytorch", "torch-export")),
        ({"pytorch": {"model_data": "data"}}, "data/model.pth", ("pytorch", "torch-pickle")),
        ({"onnx": {"data": "model.onnx"}}, "model.onnx", ("onnx", "onnx")),
        ({}, "MLmodel", ("pyfunc", "mlflow")),
        ({"spacy": {"data": "model"}}, "MLmodel", ("pyfunc", "mlflow")),
    ],
)
def test_a_native_flavor_is_preferred_and_its_file_found(tmp_path, flavors, file, found):
    directory = read_directory(directory_with(tmp_path, flavors, file))

    assert (directory.kind, directory.loader) == found
    assert directory.file == file


def test_a_directory_says_its_name_requirements_code_and_python(tmp_path):
    flavors = {
        "sklearn": {"pickled_model": "model.pkl"},
        "python_function": {"code": "code", "python_version": "3.10.1"},
    }
    path = directory_with(
        tmp_path, flavors, "model.pkl", "code/steps.py", requirements=["numpy==2.1.0", "# no", ""]
    )

    directory = read_directory(path)

    assert is_mlflow_directory(path)
    assert not is_mlflow_directory(tmp_path)
    assert directory.name == "churn"
    assert directory.requirements == ("numpy==2.1.0",)
    assert directory.code == path / "code"
    assert directory.python_version == "3.10.1"


def test_a_directory_of_a_plain_name_is_called_after_its_artifact(tmp_path):
    path = write_mlmodel(tmp_path / "model", {}, artifact_path="runs/churn-eu")

    assert read_directory(path).name == "churn-eu"
    assert read_directory(write_mlmodel(tmp_path / "b" / "model", {})).name == "model"


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ({"columns": ["a", "b"], "data": [[1, "x"], [2, "y"]]}, {"a": [1, 2], "b": ["x", "y"]}),
        ([{"a": 1, "b": "x"}], {"a": [1], "b": ["x"]}),
        ({"a": 1, "b": "x"}, {"a": [1], "b": ["x"]}),
    ],
)
def test_an_input_example_is_a_sample(tmp_path, example, expected):
    directory = read_directory(write_mlmodel(tmp_path / "m", {}, example=example))

    assert pd.DataFrame(directory.sample()).to_dict("list") == expected


def test_an_example_of_a_tensor_is_a_matrix(tmp_path):
    directory = read_directory(
        write_mlmodel(tmp_path / "m", {}, example={"inputs": [[1.0, 2.0], [3.0, 4.0]]})
    )

    assert np.array_equal(directory.sample(), [[1.0, 2.0], [3.0, 4.0]])


def test_without_an_example_a_sample_is_asked_for(tmp_path):
    with pytest.raises(UsageError, match="has no input example") as caught:
        read_directory(write_mlmodel(tmp_path / "m", {})).sample()

    assert "--data" in caught.value.hint


@pytest.mark.parametrize("uri", ["runs:/abc/model", "models:/churn/3", "models:/churn@prod"])
def test_an_address_in_a_server_is_to_be_downloaded_first(uri):
    with pytest.raises(UsageError, match="address in an MLflow server") as caught:
        refuse_uri(uri)

    assert caught.value.hint.startswith(f"mlflow artifacts download -u {uri} -d model")


def test_a_file_outside_the_directory_is_refused(tmp_path):
    (tmp_path / "elsewhere.pkl").touch()
    path = directory_with(tmp_path, {"sklearn": {"pickled_model": "../elsewhere.pkl"}})

    with pytest.raises(UsageError, match="is not there"):
        read_directory(path)


def test_an_mlmodel_that_is_none_is_refused(tmp_path):
    (tmp_path / "MLmodel").write_text("flavors: [")
    with pytest.raises(UsageError, match="cannot be read"):
        read_directory(tmp_path)

    (tmp_path / "MLmodel").write_text("name: m")
    with pytest.raises(UsageError, match="names no flavors"):
        read_directory(tmp_path)


def test_the_schema_is_parsed(tmp_path):
    path = write_mlmodel(tmp_path / "m", {}, inputs=[column("a", "long", required=False)])

    [found] = read_directory(path).schema.columns

    assert (found.name, found.type, found.is_required) == ("a", "long", False)
