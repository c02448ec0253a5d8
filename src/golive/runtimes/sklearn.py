"""Models with `predict`: scikit-learn's estimators and pipelines, and whatever behaves so."""

from __future__ import annotations

from typing import Any

from golive.errors import ModelLoadError, ModelOutputError
from golive.runtimes import outputs
from golive.runtimes.frames import input_builder
from golive.runtimes.partition import brittle_columns, predict_apart
from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Signature

__all__ = ["SklearnModel"]


class SklearnModel:
    """Answers batches with an estimator's `predict_proba` or `predict`.

    Safe to call from several threads as far as the estimator's own prediction is, which holds
    for those of scikit-learn. The model's warnings are not hidden.
    """

    def __init__(self, estimator: Any, signature: Signature) -> None:
        """Wrap a fitted estimator.

        Raises:
            ModelLoadError: It has no `predict`, or not the `predict_proba` that the signature says.
        """
        if not hasattr(estimator, "predict"):
            raise ModelLoadError(
                f"A {type(estimator).__name__} has no predict, so it cannot answer records.",
                hint="Pack the fitted pipeline whose last step predicts.",
            )
        self._output = signature.output
        self._gives_probabilities = (
            signature.output.kind in ("binary", "multiclass") and signature.output.has_probabilities
        )
        if self._gives_probabilities and not hasattr(estimator, "predict_proba"):
            raise ModelLoadError(
                f"The signature says probabilities, and a {type(estimator).__name__} has no"
                " predict_proba.",
                hint="Set has_probabilities = false in the signature's output.",
            )
        self._estimator = estimator
        self._build = input_builder(signature)
        self._brittle = brittle_columns(signature)

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        if not batch.size:
            return outputs.empty_outputs(self._output)
        return predict_apart(batch, self._brittle, self._predict_alike)

    def _predict_alike(self, batch: Batch) -> Outputs:
        given = self._build(batch)
        match self._output.kind:
            case "regression":
                return Outputs(values=outputs.numbers(self._estimator.predict(given), batch.size))
            case "custom":
                return Outputs(values=outputs.values(self._estimator.predict(given), batch.size))
            case _ if self._gives_probabilities:
                return self._with_probabilities(given, batch.size)
            case _:
                raw = self._estimator.predict(given)
                return Outputs(labels=outputs.labels(raw, batch.size, self._output.classes))

    def _with_probabilities(self, given: Any, size: int) -> Outputs:
        classes = self._output.classes
        raw = self._estimator.predict_proba(given)
        rows = outputs.probability_rows(raw, size, len(classes))
        if self._output.label_source == "argmax":
            return Outputs(probabilities=rows)
        found = outputs.labels(self._estimator.predict(given), size, classes)
        for label in found:
            if label not in classes:
                raise ModelOutputError(
                    f"The model predicted {label!r}, which is none of the signature's classes."
                )
        return Outputs(probabilities=rows, labels=found)
