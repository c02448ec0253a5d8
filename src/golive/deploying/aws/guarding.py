"""What bounds the cost of a flood: what runs at a time, else the rate at the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive.deploying.aws.limits import SPARE_CONCURRENCY
from golive.deploying.aws.order import Order

__all__ = ["CostGuard", "cost_guard"]

_USUAL = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CostGuard:
    """The bound.

    Attributes:
        reserved: How many environments are reserved, and no more run; None for no bound.
        throttles: Whether the gateway bounds the rate of all callers together.
        why: Why it is this one.
    """

    reserved: int | None
    throttles: bool
    why: str

    @property
    def kind(self) -> Literal["concurrency", "rate", "nothing"]:
        """Which of them it is."""
        if self.reserved is not None:
            return "concurrency"
        return "rate" if self.throttles else "nothing"


def cost_guard(order: Order) -> CostGuard:
    """The bound of an order: the concurrency that is set, or can be reserved, else the rate."""
    settings, account = order.settings, order.account
    has_gateway = settings.front_door != "url"
    always = has_gateway and not settings.has_usage_plan
    if settings.concurrency != "auto":
        count = settings.concurrency
        why = f"concurrency is set: {count} at a time are reserved, and no more run"
        return CostGuard(reserved=count, throttles=always, why=why)
    wanted = max(_USUAL, settings.provisioned)
    if account is None:
        reason = "the account's limit of concurrency was not read"
    elif account.concurrency - account.reserved - wanted < SPARE_CONCURRENCY:
        reason = (
            f"the account may run {account.concurrency} at a time, and {SPARE_CONCURRENCY} of them "
            "have to stay unreserved"
        )
    else:
        why = f"{wanted} at a time are reserved, and no more run"
        return CostGuard(reserved=wanted, throttles=always, why=why)
    if has_gateway:
        why = f"{reason}; the gateway lets {settings.rate:g} requests a second pass, of all callers"
        return CostGuard(reserved=None, throttles=True, why=why)
    return CostGuard(reserved=None, throttles=False, why=f"{reason}, and a URL has no gateway")
