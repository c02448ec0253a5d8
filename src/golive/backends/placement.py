"""Placement: which models are served apart, and which of them share a process."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from golive.errors import UsageError

__all__ = ["Candidate", "Group", "Manner", "are_met", "chosen_pythons", "place"]

Manner = Literal["environment", "model"]
"""Whether models whose requirements are the same share a process, or each one has its own."""

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)")


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about the place of a model.

    Attributes:
        name: The model's name.
        requirements: Its packages, such as `scikit-learn==1.5.2`.
        is_compiled: Whether its compiled program answers, which needs no package.
    """

    name: str
    requirements: tuple[str, ...]
    is_compiled: bool


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Models that share a process.

    Attributes:
        models: Their names, in the order in which they were given.
        python: The Python that was chosen for them, or None.
        requirements: What has to be installed for them; None where this environment has it all, or
            a Python was chosen.
    """

    models: tuple[str, ...]
    python: str | None = None
    requirements: tuple[str, ...] | None = None


def place(
    candidates: Sequence[Candidate],
    *,
    manner: Manner,
    pythons: Mapping[str, str],
    is_here: Callable[[tuple[str, ...]], bool],
) -> tuple[Group, ...]:
    """The processes of the models that are served apart; the others stay where the port is.

    A compiled program stays, for nothing of it can take a process down, unless a Python was chosen
    for it.

    Args:
        candidates: The models that are served.
        manner: Who shares a process.
        pythons: By model, the Python that was chosen for it.
        is_here: Whether this environment has these requirements.
    """
    groups: dict[tuple[str | None, tuple[str, ...] | None, str | None], list[str]] = {}
    for candidate in candidates:
        python = pythons.get(candidate.name)
        if candidate.is_compiled and python is None:
            continue
        wanted = tuple(sorted(set(candidate.requirements), key=str.lower))
        needed = None if python is not None or is_here(wanted) else wanted
        own = candidate.name if manner == "model" else None
        groups.setdefault((python, needed, own), []).append(candidate.name)
    return tuple(
        Group(models=tuple(names), python=python, requirements=needed)
        for (python, needed, _), names in groups.items()
    )


def are_met(requirements: Sequence[str], version_of: Callable[[str], str | None]) -> bool:
    """Whether every requirement pins the version that is installed.

    Args:
        requirements: Such as `scikit-learn==1.5.2`; one that pins nothing is not met.
        version_of: The installed version of a distribution, or None.
    """
    return all(_is_met(requirement, version_of) for requirement in requirements)


def chosen_pythons(texts: Sequence[str], models: Sequence[str]) -> dict[str, str]:
    """By model, the Python that was chosen for it.

    Args:
        texts: Such as `games=/srv/games/bin/python`.
        models: The models that are served.

    Raises:
        UsageError: A text is none, or names a model that is not served, or one twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        model, equals, python = text.partition("=")
        if not (equals and model and python):
            raise UsageError(
                f"--python {text} names no model and its Python.",
                hint="--python NAME=/path/to/python",
            )
        if model not in models or model in found:
            what = "is named twice" if model in found else "is not served"
            raise UsageError(
                f"--python {text}: {model} {what}.", hint=f"Served are: {', '.join(models)}"
            )
        found[model] = python
    return found


def _is_met(requirement: str, version_of: Callable[[str], str | None]) -> bool:
    pinned = _PINNED.fullmatch(requirement)
    if pinned is None:
        return False
    installed = version_of(pinned[1])
    return installed is not None and installed.partition("+")[0] == pinned[2]
