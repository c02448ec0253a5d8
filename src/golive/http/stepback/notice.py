"""Notices: which candidate stepped back and why, as the processes of a server tell each other."""

from __future__ import annotations

from typing import Protocol

import msgspec

from golive.http.stepback.verdict import Verdict
from golive.signature.model import JsonValue

__all__ = ["Notice", "NoticeBoard", "facts_of"]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that stepped back.

    Attributes:
        candidate: As a person calls it, such as `games@8`.
        version: The short id of its bundle.
        verdict: Why.
        at: When, ISO 8601 in UTC.
    """

    candidate: str
    version: str
    verdict: Verdict
    at: str

    @property
    def has_crashed(self) -> bool:
        """Whether it brings down the process that asks it."""
        return self.verdict.reason == "crashed"


class NoticeBoard(Protocol):
    """Where the processes of a server find each other's notices."""

    def tell_stepped_back(self, slot: str, notice: Notice) -> None:
        """Have every process know.

        Raises:
            OSError: It cannot be written down.
        """
        ...

    def stepped_back(self, slot: str) -> Notice | None:
        """The last notice, or None where there is none, or no more."""
        ...


def facts_of(notice: Notice) -> dict[str, JsonValue]:
    """What readiness tells of it."""
    return {
        "version": notice.candidate,
        "reason": notice.verdict.reason,
        "message": notice.verdict.message,
        "at": notice.at,
    }
