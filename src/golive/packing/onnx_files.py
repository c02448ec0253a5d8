"""ONNX models as files: the weights beside one, and one that is in memory."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError

__all__ = ["external_data", "save_proto"]

_LOCATION = re.compile(rb"\x0a\x08location\x12(.)", re.DOTALL)
"""The entry of an ONNX tensor that names its file: key 1 `location`, then key 2 and its length."""


def external_data(model: Path) -> tuple[PurePosixPath, ...]:
    """The files that hold weights of an ONNX model, relative to its folder.

    They are found in the model's bytes, so that packing needs no package beside the runtime.

    Raises:
        ModelLoadError: One of them is missing, or lies outside of the model's folder.
    """
    content = model.read_bytes()
    found: set[PurePosixPath] = set()
    for match in _LOCATION.finditer(content):
        name = content[match.end() : match.end() + match[1][0]].decode(errors="replace")
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ModelLoadError(
                f"{model.name} keeps weights in {name}, outside of its folder.",
                hint="save it with onnx.save_model(model, file, save_as_external_data=True)",
            )
        if not (model.parent / path).is_file():
            raise ModelLoadError(
                f"{model.name} keeps weights in {name}, and there is no such file beside it.",
                hint=f"put {name} into the folder of {model.name}",
            )
        found.add(path)
    return tuple(sorted(found))


def save_proto(model: Any, root: Path) -> ModelSpec:
    """Write an `onnx.ModelProto` into a staging directory.

    Raises:
        ModelLoadError: It is too large for one file.
    """
    try:
        content = model.SerializeToString()
    except ValueError as error:
        raise ModelLoadError(
            f"The ONNX model is too large for one file: {error}",
            hint="save it with onnx.save_model(model, file, save_as_external_data=True) and pack "
            "that file",
        ) from error
    (root / "model").mkdir(parents=True, exist_ok=True)
    (root / "model" / "model.onnx").write_bytes(content)
    return ModelSpec(kind="onnx", loader="onnx", file="model/model.onnx")
