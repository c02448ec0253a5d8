"""PyTorch's exported programs (`.pt2`) as tensor programs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from golive.errors import ModelLoadError
from golive.runtimes.tensor_program import TensorFacts, TensorSpec
from golive.runtimes.torch_tensors import call_module, import_torch, output_names

__all__ = ["ExportedTensorProgram", "load_exported"]

_Array = np.ndarray[Any, Any]
_TRAINING_FLAGS = {"aten.dropout.default": 2, "aten.batch_norm.default": 5}


def load_exported(path: Path) -> ExportedTensorProgram:
    """Read what `torch.export.save` wrote.

    Raises:
        ModelLoadError: It cannot be read here, or was exported in training mode.
        MissingExtraError: PyTorch is not installed.
    """
    torch = import_torch()
    if not zipfile.is_zipfile(path):  # PyTorch would log what it tries in vain
        raise ModelLoadError(
            f"{path.name} is no whole exported program: it was cut off, or is another file.",
            hint="Copy it again, or write it again with torch.export.save.",
        )
    with path.open("rb") as file:  # a name that does not end in .pt2 is refused, a file is not
        try:
            exported = torch.export.load(file)
        except Exception as error:
            raise ModelLoadError(
                f"{path.name} cannot be loaded by PyTorch {torch.__version__}: {error}",
                hint="Export it again with torch.export.export and torch.export.save, with the"
                " PyTorch that is installed here.",
            ) from error
    return ExportedTensorProgram(exported, path.name)


class ExportedTensorProgram:
    """An exported program; its graph says which arrays it takes and gives.

    Attributes:
        facts: The arrays; a batch size that was fixed when it was exported is kept.
    """

    def __init__(self, exported: Any, name: str) -> None:
        """Wrap an `ExportedProgram`.

        Raises:
            ModelLoadError: It was exported in training mode.
        """
        _refuse_training_mode(exported, name)
        inputs = list(_placeholders(exported))
        results = next(node for node in exported.graph.nodes if node.op == "output").args[0]
        kept = [node for node in results if node is not None]
        structure = exported.call_spec.out_spec
        keys = structure.context if structure.type is dict else None
        names = output_names(dict.fromkeys(keys, 0) if keys else None, len(kept))
        self.facts = TensorFacts(
            inputs=tuple(_spec(node.name, node) for node in inputs),
            outputs=tuple(_spec(name, node) for name, node in zip(names, kept, strict=True)),
            batch_size=_fixed_batch_size(inputs),
        )
        self._most = _most_records(exported, inputs)
        self._module = exported.module()

    def run(self, inputs: list[_Array]) -> list[_Array]:
        """Compute the outputs of n records; see `TensorProgram.run`."""
        if self._most is None or len(inputs[0]) <= self._most:
            return list(call_module(self._module, inputs).values())
        parts = [
            self.run([array[at : at + self._most] for array in inputs])
            for at in range(0, len(inputs[0]), self._most)
        ]
        return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]


def _placeholders(exported: Any) -> Iterator[Any]:
    """The nodes of the caller's tensors; parameters and buffers are placeholders, too."""
    given = set(exported.graph_signature.user_inputs)
    return (n for n in exported.graph.nodes if n.op == "placeholder" and n.name in given)


def _spec(name: str, node: Any) -> TensorSpec:
    value = node.meta["val"]
    return TensorSpec(
        name,
        str(value.dtype).removeprefix("torch."),
        tuple(size if isinstance(size, int) else None for size in value.shape[1:]),
    )


def _fixed_batch_size(inputs: list[Any]) -> int | None:
    sizes = [node.meta["val"].shape[0] for node in inputs]
    return next((size for size in sizes if isinstance(size, int)), None)


def _most_records(exported: Any, inputs: list[Any]) -> int | None:
    """The largest batch that `dynamic_shapes` allowed, or None."""
    dimension = str(inputs[0].meta["val"].shape[0])
    for symbol, bounds in exported.range_constraints.items():
        if str(symbol) == dimension and bounds.upper.is_Integer:
            return int(bounds.upper)
    return None


def _refuse_training_mode(exported: Any, name: str) -> None:
    for node in exported.graph.nodes:
        at = _TRAINING_FLAGS.get(str(node.target))
        if at is not None and len(node.args) > at and node.args[at] is True:
            raise ModelLoadError(
                f"{name} was exported in training mode: {node.target} would change with every call"
                " or batch.",
                hint="Call model.eval() before torch.export.export(...) and export it again.",
            )
