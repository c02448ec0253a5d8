"""Candidates: loaded where they do the least harm."""

from __future__ import annotations

import sys
from pathlib import Path

from golive.bundle.reading import Bundle
from golive.engine.engine import Engine
from golive.engine.loading import what_answers
from golive.errors import ModelLoadError
from golive.http.plan import Canary, Named, Placement, ServePlan
from golive.http.refreshing.board import Board
from golive.http.stepback.noted_model import NotedModel
from golive.http.stepback.running import Running, RunningNote
from golive.service.served import ServedModel
from golive.wiring.apart import load_shadow, load_version
from golive.wiring.models import load_model

__all__ = ["load_candidate"]


def load_candidate(
    plan: ServePlan,
    canary: Canary,
    named: Named,
    bundle: Bundle,
    placement: Placement | None,
    *,
    waits: bool,
) -> ServedModel:
    """Load a candidate: in this process what answers callers, as it will when it is `prod`.

    One that answers copies has a process of its own, unless it takes features of other models,
    which are asked here.

    Args:
        plan: What is served.
        canary: What the candidate is to do.
        named: Its version.
        bundle: Its bundle.
        placement: The process in which it would be served if it answered callers; None: this one.
        waits: Whether the process of one that answers copies has to be ready.

    Raises:
        SourceUnavailableError: There is no memory to load it, or no process can be started.
        UsageError: It looks columns up, and the settings do not say where.
        GoliveError: It does not load or answers differently, or has brought down a worker.
    """
    if canary.is_shadow and not bundle.signature.features:
        own = placement or Placement(models=(named.model,), python=sys.executable)
        return load_shadow(plan, named, bundle, own, waits=waits)
    if placement is not None:
        return load_version(plan, named, bundle, placement)
    directory = plan.metrics_directory
    if directory is None or what_answers(bundle, original=plan.original)[0] == "compiled":
        return load_model(plan, named.model, bundle, names=named.names)
    return _loaded_with_note(plan, canary, named, bundle, directory)


def _loaded_with_note(
    plan: ServePlan, canary: Canary, named: Named, bundle: Bundle, directory: Path
) -> ServedModel:
    """The model; while its code runs, that is noted for who finds this process ended.

    Raises:
        ModelLoadError: That has happened before, and nobody has asked for it again.
    """
    notice = Board(directory).stepped_back(canary.slot)
    if notice is not None and notice.has_crashed and notice.version == bundle.version:
        message = f"It crashes: {notice.verdict.message}."
        raise ModelLoadError(message, hint=f"golive check {named.label}", code="crashed")
    about = Running(
        slot=canary.slot,
        candidate=named.label,
        version=bundle.version,
        is_shadow=canary.is_shadow,
    )
    note = RunningNote(directory, about)
    with note:
        model = load_model(plan, named.model, bundle, names=named.names)
    if isinstance(model.engine, Engine):
        model.engine.wrap_model(lambda inner: NotedModel(inner, note))
    return model
