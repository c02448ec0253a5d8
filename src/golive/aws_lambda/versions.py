"""Versions: the one that answers, and when to look for another one.

Lambda runs nothing between two invocations, so that who looks is the invocation whose turn it is;
no thread is started, and what is begun is over when it returns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import msgspec

from golive.aws_lambda.protocols import VersionSource
from golive.errors import GoliveError
from golive.service.served import ServedModel
from golive.service.service import Service
from golive.signature.model import JsonValue, Signature

__all__ = ["Following", "Refreshed", "Versions"]

Outcome = Literal["fixed", "same", "taken", "refused", "unavailable", "no_time"]
_RESERVE = 1.0


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """What is followed, and how.

    Attributes:
        source: The versions.
        sha256: Of the one that serves at first.
        every: Seconds between two looks; None: only where it is asked for.
        seconds: How long a look, and the way of a version to this machine, may take.
        load_seconds: What it took to load the first one.
    """

    source: VersionSource
    sha256: str
    every: float | None
    seconds: float
    load_seconds: float


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a look.

    Attributes:
        outcome: `fixed` where nothing is followed, `same`, `taken`, `refused` where the version
            is no good, `unavailable` where it could not be told or had, or `no_time` where the
            invocation is about to end.
        message: What stood in the way, or None.
    """

    outcome: Outcome
    message: str | None = None


class Versions:
    """The version that answers.

    Attributes:
        model: It.
        names: What a record of it may have as names, whatever else these would mean.
        guarded: The service for those who need a key.
        trusted: The service for those whom IAM has let in.

    Args:
        model: The first one.
        open_services: Makes both services of a model.
        following: What is followed, or None where the version is fixed.
        clock: Seconds that only go forwards.
    """

    def __init__(
        self,
        model: ServedModel,
        *,
        open_services: Callable[[ServedModel], tuple[Service, Service]],
        following: Following | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_services = open_services
        self._following = following
        self._clock = clock
        self._looked_at = clock()
        self._refused: str | None = None
        self._serve(model)

    @property
    def is_due(self) -> bool:
        """Whether it is time to look."""
        following = self._following
        if following is None or following.every is None:
            return False
        return self._clock() - self._looked_at >= following.every

    @property
    def facts(self) -> dict[str, JsonValue]:
        """Which version answers."""
        return {"model": self.model.name, "version": self.model.version}

    def look(self, left: float, *, is_asked: bool = False) -> Refreshed:
        """Look for another version, and let it answer if it is good; never raises.

        Args:
            left: Seconds until the invocation ends; it keeps what the present version needs.
            is_asked: Whether somebody wants it now: what was refused before is tried again.
        """
        following = self._following
        if following is None:
            return Refreshed(outcome="fixed")
        if left < following.seconds + 2 * following.load_seconds + _RESERVE:
            return Refreshed(outcome="no_time", message=f"{left:.1f} seconds are left.")
        self._looked_at = self._clock()
        try:
            found = following.source.look(following.seconds)
        except GoliveError as error:
            return Refreshed(outcome="unavailable", message=error.message)
        if found == following.sha256:
            self._refused = None
            return Refreshed(outcome="same")
        if found == self._refused and not is_asked:
            return Refreshed(outcome="refused", message="It was refused before.")
        return self._take(following, found)

    def _take(self, following: Following, found: str) -> Refreshed:
        begun = self._clock()
        try:
            model = following.source.load(following.seconds)
            self._serve(model)
        except GoliveError as error:
            is_away = error.code in ("store_unavailable", "no_room")
            if not is_away:
                self._refused = found
            return Refreshed(outcome="unavailable" if is_away else "refused", message=error.message)
        self._following = msgspec.structs.replace(
            following, sha256=found, load_seconds=self._clock() - begun
        )
        self._refused = None
        return Refreshed(outcome="taken")

    def _serve(self, model: ServedModel) -> None:
        names = _names(model.engine.signature)
        guarded, trusted = self._open_services(model)
        self.model, self.guarded, self.trusted = model, guarded, trusted
        self.names = names


def _names(signature: Signature) -> frozenset[str]:
    properties = (signature.json_schema or {}).get("properties", {})
    return frozenset((*signature.column_names, *signature.key_names, *properties))
