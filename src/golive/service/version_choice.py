"""The choice of a version: a request's header `golive-version` names one of those served here."""

from __future__ import annotations

from collections.abc import Sequence

from golive.service.problems import Problem
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["HEADER", "chosen", "is_called", "not_served"]

HEADER = "golive-version"

_SHORTEST_BEGINNING = 8


def is_called(model: ServedModel, wanted: str) -> bool:
    """Whether a version has this name: a number or alias of a registry, or its id's beginning."""
    if wanted in model.names or wanted == model.version:
        return True
    whole = str(model.facts.get("id", model.version))
    return len(wanted) >= _SHORTEST_BEGINNING and whole.startswith(wanted)


def chosen(wanted: str, models: Sequence[ServedModel]) -> int | None:
    """The position of the first version that has this name, or None.

    Args:
        wanted: What the header says.
        models: Versions of one model; what answers those who choose none stands first.
    """
    return next((at for at, model in enumerate(models) if is_called(model, wanted)), None)


def not_served(wanted: str, models: Sequence[ServedModel]) -> Problem:
    """The problem of a request that asks for a version that is not served here."""
    served: list[JsonValue] = [_names(model) for model in models]
    listed = ", ".join(" or ".join((model.version, *model.names)) for model in models)
    return Problem(
        code="version_not_served",
        detail=f"The header {HEADER} asks for version {wanted[:100]!r} of {models[0].name}, which "
        f"is not served here; served are: {listed}.",
        members={"served": served},
    )


def _names(model: ServedModel) -> list[JsonValue]:
    return [model.version, *model.names]
