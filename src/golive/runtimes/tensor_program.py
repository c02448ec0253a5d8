"""The seam between the generic tensor model and each framework: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

__all__ = ["TensorFacts", "TensorProgram", "TensorSpec"]


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One named array that a program takes or gives.

    Attributes:
        name: The program's own name of it.
        dtype: NumPy's name of the element type, such as `float32`; `object` for texts, and for
            outputs that hold one dict (class to probability) or list a record.
        shape: Without the batch dimension; None for a dimension that may have any size.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorFacts:
    """What a program says of its arrays.

    Attributes:
        inputs: In the order in which `run` takes them.
        outputs: In the order in which `run` gives them.
        batch_size: The only number of records that one run takes; None if it takes any.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    batch_size: int | None = None


@runtime_checkable
class TensorProgram(Protocol):
    """A loaded model of a tensor framework; safe to call from several threads."""

    @property
    def facts(self) -> TensorFacts:
        """The arrays that it takes and gives."""
        ...

    def run(self, inputs: list[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        """Compute the outputs of n records.

        Args:
            inputs: In the order of `facts.inputs`, each of the shape (n, *shape) and its dtype.

        Returns:
            In the order of `facts.outputs`, each of the shape (n, *shape).

        Raises:
            Exception: Whatever the framework raises.
        """
        ...
