"""Candidates: the gateway of a server that has one, and what makes that step back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from golive.http.candidate_families import CANDIDATE_ENDS, CANDIDATE_PROCESSES, REFUSED
from golive.http.comparison import Comparison
from golive.http.gateway import ServiceGateway
from golive.http.metrics import Metrics
from golive.http.plan import Canary, OpenSource, Refusal, ServePlan
from golive.http.protocols import Gateway
from golive.http.refreshing.policy import refusal_of
from golive.http.shadow import Observer, Seen, Shadow, ShadowGateway
from golive.http.split import SplitGateway
from golive.http.stepback.notice import NoticeBoard
from golive.http.stepback.step_back import StepBack, TellRefused
from golive.service.protocols import BackendChange
from golive.service.served import ServedModel

__all__ = ["candidate_of", "gateway_of", "process_teller", "step_back_of"]

_ANYTHING = BaseException  # models raise what is no Exception, too, such as the panics of Rust


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
    step_back.begin(metrics.count_step_back, _refused_teller(metrics, model))
    if canary.is_shadow:
        observe = _of_copies(metrics, step_back)
        shadow = Shadow(model=model, observe=observe, crashed=step_back.see_crash)
        shadow.start()
        return ShadowGateway(gateway, model=model, shadow=shadow, step_back=step_back)
    return SplitGateway(
        gateway,
        canary,
        tell=metrics.count_split,
        step_back=step_back,
        pairs=_pairs(model, step_back),
    )


def candidate_of(
    plan: ServePlan, open_source: OpenSource, models: Mapping[str, ServedModel], step_back: StepBack
) -> tuple[ServedModel | None, Refusal | None]:
    """The candidate of a plan, loaded, or why it is not, of which is told; neither: there is none.

    Whatever is wrong with a candidate, the usual version answers.

    Args:
        plan: What is served.
        open_source: Gives the versions of a reference.
        models: The others, by name.
        step_back: Is told of a refusal.
    """
    canary = plan.canary
    if canary is None:
        return None, None
    refusal = canary.refusal
    if refusal is None:
        try:
            return open_source(plan, canary.named, lambda: models).load(canary.named), None
        except KeyboardInterrupt:
            raise
        except _ANYTHING as error:
            refusal = refusal_of(canary.named, error, at=datetime.now(UTC))
    step_back.refuse(refusal)
    return None, refusal


def process_teller(metrics: Metrics, model: str) -> Callable[[BackendChange], None]:
    """What counts what happens to the process of a candidate, one change at a time."""
    is_running = False

    def tell(change: BackendChange) -> None:
        nonlocal is_running
        before, is_running = is_running, change == "running"
        metrics.add((CANDIDATE_PROCESSES.name, model), float(is_running) - float(before))
        if change in ("crashed", "not_started"):
            metrics.add((CANDIDATE_ENDS.name, model, change))

    return tell


def _refused_teller(metrics: Metrics, model: str) -> TellRefused:
    def tell(candidate: str, is_refused: bool) -> None:  # noqa: FBT001
        metrics.add((REFUSED.name, model, candidate), 1.0 if is_refused else -1.0)

    return tell


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
