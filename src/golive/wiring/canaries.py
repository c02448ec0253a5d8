"""Canaries: the candidate that a plan's settings name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from golive.errors import UsageError
from golive.http.canary import read_canary
from golive.http.plan import Canary, Named, ServePlan
from golive.http.stepback.bounds import read_bounds
from golive.registry.reference import parse_reference
from golive.wiring.registries import named_now

__all__ = ["canary_of"]


def canary_of(plan: ServePlan, pinned: Mapping[str, Named]) -> Canary:
    """The candidate that a plan's settings name, and the version that it is now.

    Args:
        plan: The plan.
        pinned: What its references name now.

    Raises:
        UsageError: The plan does not serve one reference alone, or a setting names no candidate
            or no bound.
        GoliveError: As `golive.wiring.registries.locate`.
    """
    if len(plan.bundles) != 1 or len(pinned) != 1:
        raise UsageError(
            "A candidate goes with one model from a registry, and nothing else.",
            hint="golive serve NAME@prod --canary candidate=10",
        )
    [text] = pinned
    settings, reference = plan.settings, parse_reference(text)
    if settings.canary is not None and settings.shadow is not None:
        raise UsageError(
            "One candidate at a time: it answers a share of the requests or copies of them.",
            hint="either --canary candidate=10 or --shadow candidate",
        )
    if settings.shadow is not None:
        alias, share = settings.shadow, 0.0
    else:
        alias, share = read_canary(settings.canary or "", usual=reference.selector or "newest")
    candidate = msgspec.structs.replace(reference, selector=alias)
    header = settings.sticky_header
    return Canary(
        named=named_now(str(candidate), candidate),
        share=share,
        header=None if header is None else header.lower(),
        is_shadow=settings.shadow is not None,
        bounds=read_bounds(
            errors=settings.canary_errors,
            latency=settings.canary_latency,
            disagreement=settings.canary_disagreement,
            least=settings.canary_requests,
        ),
    )
