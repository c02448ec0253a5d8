"""The head of a model card: the YAML that Hugging Face indexes.

Specification: https://github.com/huggingface/hub-docs/blob/main/modelcard.md
"""

from __future__ import annotations

from typing import Any

import yaml

from golive.bundle.manifest import RuntimeKind
from golive.bundle.profile import Evaluation
from golive.signature.model import Signature

__all__ = ["card_head"]

_LIBRARIES: dict[RuntimeKind, str] = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "function": "golive",
    "onnx": "onnx",
    "keras": "keras",
    "pytorch": "pytorch",
    "pyfunc": "mlflow",
}
_METRICS = {
    "average_precision": "average_precision",
    "brier": "brier_score",
    "mean_absolute_error": "mae",
    "median_absolute_error": "median_absolute_error",
    "r2": "r_squared",
    "root_mean_squared_error": "rmse",
}


def card_head(
    name: str,
    kind: RuntimeKind,
    signature: Signature,
    evaluation: Evaluation | None,
    *,
    dataset_name: str,
    license_id: str = "",
) -> str:
    """The YAML head, without the lines of dashes around it.

    Args:
        name: The model's name.
        kind: The runtime that answers with it.
        signature: Decides the task.
        evaluation: The results, or None.
        dataset_name: What they were computed on.
        license_id: Hugging Face's id of the licence; left out if empty.
    """
    task = _task(signature)
    head: dict[str, Any] = {"license": license_id} if license_id else {}
    head["library_name"] = _LIBRARIES[kind]
    head["tags"] = ["golive", kind, signature.output.kind]
    if task is not None:
        head["pipeline_tag"] = task
    if evaluation is not None and evaluation.metrics:
        head["metrics"] = [_METRICS.get(metric, metric) for metric in evaluation.metrics]
        head["model-index"] = [
            {"name": name, "results": [_result(task or "other", evaluation, dataset_name)]}
        ]
    return yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=1000)


def _task(signature: Signature) -> str | None:
    if signature.output.kind == "custom":
        return None
    types = {column.type for column in signature.columns}
    if types & {"image", "bytes"} or (signature.form == "tensors" and "vector" in types):
        is_of_images = types == {"image"} and signature.output.kind != "regression"
        return "image-classification" if is_of_images else None
    if signature.output.kind == "regression":
        return None if signature.form == "series" else "tabular-regression"
    return "text-classification" if signature.form == "series" else "tabular-classification"


def _result(task: str, evaluation: Evaluation, dataset_name: str) -> dict[str, Any]:
    return {
        "task": {"type": task},
        "dataset": {"name": dataset_name, "type": "held-out"},
        "metrics": [
            {
                "type": _METRICS.get(metric, metric),
                "name": metric.replace("_", " "),
                "value": value,
            }
            for metric, value in evaluation.metrics.items()
        ],
    }
