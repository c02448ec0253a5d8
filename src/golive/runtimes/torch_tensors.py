"""Arrays into PyTorch's modules and out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from golive.errors import ModelOutputError
from golive.optional import require

__all__ = ["call_module", "import_torch", "output_names"]

_Array = np.ndarray[Any, Any]


def import_torch() -> Any:
    """PyTorch.

    Raises:
        MissingExtraError: It is not installed.
    """
    return require("torch", extra="pytorch")


def call_module(module: Any, inputs: Sequence[_Array]) -> dict[str, _Array]:
    """Call a module on arrays, without gradients, and name what it gives.

    Returns:
        The arrays by name, in the module's order: the keys of a dict, `output` for one tensor,
        `output_0`, `output_1`, … for several.

    Raises:
        ModelOutputError: It gives no tensors.
        Exception: Whatever the module raises.
    """
    torch = import_torch()
    with torch.inference_mode():
        found = module(*(torch.tensor(each) for each in inputs))
    tensors = _tensors(found)
    return {
        name: _array(each)
        for name, each in zip(output_names(found, len(tensors)), tensors, strict=True)
    }


def output_names(structure: Any, count: int) -> list[str]:
    """The names of `count` outputs: the keys of a dict, or numbers where there are several."""
    if isinstance(structure, Mapping):
        return [str(key) for key, value in structure.items() if value is not None]
    return ["output"] if count == 1 else [f"output_{at}" for at in range(count)]


def _tensors(found: Any) -> list[Any]:
    parts = list(found.values()) if isinstance(found, Mapping) else found
    parts = list(parts) if isinstance(parts, list | tuple) else [parts]
    tensors = [part for part in parts if part is not None]
    if not tensors or not all(isinstance(each, import_torch().Tensor) for each in tensors):
        kinds = ", ".join(sorted({type(each).__name__ for each in tensors})) or "nothing"
        raise ModelOutputError(
            f"The module's forward gives {kinds}, and an answer is made of tensors.",
            hint="Wrap it in a module whose forward gives a tensor, a tuple of tensors or a dict of"
            " name to tensor.",
        )
    return tensors


def _array(tensor: Any) -> _Array:
    """In a type that NumPy itself has: bfloat16 and half precision as 32-bit floats."""
    whole = tensor.float() if tensor.is_floating_point() and tensor.itemsize < 4 else tensor
    array: _Array = whole.cpu().numpy()
    return array
