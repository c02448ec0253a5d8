from pathlib import PurePosixPath

import pytest

from golive.errors import ModelLoadError
from golive.packing.onnx_files import external_data, save_proto


def model_with(path, *locations):
    """A file with the entries that name the files of an ONNX model's weights."""
    entries = [b"\x0a\x08location\x12" + bytes([len(n)]) + n.encode() for n in locations]
    path.write_bytes(b"head" + b"between".join(entries) + b"tail")
    return path


def test_files_of_weights_are_found_once_each(tmp_path):
    (tmp_path / "parts").mkdir()
    for name in ("model.onnx.data", "parts/one.bin"):
        (tmp_path / name).write_bytes(b"weights")
    names = ("parts/one.bin", "model.onnx.data", "parts/one.bin")

    found = external_data(model_with(tmp_path / "model.onnx", *names))

    assert found == (PurePosixPath("model.onnx.data"), PurePosixPath("parts/one.bin"))


def test_a_model_in_one_file_has_none(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"location of nothing")

    assert external_data(tmp_path / "model.onnx") == ()


@pytest.mark.parametrize("name", ["/etc/passwd", "../other.bin"])
def test_weights_outside_of_the_models_folder_are_refused(tmp_path, name):
    with pytest.raises(ModelLoadError, match="outside of its folder"):
        external_data(model_with(tmp_path / "model.onnx", name))


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(ModelLoadError, match=r"keeps weights in w\.bin, and there is no such file"):
        external_data(model_with(tmp_path / "model.onnx", "w.bin"))


class Proto:
    """Writes itself as `onnx.ModelProto` does."""

    def __init__(self, content: bytes | None) -> None:
        self._content = content

    def SerializeToString(self) -> bytes:  # noqa: N802
        if self._content is None:
            raise ValueError("larger than 2 GiB")
        return self._content


def test_a_model_in_memory_becomes_a_file(tmp_path):
    spec = save_proto(Proto(b"graph"), tmp_path)

    assert (spec.kind, spec.loader) == ("onnx", "onnx")
    assert (tmp_path / spec.file).read_bytes() == b"graph"


def test_one_that_is_too_large_says_what_to_do(tmp_path):
    with pytest.raises(ModelLoadError, match="too large for one file") as caught:
        save_proto(Proto(None), tmp_path)

    assert "save_as_external_data" in caught.value.hint
