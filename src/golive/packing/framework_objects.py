"""Models of Keras and PyTorch in memory become files: what each framework itself writes."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError
from golive.packing.code import CODE, add_module, is_local
from golive.packing.definitions import definitions_of

__all__ = ["save_framework_object"]


def save_framework_object(model: Any, root: Path) -> ModelSpec | None:
    """Write a Keras or PyTorch model under `root/model`, and the source of its layers.

    Args:
        model: Any object.
        root: The staging directory.

    Returns:
        How it is loaded again; None for an object of another kind.

    Raises:
        ModelLoadError: It cannot be written.
    """
    bases = {f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in type(model).__mro__}
    if "keras.Model" in bases:
        return _save_keras(model, root)
    if "torch.ExportedProgram" in bases:
        return _save_exported(model, root)
    if "torch.ScriptModule" in bases:
        return _save_scripted(model, root)
    if "torch.Module" in bases:
        return _save_module(model, root)
    if "tf_keras.Model" in bases:
        raise ModelLoadError(
            "This is a model of tf_keras (Keras 2), and golive serves those of Keras 3.",
            hint="Build the same layers with Keras 3 and set their weights, or convert the model to"
            " ONNX with tf2onnx.",
        )
    return None


def _file(root: Path, name: str) -> Path:
    (root / "model").mkdir(parents=True, exist_ok=True)
    return root / "model" / name


def _save_keras(model: Any, root: Path) -> ModelSpec:
    for kind in {type(layer) for layer in _layers(model)}:
        _stage_source(kind, root)
    model.save(_file(root, "model.keras"))
    return ModelSpec(kind="keras", loader="keras", file="model/model.keras")


def _layers(model: Any) -> Iterator[Any]:
    """The model, its layers and, where they are models themselves, theirs."""
    yield model
    for layer in getattr(model, "layers", ()):
        yield from _layers(layer)


def _stage_source(kind: type, root: Path) -> None:
    """Copy the source of a class of the user's: its module, or its script's definitions."""
    source = inspect.getsourcefile(kind) if kind.__module__ != "__main__" else _script()
    if source is None or not is_local(Path(source)):
        return
    if kind.__module__ != "__main__":
        if not (root / CODE / Path(source).name).exists():
            add_module(root, kind.__module__, [Path(source).parent])
        return
    staged = root / CODE / Path(source).name
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_text(definitions_of(Path(source).read_text("utf-8")), "utf-8")


def _script() -> str | None:
    """The file of the running script; a notebook has none."""
    import __main__

    source = getattr(__main__, "__file__", None)
    return source if source is not None and Path(source).is_file() else None


def _save_exported(model: Any, root: Path) -> ModelSpec:
    import torch

    with _file(root, "model.pt2").open("wb") as file:
        torch.export.save(model, file)
    return ModelSpec(kind="pytorch", loader="torch-export", file="model/model.pt2")


def _save_scripted(model: Any, root: Path) -> ModelSpec:
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit.save` is", DeprecationWarning)
        torch.jit.save(model, _file(root, "model.pt"))
    return ModelSpec(kind="pytorch", loader="torchscript", file="model/model.pt")


def _save_module(model: Any, root: Path) -> ModelSpec:
    import cloudpickle
    import torch

    try:
        torch.save(model, _file(root, "model.pt"), pickle_module=cloudpickle)
    except Exception as error:
        raise ModelLoadError(
            f"A {type(model).__name__} cannot be pickled: {error}",
            hint="Export it with torch.export.export and pack what torch.export.save writes.",
        ) from error
    return ModelSpec(kind="pytorch", loader="torch-pickle", file="model/model.pt")
