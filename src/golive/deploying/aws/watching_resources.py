"""Resources of the graph: what watches the function and tells a person."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Alarm",
    "Dashboard",
    "LogMetric",
    "Metric",
    "Panel",
    "Subscription",
    "Topic",
    "WatchingResource",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric of CloudWatch and how its values are put together.

    Attributes:
        statistic: Such as `Sum`, `Maximum` or `p99`.
        dimensions: Names and values, with places.
    """

    namespace: str
    metric: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Where alarms are told.

    Attributes:
        topic: Its name on AWS.
    """

    name: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who is told of them by e-mail."""

    name: str
    topic: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMetric:
    """A metric that is read out of lines of the log.

    Attributes:
        group: The log group's name in the graph.
        pattern: Of the lines.
        value: Where the number is in them.
    """

    name: str
    group: str
    filter: str
    pattern: str
    value: str
    namespace: str
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm: the metric reaches a bound.

    Attributes:
        alarm: Its name on AWS.
        reason: What it means and what to look at first.
        threshold: It alarms from this on.
        seconds: Of a period.
        periods: How many in a row.
        topic: The topic's name in the graph.
    """

    name: str
    alarm: str
    reason: str
    metric: Metric
    threshold: float
    seconds: int
    periods: int
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel of the dashboard: one of the four golden signals."""

    title: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The dashboard.

    Attributes:
        dashboard: Its name on AWS.
    """

    name: str
    dashboard: str
    panels: tuple[Panel, ...]


WatchingResource = Topic | Subscription | LogMetric | Alarm | Dashboard
