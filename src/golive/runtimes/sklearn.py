"""Models with `predict`: scikit-learn's estimators and pipelines, and whatever behaves so."""

from __future__ import annotations

from typing import Any

from golive.errors import ModelLoadError, ModelOutputError
from golive.runtimes import outputs
from golive.runtimes.frames import input_builder
from golive.runtimes.matrices import MatrixCall, is_proven, matrix_call
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
        self._signature = signature
        self._call: MatrixCall | None = None
        self._build = input_builder(signature)
        self._brittle = brittle_columns(signature)

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        if not batch.size:
            return outputs.empty_outputs(self._output)
        call = self._call
        if call is not None and call.takes(batch):
            return self._answered(call.estimator, call.build(batch), batch.size)
        return predict_apart(batch, self._brittle, self._with_frame)

    def try_matrices(self, batch: Batch) -> None:
        """Leave frames out from now on, if that changes nothing about these records."""
        call = matrix_call(self._estimator, self._signature)
        if call is None or not batch.size or not call.takes(batch):
            return

        def with_matrix(part: Batch) -> Outputs:
            return self._answered(call.estimator, call.build(part), part.size)

        if is_proven(call, batch, with_matrix=with_matrix, with_frame=self._with_frame):
            self._call = call

    def _with_frame(self, batch: Batch) -> Outputs:
        return self._answered(self._estimator, self._build(batch), batch.size)

    def _answered(self, estimator: Any, given: Any, size: int) -> Outputs:
        match self._output.kind:
            case "regression":
                return Outputs(values=outputs.numbers(estimator.predict(given), size))
            case "custom":
                return Outputs(values=outputs.values(estimator.predict(given), size))
            case _ if self._gives_probabilities:
                return self._with_probabilities(estimator, given, size)
            case _:
                raw = estimator.predict(given)
                return Outputs(labels=outputs.labels(raw, size, self._output.classes))

    def _with_probabilities(self, estimator: Any, given: Any, size: int) -> Outputs:
        classes = self._output.classes
        raw = estimator.predict_proba(given)
        rows = outputs.probability_rows(raw, size, len(classes))
        if self._output.label_source == "argmax":
            return Outputs(probabilities=rows)
        found = outputs.labels(estimator.predict(given), size, classes)
        for label in found:
            if label not in classes:
                raise ModelOutputError(
                    f"The model predicted {label!r}, which is none of the signature's classes."
                )
        return Outputs(probabilities=rows, labels=found)
