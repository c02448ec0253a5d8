"""ONNX models, run by ONNX Runtime."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from golive.errors import ModelLoadError, ModelOutputError
from golive.optional import require
from golive.runtimes.tensor_program import TensorFacts, TensorSpec

__all__ = ["OnnxProgram", "load_program"]

_DTYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(int8)": "int8",
    "tensor(int16)": "int16",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(uint8)": "uint8",
    "tensor(uint16)": "uint16",
    "tensor(uint32)": "uint32",
    "tensor(uint64)": "uint64",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
}
_FATAL = 4  # its errors are raised, too, so they need no second log beside golive's
_NOISE = re.compile(
    r"^\[ONNXRuntimeError\] : \d+ : \w+ : (Load model from .+? failed:)?|/onnxruntime_src/\S+ "
)


class OnnxProgram:
    """A session of ONNX Runtime on one CPU thread; several threads may run it at once.

    Attributes:
        facts: The arrays that it takes and gives.
    """

    def __init__(self, session: Any) -> None:
        """Wrap an `InferenceSession`.

        Raises:
            ModelLoadError: An input has no batch dimension or holds what no record can.
        """
        self.facts = _facts(session)
        self._session = session
        self._names = [spec.name for spec in self.facts.inputs]
        self._errors = _errors()

    def run(self, inputs: list[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        """Compute the outputs of n records.

        Raises:
            ModelOutputError: ONNX Runtime refuses the inputs or fails on them.
        """
        try:
            found = self._session.run(None, dict(zip(self._names, inputs, strict=True)))
        except self._errors as error:
            shapes = ", ".join(
                f"{name} {array.shape}" for name, array in zip(self._names, inputs, strict=True)
            )
            raise ModelOutputError(f"ONNX Runtime fails on {shapes}: {_reason(error)}") from error
        return [_array(output) for output in found]


def load_program(path: Path) -> OnnxProgram:
    """Load an ONNX file; files with its weights beside it are found by their names.

    Raises:
        ModelLoadError: ONNX Runtime cannot load it.
        MissingExtraError: ONNX Runtime is not installed.
    """
    onnxruntime = require("onnxruntime", extra="onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # workers, not threads, share the cores
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    try:
        session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except _errors() as error:
        raise ModelLoadError(
            f"ONNX Runtime {onnxruntime.__version__} cannot load {path.name}: {_reason(error)}",
            hint="Check it with onnx.checker.check_model; a model of a newer opset or with"
            " operators of another package needs an export without them.",
        ) from error
    return OnnxProgram(session)


def _errors() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises: its exceptions have no base of their own."""
    state = require("onnxruntime.capi.onnxruntime_pybind11_state", extra="onnx")
    kinds = (
        "EPFail", "EngineError", "Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf",
        "ModelLoaded", "NoModel", "NoSuchFile", "NotImplemented", "RuntimeException",
    )  # fmt: skip
    return (*(vars(state)[kind] for kind in kinds), RuntimeError, ValueError, TypeError)


def _facts(session: Any) -> TensorFacts:
    for value in session.get_inputs():
        _check_input(value)
    sizes = {_size(value.shape[0]) for value in session.get_inputs()} - {None}
    if len(sizes) > 1:
        raise ModelLoadError(
            "The model's inputs have different fixed batch sizes:"
            f" {', '.join(map(str, sorted(filter(None, sizes))))}.",
            hint="Export it with a dynamic batch dimension.",
        )
    return TensorFacts(
        inputs=tuple(_spec(value) for value in session.get_inputs()),
        outputs=tuple(_spec(value) for value in session.get_outputs()),
        batch_size=next(iter(sizes), None),
    )


def _check_input(value: Any) -> None:
    if value.type not in _DTYPES:
        raise ModelLoadError(
            f"The model's input {value.name!r} is of the type {value.type}, which is not served.",
            hint=f"Inputs may be {', '.join(_DTYPES)}.",
        )
    if not value.shape:
        raise ModelLoadError(
            f"The model's input {value.name!r} is one value for all records, not one a record.",
            hint="Export the model with a batch dimension first, or with that value fixed.",
        )


def _spec(value: Any) -> TensorSpec:
    """Sequences and maps count as one object a record; an unknown shape as one value."""
    shape = tuple(_size(size) for size in (value.shape or [])[1:])
    return TensorSpec(value.name, _DTYPES.get(value.type, "object"), shape)


def _size(given: Any) -> int | None:
    """A dimension's size; a name, nothing or a negative number stand for any."""
    return given if isinstance(given, int) and given > 0 else None


def _array(output: Any) -> np.ndarray[Any, Any]:
    """An output as an array; of a sequence or map, one object a record."""
    if isinstance(output, np.ndarray):
        return output.astype(object) if output.dtype.kind in "SU" else output
    rows = [output] if isinstance(output, dict) else list(output)
    array = np.empty(len(rows), dtype=object)
    for at, row in enumerate(rows):
        array[at] = row
    return array


def _reason(error: Exception) -> str:
    """What ONNX Runtime says, on one line, without its prefix and its source files."""
    return _NOISE.sub("", " ".join(str(error).split()))[:400] or type(error).__name__
