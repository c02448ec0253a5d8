"""The gate: whether a version may take an alias, decided from what was found. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from golive.checking.difference import Difference
from golive.checking.report import Report
from golive.release.comparing import Comparison

__all__ = ["Found", "NotMade", "Permission", "Reason", "Verdict", "decide", "told"]

Flag = Literal["--anyway", "--breaking"]


@dataclass(frozen=True, slots=True)
class NotMade:
    """Something that was not looked at.

    Attributes:
        because: Why.
    """

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found about a version that is to take an alias.

    Attributes:
        check: What `golive check` found.
        comparison: With the version that holds the alias, on labelled rows.
        difference: From that version; None where none holds it or it cannot be read.
        failure: Why the version's model did not answer the rows, or an empty text.
        unreadable: Why the bundle of the version that holds the alias cannot be read, or an empty
            text.
    """

    check: Report | NotMade
    comparison: Comparison | NotMade
    difference: Difference | None = None
    failure: str = ""
    unreadable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What somebody has allowed beforehand.

    Attributes:
        breaking: Changes that break callers.
        anyway: Everything else; the reason why, or an empty text.
    """

    breaking: bool = False
    anyway: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Something that speaks against it.

    Attributes:
        code: Stable name: `check_failed`, `unreadable`, `breaking`, `does_not_answer`,
            `unanswered`, `worse`.
        message: What was found.
        allowed_by: The flag that allows it all the same.
        is_allowed: Whether it was given.
    """

    code: str
    message: str
    allowed_by: Flag
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate says.

    Attributes:
        reasons: Everything that speaks against it, allowed or not.
    """

    reasons: tuple[Reason, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether the version may take the alias."""
        return all(reason.is_allowed for reason in self.reasons)

    @property
    def name(self) -> Literal["passed", "overridden", "refused"]:
        """`passed` where nothing speaks against it, `overridden` where all of that was allowed."""
        if not self.reasons:
            return "passed"
        return "overridden" if self.is_allowed else "refused"

    @property
    def is_overridden(self) -> bool:
        """Whether `--anyway` was needed, and given."""
        return any(r.is_allowed and r.allowed_by == "--anyway" for r in self.reasons)

    @property
    def missing(self) -> tuple[Flag, ...]:
        """The flags that would allow it."""
        needed = (r.allowed_by for r in self.reasons if not r.is_allowed)
        return tuple(dict.fromkeys(needed))


def decide(found: Found, permission: Permission) -> Verdict:
    """Whether a version may take an alias.

    Against it speak an error that the check found, a change that breaks callers, a bundle of the
    version before that cannot be read, labelled rows that only the version before answers, and a
    metric that is worse. A comparison that was not made does not, nor one that shows neither.

    Args:
        found: What was found.
        permission: What is allowed all the same.
    """
    return Verdict(
        reasons=tuple(
            Reason(
                code=code,
                message=message,
                allowed_by="--breaking" if code == "breaking" else "--anyway",
                is_allowed=permission.breaking if code == "breaking" else bool(permission.anyway),
            )
            for code, message in _against(found)
        )
    )


def told(comparison: Comparison) -> str:
    """A comparison's deciding metric in a sentence."""
    shown, rows = comparison.decisive, f"{comparison.rows:,} labelled rows"
    words = {"better": "better", "worse": "worse", "undecided": "not shown to be better or worse"}
    return (
        f"{words[comparison.standing]} on {rows}: {comparison.metric} {shown.champion:.4g} → "
        f"{shown.challenger:.4g}, a difference of {shown.difference:+.3g} (95% interval "
        f"{shown.low:+.3g} to {shown.high:+.3g})"
    )


def _against(found: Found) -> Iterator[tuple[str, str]]:
    if isinstance(found.check, Report):
        yield from _checked(found.check)
    if found.unreadable:
        yield "unreadable", f"it cannot be compared with what stands there: {found.unreadable}"
    if found.difference is not None:
        for change in found.difference.changes:
            if change.effect == "breaking":
                where = f"{change.area} {change.subject}".strip()
                yield "breaking", f"it breaks callers, {where}: {change.message}"
    if found.failure:
        yield "does_not_answer", f"it does not answer the labelled rows: {found.failure}"
    if isinstance(found.comparison, Comparison):
        yield from _compared(found.comparison)


def _checked(report: Report) -> Iterator[tuple[str, str]]:
    """Of many errors of one kind the first, and how many there are."""
    errors = [finding for finding in report.findings if finding.severity == "error"]
    for code in dict.fromkeys(finding.code for finding in errors):
        alike = [finding for finding in errors if finding.code == code]
        where = f"{alike[0].check.replace('_', ' ')} {alike[0].subject}".strip()
        counted = "an error" if len(alike) == 1 else f"{len(alike)} errors {code}"
        yield "check_failed", f"the check found {counted}, at {where}: {alike[0].message}"


def _compared(comparison: Comparison) -> Iterator[tuple[str, str]]:
    if comparison.only_champion:
        message = f"{comparison.only_champion:,} labelled rows get no answer, and got one before"
        yield "unanswered", message
    if comparison.standing == "worse":
        yield "worse", f"it is {told(comparison)}"
