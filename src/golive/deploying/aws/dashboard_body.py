"""The body of a dashboard, as CloudWatch reads it, with the graph's places."""

from __future__ import annotations

import json
from typing import Any

from golive.deploying.aws.watching_resources import Dashboard, Metric, Panel

__all__ = ["dashboard_body"]

_WIDTH, _HEIGHT, _COLUMNS = 12, 6, 2
_PERIOD = 300


def dashboard_body(dashboard: Dashboard) -> str:
    """The panels as JSON, two in a row."""
    widgets = [_widget(position, panel) for position, panel in enumerate(dashboard.panels)]
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _widget(position: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(position, _COLUMNS)
    return {
        "type": "metric",
        "x": column * _WIDTH,
        "y": row * _HEIGHT,
        "width": _WIDTH,
        "height": _HEIGHT,
        "properties": {
            "title": panel.title,
            "region": "<region>",
            "view": "timeSeries",
            "period": _PERIOD,
            "metrics": [_metric(metric) for metric in panel.metrics],
        },
    }


def _metric(metric: Metric) -> list[Any]:
    dimensions = [part for pair in metric.dimensions for part in pair]
    return [metric.namespace, metric.metric, *dimensions, {"stat": metric.statistic}]
