"""A noted model: whoever finds its process ended knows whether that was within the candidate."""

from __future__ import annotations

from golive.http.stepback.running import RunningNote
from golive.runtimes.protocols import Batch, Model, Outputs

__all__ = ["NotedModel"]


class NotedModel:
    """Answers as the model behind it; a `Model`.

    Args:
        model: Answers.
        note: Is told of each call.

    Attributes:
        answers_at_once: Whether the model gains nothing from records of several requests together.
    """

    def __init__(self, model: Model, note: RunningNote) -> None:
        self._model = model
        self._note = note
        self.answers_at_once = bool(getattr(model, "answers_at_once", False))

    def predict(self, batch: Batch) -> Outputs:
        """The outputs of a batch."""
        with self._note:
            return self._model.predict(batch)
