"""The policy of refreshing: when to look again, whether to switch, what to say. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec

from golive.errors import GoliveError
from golive.http.plan import Named, Refusal
from golive.http.refreshing.source import SourceUnavailableError
from golive.signature.model import JsonValue

__all__ = [
    "Choice",
    "Following",
    "Schedule",
    "after_change_beside",
    "after_look",
    "after_refusal",
    "after_switch",
    "after_unavailable",
    "choose",
    "facts_of",
    "jittered",
    "missing_from_start",
    "refusal_of",
]

Choice = Literal["stay", "take"]

_LONGEST_WAIT = 300.0
_MOST_DOUBLINGS = 16


class Schedule(msgspec.Struct, frozen=True):
    """How often is looked.

    Attributes:
        period: Seconds between two looks.
        keep: Seconds that the version before is kept after a switch.
    """

    period: float
    keep: float = 0.0

    @property
    def longest(self) -> float:
        """The most seconds between two looks at what does not answer."""
        return max(self.period, _LONGEST_WAIT)


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one reference that is followed.

    Attributes:
        served: The version that is served.
        since: When it was switched to, ISO 8601 in UTC.
        due: When to look again, by a clock that only goes forwards.
        refused: The version that the reference names and that was not taken, or None.
        failures: How many looks in a row were not answered.
        failure: What the last one of them met, or None.
        is_missing: Whether nothing of it is served, and `served` is what was refused.
    """

    served: Named
    since: str
    due: float = 0.0
    refused: Refusal | None = None
    failures: int = 0
    failure: str | None = None
    is_missing: bool = False


def choose(following: Following, named: Named, *, is_asked: bool) -> Choice:
    """Whether to take the version that the reference names.

    Args:
        following: How it stands.
        named: The version.
        is_asked: Whether somebody asked to look: then one that was refused is tried again.
    """
    if named.sha256 == following.served.sha256 and not following.is_missing:
        return "stay"
    refused = following.refused
    if refused is not None and refused.named.sha256 == named.sha256 and not is_asked:
        return "stay"
    return "take"


def jittered(seconds: float, share: float) -> float:
    """Seconds that differ by up to a tenth, so that servers do not ask all at once.

    Args:
        seconds: The usual ones.
        share: Random, 0 to 1.
    """
    return seconds * (0.9 + 0.2 * share)


def after_look(
    following: Following, named: Named, *, now: float, schedule: Schedule, share: float
) -> Following:
    """How it stands when a look was answered.

    Args:
        following: How it stood.
        named: The version that the reference names.
        now: By the clock of `due`.
        schedule: How often is looked.
        share: Random, 0 to 1.
    """
    refused = following.refused
    if refused is not None and refused.named.sha256 != named.sha256:
        refused = None
    return msgspec.structs.replace(
        following,
        due=now + jittered(schedule.period, share),
        refused=refused,
        failures=0,
        failure=None,
    )


def after_unavailable(
    following: Following, message: str, *, now: float, schedule: Schedule, share: float
) -> Following:
    """How it stands when a look was not answered: the next one is later each time."""
    doublings = min(following.failures, _MOST_DOUBLINGS)
    wait = min(schedule.period * 2**doublings, schedule.longest)
    return msgspec.structs.replace(
        following,
        due=now + wait * (0.5 + 0.5 * share),
        failures=following.failures + 1,
        failure=message,
    )


def after_switch(following: Following, named: Named, *, at: str) -> Following:
    """How it stands when another version serves."""
    return msgspec.structs.replace(
        following, served=named, since=at, refused=None, is_missing=False
    )


def after_refusal(following: Following, refusal: Refusal) -> Following:
    """How it stands when a version was not taken."""
    return msgspec.structs.replace(following, refused=refusal)


def after_change_beside(following: Following, *, code: str, now: float) -> Following:
    """How it stands when another model was switched to: what did not go with it is tried again.

    Args:
        following: How it stood.
        code: Of refusals that say that.
        now: By the clock of `due`.
    """
    if following.refused is None or following.refused.code != code:
        return following
    return msgspec.structs.replace(following, refused=None, due=now)


def refusal_of(named: Named, error: BaseException, *, at: datetime) -> Refusal:
    """Why a version was not taken.

    Args:
        named: The version.
        error: What was raised when it was tried or loaded.
        at: When.
    """
    code, message = "model_not_loadable", f"{type(error).__name__}: {error}"
    if isinstance(error, GoliveError):
        code, message = error.code, error.message
    return Refusal(
        named=named,
        code=code,
        message=message,
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
        says_nothing=isinstance(error, SourceUnavailableError | OSError | MemoryError),
    )


def missing_from_start(following: Following, refusal: Refusal) -> Following:
    """How it stands where what the reference named at the start is not served.

    It is taken when somebody asks, or at the next look if what was met says nothing of it.
    """
    refused = None if refusal.says_nothing else refusal
    return msgspec.structs.replace(following, refused=refused, is_missing=True)


def facts_of(following: Following) -> dict[str, JsonValue]:
    """What readiness tells of it."""
    facts: dict[str, JsonValue] = {
        "reference": following.served.reference,
        "serves": None if following.is_missing else following.served.label,
        "since": following.since,
    }
    if following.refused is not None:
        facts["refused"] = following.refused.facts()
    if following.failure is not None:
        facts["unavailable"] = {"looks": following.failures, "message": following.failure}
    return facts
