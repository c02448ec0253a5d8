"""Which models are made for missing values."""

import pytest

from golive.bundle.manifest import ModelSpec
from golive.packing.missing_values import is_made_for_nulls


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (b"\x22\x07Imputer", True),
        (b"\x22\x05IsNaN", True),
        (b"\x22\x16TreeEnsembleClassifier", True),
        (b"\x22\x15TreeEnsembleRegressor", True),
        (b"\x22\x04Relu", False),
        (b"\x1a\x07Imputer", False),  # the name of a node, not its operator
    ],
)
def test_an_onnx_graph_says_by_its_operators(tmp_path, node, expected):
    (tmp_path / "model.onnx").write_bytes(b"\x08\x09" + node + b"\x3a\x00")
    spec = ModelSpec(kind="onnx", loader="onnx", file="model.onnx")

    assert is_made_for_nulls(spec, tmp_path) is expected


def test_neural_nets_are_not_and_pipelines_may_be(tmp_path):
    keras = ModelSpec(kind="keras", loader="keras", file="net.keras")
    torch = ModelSpec(kind="pytorch", loader="torch-export", file="net.pt2")
    pipeline = ModelSpec(kind="sklearn", loader="joblib", file="model.joblib")

    found = [is_made_for_nulls(spec, tmp_path) for spec in (keras, torch, pipeline)]

    assert found == [False, False, True]
