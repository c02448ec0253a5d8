"""Candidates: the gateway of a server that has one."""

from __future__ import annotations

from golive.http.gateway import ServiceGateway
from golive.http.plan import Canary
from golive.http.protocols import Gateway
from golive.http.shadow import Shadow, ShadowGateway
from golive.http.split import SplitGateway

__all__ = ["gateway_of"]


def gateway_of(canary: Canary, gateway: ServiceGateway) -> Gateway:
    """The gateway that hands requests, or copies of them, to a candidate.

    Args:
        canary: What the candidate is to do.
        gateway: Answers with it, as soon as it is proposed.
    """
    model = canary.named.model
    metrics = gateway.telemetry.metrics
    if canary.is_shadow:
        shadow = Shadow(model=model, observe=metrics.count_shadow)
        shadow.start()
        return ShadowGateway(gateway, model=model, shadow=shadow)
    return SplitGateway(
        gateway,
        model=model,
        share=canary.share,
        header=canary.header,
        tell=metrics.count_split,
    )
