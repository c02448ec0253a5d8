"""PyTorch models of every file format, as tensor programs."""

from __future__ import annotations

from pathlib import Path

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError
from golive.runtimes.codespace import CodeSpace
from golive.runtimes.torch_export import ExportedTensorProgram, load_exported
from golive.runtimes.torch_modules import ModuleProgram, OpenModule, load_pickled, load_scripted

__all__ = ["load_program"]


def load_program(
    path: Path, spec: ModelSpec, space: CodeSpace | None
) -> ExportedTensorProgram | ModuleProgram | OpenModule:
    """Load a model onto the CPU, in inference mode.

    Args:
        path: The file.
        spec: The loader, and the module that stands in for `__main__` while unpickling.
        space: The bundle's own modules, or None if it has none.

    Returns:
        A tensor program; an open module where its arrays are not known yet.

    Raises:
        ModelLoadError: It cannot be loaded.
        MissingExtraError: PyTorch is not installed.
    """
    match spec.loader:
        case "torch-export":
            return load_exported(path)
        case "torchscript":
            return load_scripted(path)
        case "torch-pickle":
            return load_pickled(path, spec, space)
        case loader:
            raise ModelLoadError(f"The loader {loader!r} reads no model of PyTorch.")
