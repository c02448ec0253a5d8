from __future__ import annotations

import pickle
import zipfile

import pytest

from golive.errors import UsageError
from golive.packing.model_files import loader_of, refuse_directory


def write_archive(path, *members):
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, b"")
    return path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model.joblib.gz", ("sklearn", "joblib")),
        ("model.ubj", ("xgboost", "xgboost")),
        ("model.onnx", ("onnx", "onnx")),
        ("model.keras", ("keras", "keras")),
        ("weights.best.hdf5", ("keras", "keras")),
        ("model.h5", ("keras", "keras")),
    ],
)
def test_an_ending_says_the_loader(tmp_path, name, expected):
    (tmp_path / name).write_bytes(b"")

    assert loader_of(tmp_path / name) == expected


@pytest.mark.parametrize("ending", [".pt", ".pth", ".pt2", ".pkl"])
def test_an_archive_of_torchscript_is_known_by_its_code(tmp_path, ending):
    path = write_archive(tmp_path / f"m{ending}", "net/data.pkl", "net/code/__torch__.py")

    assert loader_of(path) == ("pytorch", "torchscript")


@pytest.mark.parametrize("ending", [".pt", ".pth", ".pt2", ".pkl"])
def test_an_archive_with_data_alone_is_a_pickled_module(tmp_path, ending):
    path = write_archive(tmp_path / f"m{ending}", "net/data.pkl", "net/data/0", "net/version")

    assert loader_of(path) == ("pytorch", "torch-pickle")


@pytest.mark.parametrize(
    "members",
    [
        ("m/models/model.json", "m/data/weights/weight_0", "m/archive_format"),
        ("serialized_exported_program.json", "serialized_state_dict.pt", "version"),
    ],
)
@pytest.mark.parametrize("ending", [".pt", ".pt2"])
def test_exported_programs_of_either_layout_are_known(tmp_path, ending, members):
    path = write_archive(tmp_path / f"m{ending}", *members)

    assert loader_of(path) == ("pytorch", "torch-export")


def test_a_pytorch_file_older_than_its_archives_is_known(tmp_path):
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)
    (tmp_path / "old.pkl").write_bytes(magic + b"...")

    assert loader_of(tmp_path / "old.pkl") == ("pytorch", "torch-pickle")


def test_an_ordinary_pickle_stays_one(tmp_path):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps({"a": 1}))

    assert loader_of(tmp_path / "model.pkl") == ("sklearn", "pickle")


def test_an_unknown_ending_names_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match=r"'\.bin'") as caught:
        loader_of(tmp_path / "model.bin")

    assert ".keras" in caught.value.hint
    assert ".pt2" in caught.value.hint


def test_safetensors_are_weights_without_a_model(tmp_path):
    with pytest.raises(UsageError, match="holds weights and no model"):
        loader_of(tmp_path / "model.safetensors")


def test_a_saved_model_of_tensorflow_says_how_to_convert_it(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"")

    with pytest.raises(UsageError, match="SavedModel of TensorFlow") as caught:
        refuse_directory(tmp_path)

    assert "tf2onnx.convert --saved-model" in caught.value.hint


def test_another_directory_is_not_refused_here(tmp_path):
    refuse_directory(tmp_path)

    assert tmp_path.is_dir()
