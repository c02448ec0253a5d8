"""Alarms, their topic and the dashboard as resources of CloudFormation."""

from __future__ import annotations

from typing import assert_never

from golive.deploying.aws.cloudformation.intrinsics import Properties, filled, ref, without_none
from golive.deploying.aws.dashboard_body import dashboard_body
from golive.deploying.aws.watching_resources import (
    Alarm,
    Dashboard,
    LogMetric,
    Subscription,
    Topic,
    WatchingResource,
)

__all__ = ["render_watching_resource"]


def render_watching_resource(resource: WatchingResource) -> dict[str, Properties]:
    """The resource of CloudFormation, by its logical id."""
    return {resource.name: _render(resource)}


def _render(resource: WatchingResource) -> Properties:
    match resource:
        case Topic():
            return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": resource.topic}}
        case Subscription():
            return {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": ref(resource.topic),
                    "Protocol": "email",
                    "Endpoint": resource.email,
                },
            }
        case LogMetric():
            return _log_metric(resource)
        case Alarm():
            return _alarm(resource)
        case Dashboard():
            return {
                "Type": "AWS::CloudWatch::Dashboard",
                "Properties": {
                    "DashboardName": resource.dashboard,
                    "DashboardBody": filled(dashboard_body(resource)),
                },
            }
        case other:
            assert_never(other)


def _log_metric(metric: LogMetric) -> Properties:
    transformation = {
        "MetricNamespace": metric.namespace,
        "MetricName": metric.metric,
        "MetricValue": metric.value,
        "Unit": "Megabytes",
    }
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "FilterName": metric.filter,
            "LogGroupName": ref(metric.group),
            "FilterPattern": metric.pattern,
            "MetricTransformations": [transformation],
        },
    }


def _alarm(alarm: Alarm) -> Properties:
    metric = alarm.metric
    is_percentile = metric.statistic.startswith("p")
    dimensions = [{"Name": name, "Value": filled(value)} for name, value in metric.dimensions]
    properties: Properties = {
        "AlarmName": alarm.alarm,
        "AlarmDescription": alarm.reason,
        "Namespace": metric.namespace,
        "MetricName": metric.metric,
        "Dimensions": dimensions or None,
        "Statistic": None if is_percentile else metric.statistic,
        "ExtendedStatistic": metric.statistic if is_percentile else None,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": alarm.threshold,
        "Period": alarm.seconds,
        "EvaluationPeriods": alarm.periods,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [ref(alarm.topic)],
        "OKActions": [ref(alarm.topic)],
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": without_none(properties)}
