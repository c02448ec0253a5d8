"""What is to be served and how: a value that can be sent to worker processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from golive.service.served import ServedModel
from golive.settings import ServeSettings
from golive.signature.model import JsonValue

if TYPE_CHECKING:
    from golive.http.refreshing.source import ModelSource
    from golive.http.stepback.bounds import Bounds

__all__ = [
    "Canary",
    "LoadModels",
    "Named",
    "OpenSource",
    "Placement",
    "Refusal",
    "ServePlan",
    "Serving",
    "slot_of_candidate",
]


def slot_of_candidate(model: str) -> str:
    """What the candidate of a model is called among what is followed."""
    return f"{model}.candidate"


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """The version that a reference to a registry names at a time.

    Attributes:
        reference: As on the command line, such as `games@prod`.
        model: The model's name in the registry.
        version: The version's number.
        sha256: Of its bundle as one file.
        is_fixed: Whether the reference can never name another one.
    """

    reference: str
    model: str
    version: int
    sha256: str
    is_fixed: bool = False

    @property
    def label(self) -> str:
        """As a person calls it, such as `games@7`."""
        return f"{self.model}@{self.version}"

    @property
    def names(self) -> tuple[str, ...]:
        """What callers may ask for: the version's number, and the alias that stands for it."""
        _, at, selector = self.reference.rpartition("/")[2].partition("@")
        number = str(self.version)
        return (number, selector) if at and not self.is_fixed else (number,)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A version that was not taken.

    Attributes:
        named: The version.
        code: Of the error.
        message: What is wrong with it.
        at: When, ISO 8601 in UTC.
        says_nothing: Whether that says nothing of the version, such as that of a full disk.
    """

    named: Named
    code: str
    message: str
    at: str
    says_nothing: bool = False

    def facts(self) -> dict[str, JsonValue]:
        """What readiness tells of it."""
        return {
            "version": self.named.label,
            "code": self.code,
            "message": self.message,
            "at": self.at,
        }


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that answers a share of the requests, or copies of all.

    Attributes:
        named: The version that the candidate's alias named at the start.
        share: Of the requests, 0 to 1.
        header: The header, in lower case, by which callers keep their version; the body if None.
        is_shadow: Whether it answers copies, which nobody gets, and nothing else.
        bounds: How much worse than the usual version it may do.
        refusal: Why that version is not asked: it failed where it was tried; None: it is.
    """

    named: Named
    share: float
    header: str | None = None
    is_shadow: bool = False
    bounds: Bounds
    refusal: Refusal | None = None

    @property
    def slot(self) -> str:
        """What the candidate is called among what is followed."""
        return slot_of_candidate(self.named.model)


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """A process of models that are served apart.

    Attributes:
        models: The names of those that it holds.
        python: The Python that runs it.
    """

    models: tuple[str, ...]
    python: str


class ServePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What every worker process is told; it loads the bundles itself.

    Attributes:
        bundles: What names the bundles, as on the command line.
        settings: How they are served.
        cache: Directory of the stamps of verified bundles, or None for the usual one.
        verify: Whether every hash is checked again.
        allow_drifted_environment: Whether changed answers of golden records are put up with.
        original: Whether the original models answer instead of compiled programs.
        metrics_directory: Where several workers count together; None for one worker.
        pinned: Of the bundles that are references, which version each one named at the start.
        canary: The candidate of the one model that is served, or None.
        refresh_secret: What signs requests to look for other versions; None: there are none.
        placements: The processes of models that are served apart; each worker has its own.
    """

    bundles: tuple[str, ...]
    settings: ServeSettings
    cache: Path | None = None
    verify: bool = False
    allow_drifted_environment: bool = False
    original: bool = False
    metrics_directory: Path | None = None
    pinned: dict[str, Named] = msgspec.field(default_factory=dict)
    canary: Canary | None = None
    refresh_secret: str | None = None
    placements: tuple[Placement, ...] = ()

    @property
    def followed(self) -> dict[str, Named]:
        """The versions whose references are looked at while they are served.

        They are called as their model, the candidate as its canary says.
        """
        if self.settings.refresh is None:
            return {}
        slots = {named.model: named for named in self.pinned.values()}
        if self.canary is not None:
            slots[self.canary.slot] = self.canary.named
        return {slot: named for slot, named in slots.items() if not named.is_fixed}


LoadModels = Callable[[ServePlan], Mapping[str, ServedModel]]
"""Loads the models of a plan by name; a function of a module, so that workers find it."""

Serving = Callable[[], Mapping[str, ServedModel]]
"""Gives what serves now: models by name, and their candidates by slot."""

OpenSource = Callable[[ServePlan, Named, Serving], "ModelSource"]
"""Gives the versions of a followed reference; a function of a module, likewise."""
