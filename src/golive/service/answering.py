"""Answering: the records that a request asks about, and the reply that their answers make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from golive.engine.answers import Answer, Defaulted, Fault, FaultOrigin
from golive.service.calls import Call, Reply, problem_reply
from golive.service.json_text import encode_json
from golive.service.problems import Problem
from golive.service.protocols import DecodedRequest
from golive.signature.model import JsonValue

__all__ = ["Entries", "Outcome", "Question"]

Entries = Sequence[Answer | Fault]

_BLAME: dict[FaultOrigin, int] = {"model": 0, "time": 1, "input": 2}
_CODES: dict[FaultOrigin, str] = {
    "model": "model_failed",
    "time": "deadline_exceeded",
    "input": "invalid_records",
}


class Outcome(msgspec.Struct, kw_only=True):
    """One answer or fault a record, and how a reply is made of them.

    Attributes:
        decoded: The request's records.
        entries: In the order of the request.
        faults: Position to fault of the records that have no answer.
    """

    decoded: DecodedRequest
    entries: Entries
    faults: dict[int, Fault]

    def failure(self, *, told_in: str) -> Problem | None:
        """Why the request has no answer, or None where a record has one or there is no record.

        Args:
            told_in: The member of the body that tells it of each record.
        """
        if not self.faults or len(self.faults) < len(self.entries):
            return None
        faults = list(self.faults.values())
        culprit = min(faults, key=lambda fault: _BLAME[fault.origin])
        code, first = _CODES[culprit.origin], culprit
        if len(faults) == 1:
            return Problem(code=code, detail=first.message)
        detail = (
            f"None of the {len(faults)} records could be answered; `{told_in}` says why for "
            f"each. The first: {first.message}"
        )
        return Problem(code=code, detail=detail)

    def reply(self, body: dict[str, JsonValue]) -> Reply:
        """The reply with answers; a header says what could not be looked up for them."""
        reply = self._counted(Reply(body=encode_json(body)))
        if self.decoded.defaults:
            reply.headers["golive-defaults"] = _summary(self.decoded.defaults)
            reply.defaulted = _reasons(self.decoded.defaults)
        return reply

    def refusal(self, call: Call, problem: Problem) -> Reply:
        """The reply with a problem."""
        return self._counted(problem_reply(problem, call.request_id, call.style))

    def _counted(self, reply: Reply) -> Reply:
        decoded = self.decoded
        reply.records = decoded.size
        reply.extra_columns = decoded.extra_columns
        reply.out_of_range = decoded.out_of_range
        if self.faults:
            reply.failed = len(self.faults)
            reply.codes = _codes(self.faults, reply.codes)
        return reply


class Question(msgspec.Struct, kw_only=True):
    """What a handler gives that wants records answered before there is a reply.

    Whoever gets the answers need not ask for one request at a time.

    Attributes:
        call: The request.
        decoded: Its records.
        reply_of: Makes the reply of their answers.
    """

    call: Call
    decoded: DecodedRequest
    reply_of: Callable[[Call, Outcome], Reply]

    def reply(self, entries: Entries) -> Reply:
        """The reply.

        Args:
            entries: What the model's engine says of the records, in their order.

        Raises:
            RuntimeError: That is not one entry a record.
        """
        size = self.decoded.size
        if len(entries) != size:
            raise RuntimeError(f"The engine gave {len(entries)} entries for {size} records.")
        faults = {at: entry for at, entry in enumerate(entries) if isinstance(entry, Fault)}
        outcome = Outcome(decoded=self.decoded, entries=entries, faults=faults)
        return self.reply_of(self.call, outcome)


def _summary(defaults: Mapping[int, Sequence[Defaulted]]) -> str:
    """How many records have defaults, by lookup and reason: `users;because=timeout;records=2`."""
    counts: dict[str, int] = {}
    for record in defaults.values():
        for each in record:
            told = f"{each.lookup};because={each.because}"
            counts[told] = counts.get(told, 0) + 1
    return ", ".join(f"{told};records={count}" for told, count in counts.items())


def _reasons(defaults: Mapping[int, Sequence[Defaulted]]) -> tuple[tuple[str, int], ...]:
    """Each reason, and the number of records that have it."""
    counts: dict[str, int] = {}
    for record in defaults.values():
        for because in {each.because for each in record}:
            counts[because] = counts.get(because, 0) + 1
    return tuple(counts.items())


def _codes(faults: dict[int, Fault], others: dict[str, int]) -> dict[str, int]:
    codes: dict[str, int] = {}
    for fault in faults.values():
        codes[fault.code] = codes.get(fault.code, 0) + 1
    for code, count in others.items():
        codes[code] = codes.get(code, 0) + count
    return codes
