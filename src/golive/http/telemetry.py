"""Telemetry: one log line a request, and the metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from golive.http.log_lines import format_time
from golive.http.metrics import Metrics
from golive.service.exchange import Request, Response
from golive.service.json_text import encode_json
from golive.signature.model import JsonValue

__all__ = ["Exchange", "Telemetry"]

_LONGEST_PATH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request, its response, and how long it took in seconds."""

    request: Request
    response: Response
    seconds: float


class Telemetry:
    """Tells of each exchange.

    Args:
        write: Takes a log line, its newline included.
        clock: The time, aware.
        metrics: Counts, too.
        log_inputs: Whether lines hold the records that were sent.
    """

    def __init__(
        self,
        *,
        write: Callable[[str], object],
        clock: Callable[[], datetime],
        metrics: Metrics,
        log_inputs: bool = False,
    ) -> None:
        self.metrics = metrics
        self._write = write
        self._clock = clock
        self._log_inputs = log_inputs

    def record(self, exchange: Exchange) -> None:
        """Write the exchange's log line and count it."""
        self.metrics.count(exchange.request, exchange.response, exchange.seconds)
        line = _line(exchange, self._clock())
        if self._log_inputs:
            line["query"] = exchange.request.query
            line["body"] = exchange.request.body.decode("utf-8", "replace")
        self._write(encode_json(line).decode() + "\n")


def _line(exchange: Exchange, now: datetime) -> dict[str, JsonValue]:
    request, response = exchange.request, exchange.response
    facts = response.facts
    return {
        "time": format_time(now),
        "level": "error" if response.status >= 500 else "info",
        "event": "request",
        "request_id": facts.request_id,
        "caller_request_id": response.headers.get("x-request-id"),
        "traceparent": response.headers.get("traceparent"),
        "method": request.method,
        "path": request.path[:_LONGEST_PATH],
        "route": facts.route,
        "status": response.status,
        "model": facts.model,
        "version": facts.version,
        "records": facts.records,
        "failed": facts.failed,
        "codes": facts.codes,
        "extra_columns": facts.extra_columns,
        "out_of_range": facts.out_of_range,
        "milliseconds": round(exchange.seconds * 1000, 3),
        "bytes_in": len(request.body),
        "bytes_out": len(response.body),
    }
