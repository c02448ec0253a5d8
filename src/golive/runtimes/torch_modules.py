"""PyTorch's scripted and pickled modules, which do not say which arrays they take.

The shapes and types of those arrays are found on the sample when the model is packed, and kept
beside its file.
"""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError
from golive.runtimes.codespace import CodeSpace
from golive.runtimes.tensor_program import TensorFacts
from golive.runtimes.torch_tensors import call_module, import_torch
from golive.runtimes.unpickling import unpickle

__all__ = [
    "FACTS_FILE",
    "ModuleProgram",
    "OpenModule",
    "load_pickled",
    "load_scripted",
]

FACTS_FILE = "tensors.json"
_Array = np.ndarray[Any, Any]


class OpenModule:
    """A module in inference mode that takes and gives arrays which it does not describe.

    Attributes:
        module: The `torch.nn.Module`.
        input_names: The parameters that its `forward` needs.
    """

    def __init__(self, module: Any, input_names: tuple[str, ...]) -> None:
        self.module = module.eval()
        self.input_names = input_names

    def call(self, inputs: list[_Array]) -> dict[str, _Array]:
        """What the module gives for some arrays, by name; whatever it raises comes through."""
        return call_module(self.module, inputs)

    def described(self, facts: TensorFacts) -> ModuleProgram:
        """The tensor program of this module with these arrays."""
        return ModuleProgram(self.module, facts)


class ModuleProgram:
    """A module whose arrays are known.

    Attributes:
        module: The `torch.nn.Module`.
        facts: The arrays that it takes and gives.
    """

    def __init__(self, module: Any, facts: TensorFacts) -> None:
        self.module = module
        self.facts = facts

    def run(self, inputs: list[_Array]) -> list[_Array]:
        """Compute the outputs of n records; see `TensorProgram.run`."""
        return list(call_module(self.module, inputs).values())


def load_scripted(path: Path) -> OpenModule | ModuleProgram:
    """Read a TorchScript file; it is known to be deprecated, which is not said every time.

    Raises:
        ModelLoadError: It cannot be read here.
        MissingExtraError: PyTorch is not installed.
    """
    torch = import_torch()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "`torch.jit.load` is", DeprecationWarning)
            module = torch.jit.load(path, map_location="cpu")
    except (RuntimeError, ValueError) as error:
        raise ModelLoadError(
            f"{path.name} cannot be loaded by PyTorch {torch.__version__}:"
            f" {str(error).strip().splitlines()[-1]}",
            hint="Save it again with torch.jit.save, or better with torch.export.save.",
        ) from error
    arguments = module.forward.schema.arguments[1:]
    names = tuple(each.name for each in arguments if not each.has_default_value())
    return _described(OpenModule(module, names), path)


def load_pickled(
    path: Path, spec: ModelSpec, space: CodeSpace | None
) -> OpenModule | ModuleProgram:
    """Unpickle a whole module; this runs code, so only from files that are trusted.

    Raises:
        ModelLoadError: It cannot be loaded, or holds weights without a module.
        MissingExtraError: PyTorch is not installed.
    """
    torch = import_torch()
    found = unpickle(path, spec, space)
    if not isinstance(found, torch.nn.Module):
        raise _no_module(found, path)
    return _described(OpenModule(found, _parameters(found)), path)


def _described(module: OpenModule, path: Path) -> OpenModule | ModuleProgram:
    facts = path.with_name(FACTS_FILE)
    if not facts.is_file():
        return module
    return module.described(msgspec.json.decode(facts.read_bytes(), type=TensorFacts))


def _parameters(module: Any) -> tuple[str, ...]:
    """The names that `forward` needs; `input` where it takes whatever it is given."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    found = inspect.signature(module.forward).parameters.values()
    names = tuple(p.name for p in found if p.kind in kinds and p.default is p.empty)
    return names or ("input",)


def _no_module(found: object, path: Path) -> ModelLoadError:
    if not isinstance(found, dict):
        return ModelLoadError(
            f"{path.name} holds a {type(found).__name__}, which is no module of PyTorch.",
            hint="Save the module itself with torch.save(model, ...), or export it.",
        )
    return ModelLoadError(
        f"{path.name} holds weights (a state dict) and no model: which layers they belong to is"
        " written in your code alone.",
        hint="Load the weights into the model and export it, with a batch of its input as x:\n"
        f'  model.load_state_dict(torch.load("{path.name}")); model.eval()\n'
        '  shapes = ({0: torch.export.Dim("batch")},)\n'
        "  exported = torch.export.export(model, (x,), dynamic_shapes=shapes)\n"
        '  torch.export.save(exported, "model.pt2")',
    )
