"""A fake tensor program: a NumPy function with named arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.runtimes.tensor_program import TensorFacts

__all__ = ["NumpyProgram"]

_Array = np.ndarray[Any, Any]


class NumpyProgram:
    """A tensor program that one function computes.

    It is as strict as the frameworks are: arrays of another number, type, rank or batch size than
    its facts say are refused.

    Attributes:
        facts: The arrays that it takes and gives.
        sizes: The number of records of every run so far.
    """

    def __init__(self, facts: TensorFacts, compute: Callable[..., list[_Array]]) -> None:
        """Make a program.

        Args:
            facts: What it says of its arrays.
            compute: Called with one array an input; gives one array an output.
        """
        self.facts = facts
        self.sizes: list[int] = []
        self._compute = compute

    def run(self, inputs: list[_Array]) -> list[_Array]:
        """Compute the outputs of n records.

        Raises:
            ValueError: The inputs are not what the facts say.
        """
        self._check(inputs)
        self.sizes.append(len(inputs[0]))
        return self._compute(*inputs)

    def _check(self, inputs: list[_Array]) -> None:
        for spec, array in zip(self.facts.inputs, inputs, strict=True):
            fits = array.ndim == len(spec.shape) + 1 and all(
                wanted in (None, size)
                for wanted, size in zip(spec.shape, array.shape[1:], strict=True)
            )
            if not fits or array.dtype != np.dtype(spec.dtype):
                raise ValueError(f"{spec.name} is {array.dtype} {array.shape}, not {spec}")
            if self.facts.batch_size not in (None, len(array)):
                raise ValueError(f"{spec.name} has {len(array)} records")
