"""Canaries: the candidate that a plan's settings name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from golive.errors import UsageError
from golive.http.canary import read_canary
from golive.http.plan import Canary, Named, ServePlan
from golive.http.stepback.bounds import read_bounds
from golive.registry.reference import Reference, parse_reference
from golive.wiring.registries import named_now

__all__ = ["canary_of"]

_HINT = "golive serve NAME@prod --canary candidate=10; beside other models, NAME@candidate=10"


def canary_of(plan: ServePlan, pinned: Mapping[str, Named]) -> Canary:
    """The candidate that a plan's settings name, and the version that it is now.

    Args:
        plan: The plan.
        pinned: What its references name now.

    Raises:
        UsageError: The plan serves no reference or several, of which none is named, or a setting
            names no candidate or no bound.
        GoliveError: As `golive.wiring.registries.locate`.
    """
    settings = plan.settings
    if settings.canary is not None and settings.shadow is not None:
        raise UsageError(
            "One candidate at a time: it answers a share of the requests or copies of them.",
            hint="either --canary candidate=10 or --shadow candidate",
        )
    model, text = _named_model(settings.shadow or settings.canary or "")
    reference = _reference_of(model, plan, pinned)
    if settings.shadow is not None:
        alias, share = text, 0.0
    else:
        alias, share = read_canary(text, usual=reference.selector or "newest")
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


def _named_model(text: str) -> tuple[str | None, str]:
    """The model that a setting names before its aliases, or None, and the rest of it.

    Raises:
        UsageError: It names two.
    """
    parts = [part.strip().rpartition("@") for part in text.split(",")]
    models = list(dict.fromkeys(model for model, at, _ in parts if at))
    if len(models) > 1:
        raise UsageError(
            f"There is one candidate, and {text!r} names {' and '.join(models)}.",
            hint=_HINT,
        )
    return models[0] if models else None, ",".join(rest for _, _, rest in parts)


def _reference_of(model: str | None, plan: ServePlan, pinned: Mapping[str, Named]) -> Reference:
    """The reference of the model that has the candidate.

    Raises:
        UsageError: It is not served from a registry, or it is not said which of several it is.
    """
    references = {named.model: parse_reference(text) for text, named in pinned.items()}
    if model is None and len(plan.bundles) == len(references) == 1:
        return next(iter(references.values()))
    if model in references:
        return references[model]
    if model is not None:
        what = f"{model} is none that is served here"
    else:
        what = "say which" if references else "none is served here"
    raise UsageError(f"A candidate goes with one model from a registry: {what}.", hint=_HINT)
