"""What an order costs in a month for a given traffic, and what a flood would cost in a day."""

from __future__ import annotations

from collections.abc import Iterator

from golive.deploying.aws.graph import Graph
from golive.deploying.aws.guarding import CostGuard
from golive.deploying.aws.order import Order
from golive.deploying.aws.prices import AS_OF, PRICES, REGION_OF_PRICES
from golive.deploying.aws.watching_resources import Alarm, Dashboard, LogMetric
from golive.deploying.cost import Cost, CostLine, Traffic

__all__ = ["LOG_BYTES", "flood_per_day", "monthly_cost"]

LOG_BYTES = 1_700
"""Of a request: golive's line, its embedded metrics, and Lambda's own start and report."""

_GB = 1_000_000_000
_MILLION = 1_000_000
_MONTH_SECONDS = 730 * 3600
_DAY_SECONDS = 24 * 3600
_PING_SECONDS = 0.005
_NOTES = (
    (
        "Without free tiers, volume discounts and taxes; most small deployments stay within the "
        "free tier of Lambda (1 million requests, 400,000 GB-seconds a month)."
    ),
    "Metrics that the function writes into its log cost as much again as each metric here.",
)


def monthly_cost(order: Order, graph: Graph, traffic: Traffic) -> Cost:
    """What the stack of an order costs in a month.

    Args:
        order: What is deployed.
        graph: Its resources.
        traffic: What is asked of it in one region.
    """
    lines = (
        *_of_requests(order, traffic),
        *_of_gateway(order, traffic),
        *_of_logs(order, traffic),
        *_of_watching(graph),
        *_of_package(order),
    )
    return Cost(
        lines=tuple(line for line in lines if line.quantity),
        region=REGION_OF_PRICES,
        as_of=AS_OF,
        regions=max(len(order.settings.regions), 1),
        notes=_NOTES,
    )


def flood_per_day(order: Order, guard: CostGuard) -> float | None:
    """US dollars of a day in which as much is asked as the guard lets through; None without one.

    Each request takes all of its time: nobody can make it cost more.
    """
    settings = order.settings
    gb_second = PRICES[f"compute {settings.architecture}"].usd * _gigabytes(order)
    if guard.reserved is not None:
        seconds = float(guard.reserved * _DAY_SECONDS)
        requests = seconds / settings.timeout
    elif guard.throttles:
        requests = settings.rate * _DAY_SECONDS
        seconds = requests * settings.timeout
    else:
        return None
    gateway = 0.0 if settings.front_door == "url" else PRICES[settings.front_door].usd
    return seconds * gb_second + requests / _MILLION * (PRICES["requests"].usd + gateway)


def _gigabytes(order: Order) -> float:
    return order.settings.memory / 1024


def _line(item: str, quantity: float, told: str | None = None) -> CostLine:
    return CostLine(item=told or item, quantity=quantity, price=PRICES[item])


def _of_requests(order: Order, traffic: Traffic) -> Iterator[CostLine]:
    settings = order.settings
    pings = 0.0 if settings.pings is None else _MONTH_SECONDS / settings.pings
    yield _line("requests", (traffic.requests + pings) / _MILLION)
    cold = 0.0 if settings.provisioned else traffic.cold_share * traffic.cold_milliseconds
    seconds = traffic.requests * (traffic.milliseconds + cold) / 1000 + pings * _PING_SECONDS
    price = "provisioned compute" if settings.provisioned else "compute"
    yield _line(f"{price} {settings.architecture}", seconds * _gigabytes(order))
    kept = settings.provisioned * _MONTH_SECONDS * _gigabytes(order)
    yield _line(f"provisioned {settings.architecture}", kept)


def _of_gateway(order: Order, traffic: Traffic) -> Iterator[CostLine]:
    door = order.settings.front_door
    if door != "url":
        yield _line(door, traffic.requests / _MILLION, f"front door ({door})")
    yield _line("answers", traffic.requests * traffic.answer_bytes / _GB, "answers sent")


def _of_logs(order: Order, traffic: Traffic) -> Iterator[CostLine]:
    written = traffic.requests * LOG_BYTES / _GB
    yield _line("logs", written)
    yield _line("kept logs", written * order.settings.retention / 30)


def _of_watching(graph: Graph) -> Iterator[CostLine]:
    yield _line("alarms", len(graph.of(Alarm)))
    yield _line("metrics", len(graph.of(LogMetric)))
    yield _line("dashboard", len(graph.of(Dashboard)))


def _of_package(order: Order) -> Iterator[CostLine]:
    if order.package is not None:
        yield _line("packages", order.package.size * order.settings.keep_versions / _GB)
