"""Telemetry: one log line a request, and the metrics."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from golive.http.metrics import Metrics, RouteSeries
from golive.service.admission import Admitted
from golive.service.exchange import Response
from golive.service.json_text import format_time
from golive.service.request_line import RequestLine

__all__ = ["Telemetry", "Teller"]

_TICK_SECONDS = 0.0005  # times are told in milliseconds


class Telemetry:
    """Tells of each exchange.

    Attributes:
        metrics: Counts, too.

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
        self._time = ""
        self._looked_at = -1.0

    def teller(self, admitted: Admitted) -> Teller:
        """What tells of the exchanges of a head."""
        return Teller(admitted, self.metrics.series(admitted.place.pattern, admitted.head.method))

    def record(self, teller: Teller, response: Response, started: float, body: bytes) -> None:
        """Write an exchange's log line and count it.

        Args:
            teller: Of its head.
            response: As it is sent.
            started: `time.perf_counter()` when it began.
            body: What was received.
        """
        now = time.perf_counter()
        seconds = now - started
        self.metrics.count(teller.series, response, seconds)
        if now - self._looked_at > _TICK_SECONDS:
            self._time, self._looked_at = format_time(self._clock()), now
        line = teller.line.text(self._time, response, seconds, len(body))
        if self._log_inputs:
            line += teller.line.inputs(body)
        self._write(line + "}\n")


class Teller:
    """What tells of the exchanges of a head.

    Attributes:
        series: Where they are counted.
        line: The parts of their log lines that the head decides.
    """

    __slots__ = ("line", "series")

    def __init__(self, admitted: Admitted, series: RouteSeries) -> None:
        self.series = series
        self.line = RequestLine(admitted)
