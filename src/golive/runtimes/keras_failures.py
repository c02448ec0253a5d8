"""Why Keras could not load a model, and what to do about it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from golive.errors import ModelLoadError
from golive.runtimes.codespace import public_name

__all__ = ["keras_failure"]

_UNKNOWN = (
    re.compile(r"Could not locate (?:class|function) '(?P<name>[^']+)'"),
    re.compile(r"Unknown (?:layer|object|\w+ function): '?(?P<name>\w+)"),
    re.compile(r"Could not deserialize .* '(?P<name>\w+)' because its parent module"),
)
_KEPT = 400
_HDF5 = b"\x89HDF\r\n\x1a\n"


def keras_failure(error: BaseException, path: Path) -> ModelLoadError:
    """The error that names what Keras does not know in `path`, and the mend."""
    if path.suffix == ".keras" and not zipfile.is_zipfile(path):
        return _broken(path)
    texts = [public_name(str(each)) for each in _chain(error)]
    if any("`Lambda` layer" in text and "lambda" in text for text in texts):
        return _lambda_layer(path)
    if any("No model config found" in text for text in texts):
        return _weights_only(path)
    version = _written_by(path)
    if version is not None and version.startswith(("1.", "2.")):
        return _older_keras(path, version, texts[-1])
    names = [m["name"] for text in texts for p in _UNKNOWN if (m := p.search(text))]
    if names:
        return _unknown_object(path, names[-1])
    return ModelLoadError(
        f"{path.name} cannot be loaded: {type(error).__name__}: {texts[-1][:_KEPT]}",
        hint="Load it with the Keras that saved it, and pack it there.",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes; the last one is nearest to what happened."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _broken(path: Path) -> ModelLoadError:
    return ModelLoadError(
        f"{path.name} is no whole .keras file: it was cut off, or written by something else.",
        hint="Copy it again, or save the model again with model.save('model.keras').",
    )


def _lambda_layer(path: Path) -> ModelLoadError:
    return ModelLoadError(
        f"{path.name} has a Lambda layer that holds Python bytecode, which would run when it is"
        " loaded and is therefore refused.",
        hint="Replace it by a layer class with a call method, decorated with"
        " @keras.saving.register_keras_serializable(), save again and pack with --code FILE.py;"
        " or export the model to ONNX and pack that.",
    )


def _weights_only(path: Path) -> ModelLoadError:
    return ModelLoadError(
        f"{path.name} holds weights and no model.",
        hint="Build the model, call model.load_weights(...) and pack what"
        " model.save('model.keras') writes.",
    )


def _older_keras(path: Path, version: str, reason: str) -> ModelLoadError:
    return ModelLoadError(
        f"{path.name} was saved by Keras {version}, and Keras 3 cannot read it: {reason[:_KEPT]}",
        hint="Build the same layers with Keras 3, call model.load_weights on an .h5 file, and save"
        " it as .keras; or load it with tf_keras (pip install tf_keras) and convert it to ONNX"
        " with tf2onnx.",
    )


def _unknown_object(path: Path, name: str) -> ModelLoadError:
    return ModelLoadError(
        f"{path.name} needs {name!r}, which is no part of Keras and not in the file.",
        hint="Pass the source file that defines it with --code FILE.py (only a script's definitions"
        " are run).",
    )


def _written_by(path: Path) -> str | None:
    """The version of Keras that a file says it was written by."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found = msgspec.json.decode(archive.read("metadata.json"), type=dict[str, str])
            return found.get("keras_version")
        return _written_by_hdf5(path)
    except (OSError, KeyError, msgspec.DecodeError):
        return None


def _written_by_hdf5(path: Path) -> str | None:
    with path.open("rb") as start:
        if start.read(len(_HDF5)) != _HDF5:
            return None
    import h5py

    with h5py.File(path, "r") as file:
        found = file.attrs.get("keras_version")
    return found.decode() if isinstance(found, bytes) else found
