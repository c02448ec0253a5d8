"""Models apart: processes that hold them, and the served models that ask these."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from golive.backends.backend import Backend, NotStartedError
from golive.backends.engine import RemoteEngine
from golive.backends.messages import ModelOrder, Order, encode_order
from golive.backends.process import start_process
from golive.bundle.reading import Bundle
from golive.engine.loading import what_answers
from golive.errors import ModelLoadError
from golive.forks import call_in_children
from golive.http.plan import Named, Placement, ServePlan
from golive.http.refreshing.source import SourceUnavailableError
from golive.service.served import ServedModel
from golive.wiring.free_memory import Memory, memory_now
from golive.wiring.isolating import placements_of
from golive.wiring.load_memory import LoadMemory, raise_refusal, too_slow
from golive.wiring.models import examples_of, facts_of, load_model

__all__ = ["load_isolated", "load_shadow", "load_version"]

_LOOK_SECONDS = 0.05
_SHADOW_END_SECONDS = 0.2  # then it is ended: what it has in hand is worth no wait
_PATIENCE_SECONDS = 120.0  # then the others are served without the model that is still starting
_logger = logging.getLogger("golive.backends")


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
        UsageError: A model looks columns up, and the settings do not say where.
        ModelLoadError: A model does not load in this process, or none at all can be served.
        EnvironmentDriftError: Golden records are answered differently and that is not allowed.
    """
    placements = plan.placements
    if plan.followed:  # the versions may be others than those that the server began with
        placements = placements_of(plan, bundles, tell=_logger.info)
    backends = [_backend(plan, placement, bundles) for placement in placements]
    apart = {name: backend for backend in backends for name in backend.models}
    engines = {name: _engine(plan, name, bundles[name], backend) for name, backend in apart.items()}
    for backend in backends:
        backend.begin()
    try:
        found = {
            name: load_model(plan, name, bundle, names=names.get(name, ()))
            for name, bundle in bundles.items()
            if name not in apart
        }
        _wait(backends, are_all=not found)
        for name, backend in apart.items():
            found[name] = _served(
                plan, name, bundles[name], backend, engines[name], names.get(name, ())
            )
    except BaseException:
        for backend in backends:
            backend.close()
        raise
    return {name: found[name] for name in bundles}


def load_version(
    plan: ServePlan,
    named: Named,
    bundle: Bundle,
    placement: Placement,
    *,
    memory: Callable[[], Memory | None] = memory_now,
) -> ServedModel:
    """Load a version in a process of its own, beside the one that serves.

    Its golden records are replayed there. Whatever it does meanwhile, it does to that process, so
    that nothing is tried before.

    Args:
        plan: How it is served.
        named: The version.
        bundle: The version's.
        placement: Where it is to be.
        memory: The memory that there is.

    Raises:
        SourceUnavailableError: There is no memory to load it, or no process can be started.
        UsageError: It looks columns up, and the settings do not say where.
        GoliveError: It does not load there or answers differently; where it hung, crashed, ended or
            took too much memory, the code is `model_not_loadable`.
    """
    backend = _backend(plan, placement, {named.model: bundle}, label=named.label)
    return _begun(plan, named, bundle, backend, memory)


def load_shadow(
    plan: ServePlan, named: Named, bundle: Bundle, placement: Placement, *, waits: bool
) -> ServedModel:
    """Load a version that answers copies in a process that yields to all others.

    Args:
        plan: What is served.
        named: The version.
        bundle: The version's.
        placement: Where it is to be.
        waits: Whether it has to be ready, as when it takes the place of another one.

    Raises:
        GoliveError: As `load_version`.
    """
    label = f"the shadow {named.label}"
    backend = _backend(plan, placement, {named.model: bundle}, label=label, is_shadow=True)
    if plan.metrics_directory is None:  # an application, whose server may fork
        call_in_children(backend.begin_anew)
    return _begun(plan, named, bundle, backend, memory_now if waits else None)


def _begun(
    plan: ServePlan,
    named: Named,
    bundle: Bundle,
    backend: Backend,
    memory: Callable[[], Memory | None] | None,
) -> ServedModel:
    """A version whose process begins; where memory is to be watched, it is waited for."""
    name = named.model
    engine = _engine(plan, name, bundle, backend)
    backend.begin()
    try:
        if memory is not None:
            _wait_for(backend, plan, named.label, memory)
        return _served(plan, name, bundle, backend, engine, named.names)
    except BaseException:
        backend.close()
        raise


def _backend(
    plan: ServePlan,
    placement: Placement,
    bundles: Mapping[str, Bundle],
    *,
    label: str | None = None,
    is_shadow: bool = False,
) -> Backend:
    order = Order(
        models=tuple(ModelOrder(name=n, bundle=str(bundles[n].path)) for n in placement.models),
        threads=plan.settings.threads,
        allow_drifted_environment=plan.allow_drifted_environment,
        original=plan.original,
        no_pickle=plan.settings.no_pickle,
        yields=is_shadow,
    )
    shown = label or ", ".join(placement.models)
    start = partial(start_process, placement.python, encode_order(order), label=shown)
    if not is_shadow:
        return Backend(placement.models, start, label=label)
    start = partial(start, end_seconds=_SHADOW_END_SECONDS)
    return Backend(placement.models, start, label=label, patience=plan.settings.time_limit)


def _engine(plan: ServePlan, name: str, bundle: Bundle, backend: Backend) -> RemoteEngine:
    engine = RemoteEngine(
        name,
        bundle.signature,
        backend,
        max_records=plan.settings.max_records,
        max_text=plan.settings.max_text,
    )
    if bundle.signature.lookups:
        from golive.wiring.lookups import add_named_lookups  # few models have any

        add_named_lookups(name, engine, plan.settings)
    return engine


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


def _wait_for(
    backend: Backend, plan: ServePlan, label: str, memory: Callable[[], Memory | None]
) -> None:
    """Wait until a version is loaded.

    Raises:
        SourceUnavailableError: There is no memory for it, or its process cannot be started now.
        GoliveError: It is not, or takes too long or too much.
    """
    seconds = plan.settings.load_limit
    deadline = time.monotonic() + (seconds or math.inf)
    watch = LoadMemory(label, most=plan.settings.worker_memory, memory=memory)
    while not backend.is_settled(_LOOK_SECONDS):
        process = backend.process_id
        report = watch.look(process) if seconds and process is not None else None
        if report is not None:
            raise_refusal(report)
        if time.monotonic() > deadline:
            raise too_slow(label, seconds)
    try:
        backend.wait()
    except NotStartedError as error:
        raise SourceUnavailableError(error.message, hint=error.hint) from error


def _served(
    plan: ServePlan,
    name: str,
    bundle: Bundle,
    backend: Backend,
    engine: RemoteEngine,
    names: tuple[str, ...],
) -> ServedModel:
    start = backend.start_of(name)
    return ServedModel(
        name=name,
        names=names,
        version=bundle.version,
        engine=engine,
        examples=examples_of(bundle),
        card=bundle.card,
        drifted=plan.allow_drifted_environment if start is None else start.is_drifted,
        facts=facts_of(bundle, *what_answers(bundle, original=plan.original)),
        backend=backend,
        bundle=str(bundle.path),
    )
