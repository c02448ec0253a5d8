"""The one runtime of every tensor program: records in, arrays through it, answers out."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.errors import ModelLoadError
from golive.runtimes import outputs
from golive.runtimes.protocols import Batch, Outputs
from golive.runtimes.tensor_answers import answer_reader
from golive.runtimes.tensor_inputs import tensor_inputs
from golive.runtimes.tensor_program import TensorProgram
from golive.signature.model import Signature

__all__ = ["TensorModel", "run_in_batches"]

_Array = np.ndarray[Any, Any]


class TensorModel:
    """Answers batches with a tensor program. As safe to call from several threads as it is."""

    def __init__(self, program: TensorProgram, signature: Signature) -> None:
        """Wrap a loaded program.

        Raises:
            ModelLoadError: The signature's columns or its output are not the program's.
        """
        self._program = program
        self._output = signature.output
        self._build = tensor_inputs(signature, program.facts)
        self._read = answer_reader(signature.output, program.facts)

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        if not batch.size:
            return outputs.empty_outputs(self._output)
        return self._read(run_in_batches(self._program, self._build(batch)), batch.size)


def run_in_batches(program: TensorProgram, inputs: list[_Array]) -> list[_Array]:
    """Run a program on n records, in parts where it takes only a fixed number of them.

    The last part is filled up with its last record, whose further outputs are dropped.
    """
    size = program.facts.batch_size
    if size is None:
        return program.run(inputs)
    if size < 1:
        raise ModelLoadError(f"The model takes batches of {size} records.")
    parts = [_run_part(program, inputs, at, size) for at in range(0, len(inputs[0]), size)]
    return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]


def _run_part(program: TensorProgram, inputs: list[_Array], at: int, size: int) -> list[_Array]:
    part = [array[at : at + size] for array in inputs]
    count = len(part[0])
    if count < size:
        part = [np.concatenate([a, np.repeat(a[-1:], size - count, axis=0)]) for a in part]
    return [array[:count] for array in program.run(part)]
