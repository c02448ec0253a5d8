"""Isolating: which models get processes of their own, and the environments that these need."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args

import msgspec

from golive import settings
from golive.backends.environments import make_environment
from golive.backends.placement import (
    Candidate,
    Group,
    Manner,
    are_met,
    chosen_pythons,
    place,
)
from golive.bundle.reading import Bundle
from golive.engine.loading import what_answers
from golive.errors import UsageError
from golive.http.plan import Placement, ServePlan
from golive.wiring.registries import pull_named

__all__ = ["candidate_placement", "isolate", "placement_of", "placements_of"]


def isolate(
    plan: ServePlan, bundles: Mapping[str, Bundle], *, tell: Callable[[str], object]
) -> ServePlan:
    """The plan with the processes of the models that are served apart, their environments made.

    Args:
        plan: What to serve.
        bundles: The bundles of the plan by name.
        tell: Is told what takes long.

    Raises:
        UsageError: What was asked for cannot be had together, or names no model or Python.
        EnvironmentNotMadeError: The packages of a model cannot be installed.
    """
    return msgspec.structs.replace(plan, placements=placements_of(plan, bundles, tell=tell))


def placements_of(
    plan: ServePlan, bundles: Mapping[str, Bundle], *, tell: Callable[[str], object]
) -> tuple[Placement, ...]:
    """The processes of the models that are served apart, their environments made; see `isolate`."""
    return _placed(plan, bundles, plan.settings.pythons, tell)


def placement_of(
    plan: ServePlan, name: str, bundle: Bundle, *, tell: Callable[[str], object]
) -> Placement | None:
    """The process of a version that comes while others are served; None where it needs none.

    It shares a process with no other model: those that run hold what they were started with.

    Args:
        plan: How it is served.
        name: The model's name.
        bundle: The version's.
        tell: Is told what takes long.

    Raises:
        UsageError: It cannot be served apart, and would have to be.
        EnvironmentNotMadeError: Its packages cannot be installed.
    """
    pythons = [text for text in plan.settings.pythons if text.partition("=")[0] == name]
    found = _placed(plan, {name: bundle}, pythons, tell)
    return found[0] if found else None


def candidate_placement(plan: ServePlan, *, tell: Callable[[str], object]) -> Placement | None:
    """The process of a plan's candidate, its environment made; None where it needs none.

    Raises:
        GoliveError: As `placement_of`, and `golive.wiring.registries.pull_named`.
    """
    if plan.canary is None:
        return None
    named = plan.canary.named
    bundle = pull_named(named, verify=plan.verify)
    found = placement_of(plan, named.model, bundle, tell=tell)
    return None if found is None else msgspec.structs.replace(found, models=(named.label,))


def _placed(
    plan: ServePlan,
    bundles: Mapping[str, Bundle],
    chosen: Sequence[str],
    tell: Callable[[str], object],
) -> tuple[Placement, ...]:
    manner = _manner(plan)
    if manner is None:
        return ()
    pythons = {
        model: _python(text, model) for model, text in chosen_pythons(chosen, [*bundles]).items()
    }
    candidates = [
        Candidate(
            name=name,
            requirements=bundle.requirements,
            is_compiled=what_answers(bundle, original=plan.original)[0] == "compiled",
        )
        for name, bundle in bundles.items()
    ]
    groups = place(
        candidates,
        manner=manner,
        pythons=pythons,
        is_here=lambda requirements: are_met(requirements, _version_of),
    )
    _refuse_chains([name for group in groups for name in group.models], bundles)
    return tuple(Placement(models=group.models, python=_python_of(group, tell)) for group in groups)


def _refuse_chains(apart: Sequence[str], bundles: Mapping[str, Bundle]) -> None:
    """Refuse what needs a model in the process that has the port.

    Raises:
        UsageError: A model that is served apart takes features of others.
    """
    for name in apart:
        if bundles[name].signature.features:
            raise UsageError(
                f"{name} takes features of another model, which it cannot do in a process of its "
                "own.",
                hint="golive compile it, leave out --isolate, or serve it from another port.",
            )


def _manner(plan: ServePlan) -> Manner | None:
    wanted = plan.settings.isolate
    if wanted is None:
        if plan.settings.pythons:
            raise UsageError(
                "--python is for models that are served apart.",
                hint="golive serve A B --isolate environment --python NAME=/path/to/python",
            )
        return None
    for manner in get_args(Manner):
        if wanted == manner:
            return manner  # type: ignore[no-any-return]
    raise UsageError(
        f"--isolate {wanted!r} is neither environment nor model.",
        hint="golive serve A B --isolate environment",
    )


def _python(text: str, model: str) -> str:
    python = Path(text).expanduser().absolute()
    if not python.is_file():
        raise UsageError(
            f"--python {model}={text}: there is no file {python}.",
            hint=f"python -m venv ENVIRONMENT, then --python {model}=ENVIRONMENT/bin/python",
        )
    return str(python)


def _python_of(group: Group, tell: Callable[[str], object]) -> str:
    if group.python is not None:
        return group.python
    if group.requirements is None:
        return sys.executable
    made = make_environment(
        group.requirements, models=group.models, cache=settings.cache_dir(), tell=tell
    )
    return str(made)


def _version_of(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
