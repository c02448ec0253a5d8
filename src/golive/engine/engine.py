"""The engine: decoded records in, one answer or fault a record out, in order."""

from __future__ import annotations

import logging
from collections.abc import Callable

from golive.engine.answers import Answer, Fault, Options
from golive.engine.decode import Decoded, Decoder
from golive.engine.isolation import isolate
from golive.engine.labelling import labeller
from golive.errors import GoliveError, ModelOutputError, RecordError
from golive.runtimes.protocols import Batch, Model, Outputs
from golive.signature.model import Signature

__all__ = ["Engine"]

_log = logging.getLogger("golive.engine")


class Engine:
    """Answers decoded records with one model, each record on its own.

    Safe to call from several threads if the model is.

    Args:
        signature: What the model takes and gives.
        model: The loaded model.
        decoder: Reads requests for this signature.
    """

    def __init__(self, signature: Signature, model: Model, *, decoder: Decoder) -> None:
        self.signature = signature
        self.decoder = decoder
        self._model = model

    def answer(self, decoded: Decoded) -> list[Answer | Fault]:
        """One answer or fault for each record of the request, in its order."""
        entries: list[Answer | Fault | None] = [None] * decoded.size
        for position, fault in decoded.faults.items():
            entries[position] = fault
        answered = self._answer_batch(decoded.batch, decoded.options)
        for position, entry in zip(decoded.indices, answered, strict=True):
            entries[position] = entry
        return [_present(entry) for entry in entries]

    def _answer_batch(self, batch: Batch, options: Options) -> list[Answer | Fault]:
        build = labeller(self.signature.output, options)
        results = isolate(batch.size, self._call(batch, build))
        return [self._fault(r) if isinstance(r, Exception) else r for r in results]

    def _fault(self, error: Exception) -> Fault:
        fault = _model_fault(error)
        if fault.code == "model_failed":
            _log.warning("The model failed on a record.", exc_info=error)
        return fault

    def _call(
        self, batch: Batch, build: Callable[[Outputs], list[Answer | Fault]]
    ) -> Callable[[list[int]], list[Answer | Fault]]:
        def call(positions: list[int]) -> list[Answer | Fault]:
            whole = len(positions) == batch.size
            return build(self._model.predict(batch if whole else batch.take(positions)))

        return call


def _present(entry: Answer | Fault | None) -> Answer | Fault:
    if entry is None:
        raise ModelOutputError("A record was neither decoded nor refused.")
    return entry


def _model_fault(error: Exception) -> Fault:
    """What a caller is told of an exception that one record caused inside the model."""
    if isinstance(error, RecordError):
        return Fault(error.code, error.message, error.field, origin="input")
    if isinstance(error, ModelOutputError):
        code = error.code if error.code == "non_finite_output" else "model_failed"
        return Fault(code, error.message, origin="model")
    reason = error.message if isinstance(error, GoliveError) else type(error).__name__
    return Fault(
        "model_failed",
        f"The model failed on this record ({reason}); the server's log has the details.",
        origin="model",
    )
