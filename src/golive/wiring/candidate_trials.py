"""Candidate trials: a candidate is tried before a server starts, which starts without a bad one."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from golive.bundle.reading import Bundle
from golive.engine.loading import load_bundle, what_answers
from golive.errors import GoliveError
from golive.http.plan import Named, ServePlan
from golive.http.refreshing.policy import refusal_of
from golive.settings import limit_numeric_threads
from golive.wiring.refreshing import RegistrySource
from golive.wiring.registries import pull_named

__all__ = ["tried"]


def tried(plan: ServePlan) -> ServePlan:
    """The plan with its candidate tried where it can do no harm, and refused if it does any.

    One that takes features of other models is tried where these are, which is not here.

    Args:
        plan: What is to be served, its references pinned.
    """
    canary = plan.canary
    if canary is None:
        return plan
    limit_numeric_threads(plan.settings.numeric_threads)
    try:
        bundle = pull_named(canary.named, verify=plan.verify)
        if not bundle.signature.features:
            _try_out(plan, canary.named, bundle)
    except (GoliveError, OSError) as error:
        refusal = refusal_of(canary.named, error, at=datetime.now(UTC))
        canary = msgspec.structs.replace(canary, refusal=refusal)
    return msgspec.structs.replace(plan, canary=canary)


def _try_out(plan: ServePlan, named: Named, bundle: Bundle) -> None:
    """Try a version apart; a compiled program, which is not, is loaded here.

    Raises:
        GoliveError: It does not load here, or answers its golden records differently.
    """
    source = RegistrySource(plan, named, has_served=False)
    try:
        source.try_bundle(named, bundle)
    finally:
        source.forget()
    if what_answers(bundle, original=plan.original)[0] == "compiled":
        allowed = plan.allow_drifted_environment
        load_bundle(bundle, allow_drifted_environment=allowed, limits_images=True)
