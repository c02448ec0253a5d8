"""Isolating: models of a plan get processes of their own, and the environments that these need."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args

import msgspec

from golive import settings
from golive.backends.backend import Backend
from golive.backends.engine import RemoteEngine
from golive.backends.environments import make_environment
from golive.backends.messages import ModelOrder, Order, encode_order
from golive.backends.placement import (
    Candidate,
    Group,
    Manner,
    are_met,
    chosen_pythons,
    place,
)
from golive.backends.process import start_process
from golive.bundle.reading import Bundle
from golive.engine.loading import what_answers
from golive.errors import ModelLoadError, UsageError
from golive.http.plan import Placement, ServePlan
from golive.service.served import ServedModel
from golive.wiring.models import examples_of, facts_of, load_model

__all__ = ["isolate", "load_isolated"]

_PATIENCE_SECONDS = 120.0  # then the others are served without the model that is still starting


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
    manner = _manner(plan)
    if manner is None:
        return plan
    pythons = {
        model: _python(text, model)
        for model, text in chosen_pythons(plan.settings.pythons, [*bundles]).items()
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
    _refuse_lookups([name for group in groups for name in group.models], bundles)
    placements = tuple(
        Placement(models=group.models, python=_python_of(group, tell)) for group in groups
    )
    return msgspec.structs.replace(plan, placements=placements)


def _refuse_lookups(apart: Sequence[str], bundles: Mapping[str, Bundle]) -> None:
    """Refuse what needs a model in the process that has the port.

    Raises:
        UsageError: A model that is served apart looks columns up, or one of a chain is.
    """
    signatures = {name: bundle.signature for name, bundle in bundles.items()}
    chained = {each.model: name for name, s in signatures.items() for each in s.features}
    for name in apart:
        if signatures[name].lookups:
            why = "looks columns up"
        elif signatures[name].features:
            why = "takes features of another model"
        elif name in chained:
            why = f"gives features to {chained[name]}"
        else:
            continue
        raise UsageError(
            f"{name} {why}, which it cannot do in a process of its own.",
            hint="Leave out --isolate, or serve it from another port.",
        )


def load_isolated(
    plan: ServePlan, bundles: Mapping[str, Bundle], names: Mapping[str, tuple[str, ...]]
) -> dict[str, ServedModel]:
    """Load the models of a plan, some of them in processes of their own; in each worker.

    A model whose process does not start is served nevertheless: it is said why, and tried again.

    Args:
        plan: What to serve, its placements decided.
        bundles: The bundles of the plan by name.
        names: What the versions of models are called beside their ids.

    Raises:
        ModelLoadError: A model does not load in this process, or none at all can be served.
        EnvironmentDriftError: Golden records are answered differently and that is not allowed.
    """
    backends = [_backend(plan, placement, bundles) for placement in plan.placements]
    for backend in backends:
        backend.begin()
    try:
        apart = {name: backend for backend in backends for name in backend.models}
        found = {
            name: load_model(plan, name, bundle, names=names.get(name, ()))
            for name, bundle in bundles.items()
            if name not in apart
        }
        _wait(backends, are_all=not found)
        for name, backend in apart.items():
            found[name] = _served(plan, name, bundles[name], backend, names.get(name, ()))
    except BaseException:
        for backend in backends:
            backend.close()
        raise
    return {name: found[name] for name in bundles}


def _backend(plan: ServePlan, placement: Placement, bundles: Mapping[str, Bundle]) -> Backend:
    order = Order(
        models=tuple(ModelOrder(name=n, bundle=str(bundles[n].path)) for n in placement.models),
        threads=plan.settings.threads,
        allow_drifted_environment=plan.allow_drifted_environment,
        original=plan.original,
        no_pickle=plan.settings.no_pickle,
    )
    label = ", ".join(placement.models)
    start = partial(start_process, placement.python, encode_order(order), label=label)
    return Backend(placement.models, start)


def _wait(backends: Sequence[Backend], *, are_all: bool) -> None:
    """Wait until all have started or failed to.

    Raises:
        ModelLoadError: None has started, and they hold all models.
    """
    failures = []
    for backend in backends:
        try:
            backend.wait(None if are_all else _PATIENCE_SECONDS)
        except ModelLoadError as error:
            failures.append(error)
    if are_all and len(failures) == len(backends):
        raise failures[0]


def _served(
    plan: ServePlan, name: str, bundle: Bundle, backend: Backend, names: tuple[str, ...]
) -> ServedModel:
    start = backend.start_of(name)
    return ServedModel(
        name=name,
        names=names,
        version=bundle.version,
        engine=RemoteEngine(
            name,
            bundle.signature,
            backend,
            max_records=plan.settings.max_records,
            max_text=plan.settings.max_text,
        ),
        examples=examples_of(bundle),
        card=bundle.card,
        drifted=plan.allow_drifted_environment if start is None else start.is_drifted,
        facts=facts_of(bundle, *what_answers(bundle, original=plan.original)),
        backend=backend,
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
    if plan.settings.refresh is not None or plan.canary is not None:
        raise UsageError(
            "A model that is served apart follows no reference and has no candidate.",
            hint="Leave out --isolate, or --refresh, --canary and --shadow.",
        )
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
