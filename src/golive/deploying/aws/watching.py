"""The resources that watch: alarms, who is told, and a dashboard of the four golden signals."""

from __future__ import annotations

from dataclasses import dataclass

from golive.deploying.aws.graph import Resource
from golive.deploying.aws.limits import FrontDoor
from golive.deploying.aws.order import Order
from golive.deploying.aws.watching_resources import (
    Alarm,
    Dashboard,
    LogMetric,
    Metric,
    Panel,
    Subscription,
    Topic,
)

__all__ = ["watching"]

_NEAR_TIMEOUT = 0.8
_NEAR_MEMORY = 0.9
_PERIOD = 300
_NAMESPACE = "golive"


@dataclass(frozen=True, slots=True, kw_only=True)
class _DoorMetrics:
    """What the metrics of a front door are called."""

    namespace: str
    latency: str
    requests: str
    client_errors: str
    server_errors: str
    dimensions: tuple[tuple[str, str], ...]


def watching(order: Order) -> tuple[Resource, ...]:
    """What watches the function of an order."""
    topic = Topic(name="Alarms", topic=f"{order.name}-alarms")
    email = order.settings.alarm_email
    told = () if email is None else (Subscription(name="Email", topic=topic.name, email=email),)
    memory = LogMetric(
        name="MemoryMetric",
        group="Logs",
        filter=f"{order.name}-memory",
        pattern='{ $.type = "platform.report" }',
        value="$.record.metrics.maxMemoryUsedMB",
        namespace=_NAMESPACE,
        metric=f"{order.name}-max-memory",
    )
    return topic, *told, memory, *_alarms(order, topic.name), _dashboard(order)


def _function(order: Order, metric: str, statistic: str) -> Metric:
    return Metric(
        namespace="AWS/Lambda",
        metric=metric,
        statistic=statistic,
        dimensions=(("FunctionName", order.name),),
    )


def _memory(order: Order) -> Metric:
    return Metric(
        namespace=_NAMESPACE,
        metric=f"{order.name}-max-memory",
        statistic="Maximum",
        dimensions=(),
    )


def _door(order: Order) -> _DoorMetrics:
    doors: dict[FrontDoor, _DoorMetrics] = {
        "rest": _DoorMetrics(
            namespace="AWS/ApiGateway",
            latency="Latency",
            requests="Count",
            client_errors="4XXError",
            server_errors="5XXError",
            dimensions=(("ApiName", order.name), ("Stage", order.settings.stage)),
        ),
        "http": _DoorMetrics(
            namespace="AWS/ApiGateway",
            latency="Latency",
            requests="Count",
            client_errors="4xx",
            server_errors="5xx",
            dimensions=(("ApiId", "<id:HttpApi>"), ("Stage", "$default")),
        ),
        "url": _DoorMetrics(
            namespace="AWS/Lambda",
            latency="UrlRequestLatency",
            requests="UrlRequestCount",
            client_errors="Url4xxCount",
            server_errors="Url5xxCount",
            dimensions=(("FunctionName", order.name),),
        ),
    }
    return doors[order.settings.front_door]


def _of_door(door: _DoorMetrics, metric: str, statistic: str) -> Metric:
    return Metric(
        namespace=door.namespace, metric=metric, statistic=statistic, dimensions=door.dimensions
    )


def _alarms(order: Order, topic: str) -> tuple[Alarm, ...]:
    settings, door = order.settings, _door(order)
    near_timeout = round(settings.timeout * 1000 * _NEAR_TIMEOUT)
    near_memory = round(settings.memory * _NEAR_MEMORY)

    def alarm(
        name: str, metric: Metric, threshold: float, reason: str, *, periods: int = 1
    ) -> Alarm:
        return Alarm(
            name=f"{name}Alarm",
            alarm=f"{order.name}-{name.lower()}",
            reason=reason,
            metric=metric,
            threshold=threshold,
            seconds=_PERIOD,
            periods=periods,
            topic=topic,
        )

    return (
        alarm(
            "Errors",
            _function(order, "Errors", "Sum"),
            1,
            "The function crashed or took too long; its log says why.",
        ),
        alarm(
            "Gateway",
            _of_door(door, door.server_errors, "Sum"),
            1,
            "Callers got an answer of 500 or above.",
        ),
        alarm(
            "Throttles",
            _function(order, "Throttles", "Sum"),
            1,
            "More was asked at a time than may run; raise concurrency, or ask who asks.",
        ),
        alarm(
            "Slow",
            _function(order, "Duration", "p99"),
            near_timeout,
            f"One request in a hundred takes {near_timeout} ms or more of the "
            f"{settings.timeout} s after which it is given up; raise memory.",
            periods=2,
        ),
        alarm(
            "Memory",
            _memory(order),
            near_memory,
            f"It needed {near_memory} MB or more of its {settings.memory}; raise memory.",
        ),
    )


def _dashboard(order: Order) -> Dashboard:
    door = _door(order)
    panels = (
        Panel(
            title="Latency (ms)",
            metrics=(
                _of_door(door, door.latency, "p99"),
                _function(order, "Duration", "p50"),
                _function(order, "Duration", "p99"),
            ),
        ),
        Panel(
            title="Traffic (requests)",
            metrics=(
                _of_door(door, door.requests, "Sum"),
                _function(order, "Invocations", "Sum"),
            ),
        ),
        Panel(
            title="Errors",
            metrics=(
                _of_door(door, door.client_errors, "Sum"),
                _of_door(door, door.server_errors, "Sum"),
                _function(order, "Errors", "Sum"),
            ),
        ),
        Panel(
            title="Saturation (at a time, refused, MB)",
            metrics=(
                _function(order, "ConcurrentExecutions", "Maximum"),
                _function(order, "Throttles", "Sum"),
                _memory(order),
            ),
        ),
    )
    return Dashboard(name="Dashboard", dashboard=order.name, panels=panels)
