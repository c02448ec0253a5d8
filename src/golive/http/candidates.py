"""Candidates: the gateway of a server that has one, and what makes that step back."""

from __future__ import annotations

from golive.http.comparison import Comparison
from golive.http.gateway import ServiceGateway
from golive.http.metrics import Metrics
from golive.http.plan import Canary
from golive.http.protocols import Gateway
from golive.http.shadow import Observer, Seen, Shadow, ShadowGateway
from golive.http.split import SplitGateway
from golive.http.stepback.notice import NoticeBoard
from golive.http.stepback.step_back import StepBack

__all__ = ["gateway_of", "step_back_of"]


def step_back_of(canary: Canary, board: NoticeBoard | None) -> StepBack:
    """What watches a candidate.

    Args:
        canary: What the candidate is to do.
        board: Where other processes of the server see it, or None where there are none.
    """
    return StepBack(
        canary.bounds,
        slot=canary.slot,
        candidate=canary.named.label,
        share=None if canary.is_shadow else canary.share,
        board=board,
    )


def gateway_of(canary: Canary, gateway: ServiceGateway, step_back: StepBack) -> Gateway:
    """The gateway that hands requests, or copies of them, to a candidate.

    Args:
        canary: What the candidate is to do.
        gateway: Answers with it, as soon as it is proposed.
        step_back: Watches it.
    """
    model = canary.named.model
    metrics = gateway.telemetry.metrics
    step_back.begin(metrics.count_step_back)
    if canary.is_shadow:
        shadow = Shadow(model=model, observe=_of_copies(metrics, step_back))
        shadow.start()
        return ShadowGateway(gateway, model=model, shadow=shadow, step_back=step_back)
    return SplitGateway(
        gateway,
        canary,
        tell=metrics.count_split,
        step_back=step_back,
        pairs=_pairs(model, step_back),
    )


def _of_copies(metrics: Metrics, step_back: StepBack) -> Observer:
    """Counts copies that the candidate was to answer, and has them seen."""

    def observe(model: str, version: str, seen: Seen, found: Comparison | None) -> None:
        metrics.count_shadow(model, version, seen, found)
        if found is not None:
            step_back.see(version, has_failed=found.failed > 0, seconds=None)
            step_back.see_pair(version, found)

    return observe


def _pairs(model: str, step_back: StepBack) -> Shadow | None:
    """Compares what the candidate answers with the usual version's answers, where that is bounded.

    Here the usual version answers the copies: callers get what the candidate says.
    """
    if step_back.bounds.disagreement is None:
        return None

    def observe(model: str, version: str, seen: Seen, found: Comparison | None) -> None:  # noqa: ARG001
        if found is not None:
            step_back.see_pair(version, found)

    shadow = Shadow(model=model, observe=observe)
    shadow.start()
    return shadow
