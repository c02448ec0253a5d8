"""Answering: what the engine says of a request's records, whatever protocol asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from golive.engine.answers import Answer, Fault
from golive.service.json_text import encode_json
from golive.service.problems import Problem
from golive.service.protocols import DecodedRequest
from golive.service.routes import Call, Reply, problem_reply
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["Outcome", "answer_records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One answer or fault a record, and how a reply is made of them.

    Attributes:
        decoded: The request's records.
        entries: In the order of the request.
    """

    decoded: DecodedRequest
    entries: Sequence[Answer | Fault]

    @property
    def faults(self) -> dict[int, Fault]:
        """Position to fault of the records that have no answer."""
        return {at: entry for at, entry in enumerate(self.entries) if isinstance(entry, Fault)}

    def failure(self, *, told_in: str) -> Problem | None:
        """Why the request has no answer, or None where a record has one or there is no record.

        Args:
            told_in: The member of the body that tells it of each record.
        """
        faults = list(self.faults.values())
        if not faults or len(faults) < len(self.entries):
            return None
        culprit = next((fault for fault in faults if fault.origin == "model"), None)
        code = "invalid_records" if culprit is None else "model_failed"
        first = culprit or faults[0]
        if len(faults) == 1:
            return Problem(code=code, detail=first.message)
        detail = (
            f"None of the {len(faults)} records could be answered; `{told_in}` says why for "
            f"each. The first: {first.message}"
        )
        return Problem(code=code, detail=detail)

    def reply(self, body: dict[str, JsonValue]) -> Reply:
        """The reply with answers."""
        return self._counted(Reply(body=encode_json(body)))

    def refusal(self, call: Call, problem: Problem) -> Reply:
        """The reply with a problem."""
        return self._counted(problem_reply(problem, call.request_id, call.style))

    def _counted(self, reply: Reply) -> Reply:
        faults = self.faults.values()
        codes = Counter(fault.code for fault in faults) + Counter(reply.codes)
        return replace(
            reply,
            records=self.decoded.size,
            failed=len(faults),
            codes=dict(codes),
            extra_columns=self.decoded.extra_columns,
            out_of_range=self.decoded.out_of_range,
        )


def answer_records(model: ServedModel, decoded: DecodedRequest) -> Outcome:
    """Ask the model.

    Raises:
        RuntimeError: The engine did not give one entry a record.
    """
    entries = model.engine.answer(decoded)
    if len(entries) != decoded.size:
        raise RuntimeError(f"The engine gave {len(entries)} entries for {decoded.size} records.")
    return Outcome(decoded=decoded, entries=entries)
