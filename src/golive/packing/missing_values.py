"""Whether a model was made for missing values, or only computes on with NaN."""

from __future__ import annotations

from pathlib import Path

from golive.bundle.manifest import ModelSpec

__all__ = ["is_made_for_nulls"]

_ONNX_OPERATORS = (
    "Imputer",
    "IsNaN",
    "TreeEnsemble",
    "TreeEnsembleClassifier",
    "TreeEnsembleRegressor",
)
_OPERATOR_TAG = b"\x22"  # field 4 of an ONNX node: the operator's name, after its length


def is_made_for_nulls(spec: ModelSpec, root: Path) -> bool:
    """Whether an answer to a null can mean anything.

    A neural net is not made for nulls: what becomes of NaN in it depends on the kernels, so that
    an answer says nothing. Neither is an ONNX graph without an operator that treats NaN by itself.

    Args:
        spec: The model's kind and file.
        root: The staging directory.
    """
    match spec.kind:
        case "keras" | "pytorch":
            return False
        case "onnx":
            content = (root / spec.file).read_bytes()
            return any(_entry(operator) in content for operator in _ONNX_OPERATORS)
        case _:
            return True


def _entry(operator: str) -> bytes:
    return _OPERATOR_TAG + bytes([len(operator)]) + operator.encode()
