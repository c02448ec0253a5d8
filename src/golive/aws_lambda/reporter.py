"""The reporter: log lines that CloudWatch reads as metrics, too (embedded metric format).

One JSON object a line on stdout. What `_aws` names among its members becomes a metric; so a request
costs one line and no call.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from golive.aws_lambda.protocols import LambdaContext
from golive.service.exchange import Response
from golive.service.json_text import encode_json, format_time
from golive.service.request_line import RequestLine
from golive.signature.model import JsonValue

__all__ = ["Reporter", "about"]

_COUNT, _MILLISECONDS = "Count", "Milliseconds"
_REQUEST_METRICS = {
    "records": _COUNT,
    "failed": _COUNT,
    "client_errors": _COUNT,
    "server_errors": _COUNT,
    "cold_start": _COUNT,
    "milliseconds": _MILLISECONDS,
}


class Reporter:
    """Writes what became of the start and of each request.

    Args:
        function: The function's name.
        version: Its version, as Lambda counts them.
        namespace: Of the metrics.
        write: Takes a line, its newline included.
        clock: The time, aware.
    """

    def __init__(
        self,
        *,
        function: str,
        version: str,
        namespace: str,
        write: Callable[[str], object],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._function = function
        self._version = version
        self._namespace = namespace
        self._write = write
        self._clock = clock

    def event(
        self, name: str, facts: Mapping[str, JsonValue], *, metrics: Mapping[str, str] | None = None
    ) -> None:
        """Write a line about something that is no request.

        Args:
            name: What happened, such as `init`.
            facts: What is to be known of it.
            metrics: Which of the facts are metrics, and the unit of each.
        """
        now = self._clock()
        line: dict[str, JsonValue] = {
            "time": format_time(now),
            "level": "error" if "error" in facts else "info",
            "event": name,
            "function": self._function,
            "function_version": self._version,
            **facts,
        }
        if metrics:
            line["_aws"] = self._embedded(
                now, metrics, has_model=isinstance(facts.get("model"), str)
            )
        self._write(f"{encode_json(line).decode()}\n")

    def request(
        self,
        line: RequestLine,
        response: Response,
        *,
        seconds: float,
        body: bytes,
        facts: Mapping[str, JsonValue],
        has_inputs: bool = False,
    ) -> None:
        """Write the line of a request: that of the server, with what Lambda adds.

        Args:
            line: What its head decides.
            response: As it is sent.
            seconds: What it took.
            body: What was received.
            facts: What else is to be known of it.
            has_inputs: Whether the line holds what was sent.
        """
        now, status = self._clock(), response.status
        more: dict[str, JsonValue] = {
            "function": self._function,
            "function_version": self._version,
            **facts,
            "client_errors": int(400 <= status < 500),
            "server_errors": int(status >= 500),
            "_aws": self._embedded(
                now, _REQUEST_METRICS, has_model=response.facts.model is not None
            ),
        }
        text = line.text(format_time(now), response, seconds, len(body))
        inputs = line.inputs(body) if has_inputs else ""
        self._write(f"{text}{inputs},{encode_json(more).decode()[1:]}\n")

    def _embedded(
        self, now: datetime, metrics: Mapping[str, str], *, has_model: bool
    ) -> dict[str, JsonValue]:
        sets: list[JsonValue] = [["function"], ["function", "function_version"]]
        if has_model:
            sets.append(["function", "model"])
        directive: dict[str, JsonValue] = {
            "Namespace": self._namespace,
            "Dimensions": sets,
            "Metrics": [{"Name": name, "Unit": unit} for name, unit in metrics.items()],
        }
        return {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [directive],
        }


def about(context: LambdaContext | None, *, front: str, is_cold: bool) -> dict[str, JsonValue]:
    """What is told of an invocation.

    Args:
        context: Lambda's own facts, or None.
        front: What stands before the function.
        is_cold: Whether its caller had to wait for the start.
    """
    request_id = None if context is None else context.aws_request_id
    return {"aws_request_id": request_id, "front": front, "cold_start": int(is_cold)}
