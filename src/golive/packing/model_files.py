"""What a model file is: its content says so, and its ending where that does not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from golive.bundle.manifest import Loader, RuntimeKind
from golive.errors import UsageError

__all__ = ["loader_of", "refuse_directory"]

_LOADERS: dict[str, tuple[RuntimeKind, Loader]] = {
    ".joblib": ("sklearn", "joblib"),
    ".pkl": ("sklearn", "pickle"),
    ".pickle": ("sklearn", "pickle"),
    ".cloudpickle": ("sklearn", "pickle"),
    ".skops": ("sklearn", "skops"),
    ".json": ("xgboost", "xgboost"),
    ".ubj": ("xgboost", "xgboost"),
    ".txt": ("lightgbm", "lightgbm"),
    ".lgb": ("lightgbm", "lightgbm"),
    ".lightgbm": ("lightgbm", "lightgbm"),
    ".onnx": ("onnx", "onnx"),
    ".keras": ("keras", "keras"),
    ".h5": ("keras", "keras"),
    ".hdf5": ("keras", "keras"),
    ".pt2": ("pytorch", "torch-export"),
    ".pt": ("pytorch", "torch-pickle"),
    ".pth": ("pytorch", "torch-pickle"),
}
_AMBIGUOUS = frozenset({".pt2", ".pt", ".pth", ".pkl", ".pickle"})
_TORCH_BEFORE_ZIP = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # a pickled number, PyTorch's own


def loader_of(path: Path) -> tuple[RuntimeKind, Loader]:
    """The runtime and the loader of a model file.

    Raises:
        UsageError: It is of no known kind.
    """
    compressed = path.suffix in (".gz", ".bz2", ".xz")
    ending = path.with_suffix("").suffix if compressed else path.suffix
    if ending not in _LOADERS:
        raise _unknown(path, ending)
    if ending not in _AMBIGUOUS:
        return _LOADERS[ending]
    return _by_content(path) or _LOADERS[ending]


def refuse_directory(path: Path) -> None:
    """Say what to do with a directory of TensorFlow, which is no model file.

    Raises:
        UsageError: It is one.
    """
    if (path / "saved_model.pb").is_file() or (path / "saved_model.pbtxt").is_file():
        raise UsageError(
            f"{path} is a SavedModel of TensorFlow, which golive does not read.",
            hint="save the Keras model it was made from as .keras and pack that; or convert it: "
            f"pip install tf2onnx && python -m tf2onnx.convert --saved-model {path} "
            "--output model.onnx",
        )


def _unknown(path: Path, ending: str) -> UsageError:
    if ending == ".safetensors":
        return UsageError(
            f"{path} holds weights and no model.",
            hint="load them into the model, and save that with torch.export.save or model.save",
        )
    return UsageError(
        f"{path} is of no known kind: its name ends in {ending or 'nothing'!r}.",
        hint=f"known endings are {', '.join(_LOADERS)} (and file.py:function)",
    )


def _by_content(path: Path) -> tuple[RuntimeKind, Loader] | None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return _by_members(archive.namelist())
    with path.open("rb") as file:
        if file.read(len(_TORCH_BEFORE_ZIP)) == _TORCH_BEFORE_ZIP:
            return "pytorch", "torch-pickle"
    return None


def _by_members(names: Iterable[str]) -> tuple[RuntimeKind, Loader] | None:
    """PyTorch's archives keep everything in one folder, which is called as the file once was."""
    inside = {PurePosixPath(*PurePosixPath(name).parts[1:]).as_posix() for name in names}
    top = set(names)
    if "models/model.json" in inside or "serialized_exported_program.json" in top:
        return "pytorch", "torch-export"
    if "data.pkl" not in inside:
        return None
    has_code = any(name.startswith("code/") for name in inside)
    return "pytorch", "torchscript" if has_code else "torch-pickle"
