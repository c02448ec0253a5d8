"""The ledger: what became of each request. Pure; the same events give the same report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Ledger"]

_MOST_DETAILS = 20


@dataclass(slots=True)
class Ledger:
    """Counts requests; each one that was sent has to end in exactly one way.

    Attributes:
        sent: How many were sent.
        answered: How many were answered correctly.
        refused: How many were refused, by code.
        cut: How many were open when their own server process was killed, by kill.
        lost: How many ended otherwise without an answer.
        wrong: How many got an answer that is not theirs, or not right.
        twice: How many got a second answer.
        retried: How often a client sent a request again after its connection was cut.
        details: What is known of the first that were lost, wrong or answered twice.
    """

    sent: int = 0
    answered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    wrong: int = 0
    twice: int = 0
    retried: int = 0
    details: list[str] = field(default_factory=list)
    _open: set[int] = field(default_factory=set)

    def send(self) -> int:
        """A request is sent; gives its number."""
        self.sent += 1
        self._open.add(self.sent)
        return self.sent

    def is_open(self, number: int) -> bool:
        """Whether a request has not ended."""
        return number in self._open

    def settle(self, number: int, verdict: str, *, detail: str = "") -> None:
        """A request has ended.

        Args:
            number: Of it.
            verdict: `answered`, `refused CODE`, `cut KILL`, `lost` or `wrong`.
            detail: What a person wants to know of what should not have happened.
        """
        if number not in self._open:
            self.twice += 1
            self._tell(f"request {number} ended twice: {verdict} {detail}")
            return
        self._open.remove(number)
        kind, _, rest = verdict.partition(" ")
        match kind:
            case "answered":
                self.answered += 1
            case "refused":
                self.refused[rest] += 1
            case "cut":
                self.cut[rest] += 1
            case "lost":
                self.lost += 1
                self._tell(f"request {number} was lost: {detail}")
            case _:
                self.wrong += 1
                self._tell(f"request {number}: {detail or verdict}")

    def repeat(self, detail: str) -> None:
        """Bytes came that nobody had asked for."""
        self.twice += 1
        self._tell(f"an answer that nobody asked for: {detail}")

    def close(self) -> None:
        """Nothing more comes: what is open is lost."""
        for number in sorted(self._open):
            self.settle(number, "lost", detail="it was still open at the end")

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, wrong or answered twice, and all of it adds up."""
        ended = self.answered + self.refused.total() + self.cut.total() + self.lost + self.wrong
        return not (self.lost or self.wrong or self.twice or self._open) and ended == self.sent

    def _tell(self, text: str) -> None:
        if len(self.details) < _MOST_DETAILS:
            self.details.append(text)
