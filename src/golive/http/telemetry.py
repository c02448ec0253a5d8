"""Telemetry: one log line a request, and the metrics."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from golive.http.log_lines import format_time
from golive.http.metrics import Metrics, RouteSeries
from golive.service.admission import Admitted
from golive.service.exchange import Response
from golive.service.json_text import encode_json
from golive.signature.model import JsonValue

__all__ = ["Telemetry", "Teller"]

_LONGEST_PATH = 200
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
        line = teller.line(self._time, response, seconds, len(body))
        if self._log_inputs:
            line += f',"query":{teller.query},"body":{_json(body.decode("utf-8", "replace"))}'
        self._write(line + "}\n")


class Teller:
    """The parts of a log line that a head decides.

    Attributes:
        series: Where its exchanges are counted.
    """

    __slots__ = ("_about_model", "_about_request", "_admitted", "series")

    def __init__(self, admitted: Admitted, series: RouteSeries) -> None:
        head, place = admitted.head, admitted.place
        self.series = series
        self._admitted = admitted
        self._about_request = (
            f'","caller_request_id":{_json(admitted.echoed.get("x-request-id"))}'
            f',"traceparent":{_json(admitted.echoed.get("traceparent"))}'
            f',"method":{_json(head.method)},"path":{_json(head.path[:_LONGEST_PATH])}'
            f',"route":{_json(place.pattern)},"status":'
        )
        model = place.model
        key = admitted.key
        about_key = "" if key is None else f',"key":{_json(key[0])},"key_id":{_json(key[1])}'
        self._about_model = (
            f'{about_key},"model":{_json(None if model is None else model.name)}'
            f',"version":{_json(None if model is None else model.version)},"records":'
        )

    @property
    def query(self) -> str:
        """The query as JSON."""
        return _json([list(pair) for pair in self._admitted.head.query])

    def line(self, time: str, response: Response, seconds: float, bytes_in: int) -> str:
        """The line of an exchange, but for its end."""
        facts, status = response.facts, response.status
        return (
            f'{{"time":"{time}","level":"{"error" if status >= 500 else "info"}"'
            f',"event":"request","request_id":"{facts.request_id}{self._about_request}{status}'
            f'{self._about_model}{facts.records},"failed":{facts.failed}'
            f',"codes":{_json(facts.codes) if facts.codes else "{}"}'
            f',"extra_columns":{facts.extra_columns},"out_of_range":{facts.out_of_range}'
            f',"milliseconds":{seconds * 1000:.3f},"bytes_in":{bytes_in}'
            f',"bytes_out":{len(response.body)}'
        )


def _json(value: JsonValue) -> str:
    return encode_json(value).decode()
