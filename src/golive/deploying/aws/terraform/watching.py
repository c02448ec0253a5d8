"""Alarms, their topic and the dashboard as resources of Terraform."""

from __future__ import annotations

from typing import assert_never

from golive.deploying.aws.dashboard_body import dashboard_body
from golive.deploying.aws.terraform.blocks import Block, Body, attribute, block, filled
from golive.deploying.aws.watching_resources import (
    Alarm,
    Dashboard,
    LogMetric,
    Subscription,
    Topic,
    WatchingResource,
)

__all__ = ["render_watching_resource"]


def render_watching_resource(resource: WatchingResource) -> list[Block]:
    """The resource of Terraform."""
    kind, body = _render(resource)
    return [block(kind, resource.name, body)]


def _render(resource: WatchingResource) -> tuple[str, Body]:
    match resource:
        case Topic():
            return "aws_sns_topic", {"name": resource.topic}
        case Subscription():
            return "aws_sns_topic_subscription", {
                "topic_arn": attribute("aws_sns_topic", resource.topic, "arn"),
                "protocol": "email",
                "endpoint": resource.email,
            }
        case LogMetric():
            return "aws_cloudwatch_log_metric_filter", _log_metric(resource)
        case Alarm():
            return "aws_cloudwatch_metric_alarm", _alarm(resource)
        case Dashboard():
            return "aws_cloudwatch_dashboard", {
                "dashboard_name": resource.dashboard,
                "dashboard_body": filled(dashboard_body(resource)),
            }
        case other:
            assert_never(other)


def _log_metric(metric: LogMetric) -> Body:
    return {
        "name": metric.filter,
        "log_group_name": attribute("aws_cloudwatch_log_group", metric.group, "name"),
        "pattern": metric.pattern,
        "metric_transformation": {
            "namespace": metric.namespace,
            "name": metric.metric,
            "value": metric.value,
            "unit": "Megabytes",
        },
    }


def _alarm(alarm: Alarm) -> Body:
    metric = alarm.metric
    is_percentile = metric.statistic.startswith("p")
    topic = attribute("aws_sns_topic", alarm.topic, "arn")
    body: Body = {
        "alarm_name": alarm.alarm,
        "alarm_description": alarm.reason,
        "namespace": metric.namespace,
        "metric_name": metric.metric,
        "extended_statistic" if is_percentile else "statistic": metric.statistic,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": alarm.threshold,
        "period": alarm.seconds,
        "evaluation_periods": alarm.periods,
        "treat_missing_data": "notBreaching",
        "alarm_actions": [topic],
        "ok_actions": [topic],
    }
    dimensions = {name: filled(value) for name, value in metric.dimensions}
    return body | ({"dimensions": dimensions} if dimensions else {})
