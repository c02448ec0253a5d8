"""Metrics of requests, records, errors and saturation, for Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from golive.http.backend_families import BACKEND_FAMILIES, teller
from golive.http.candidate_families import (
    FAMILIES,
    SECONDS,
    SHADOW,
    SHADOW_DIFFERENCES,
    SHADOW_RECORDS,
    SPLIT,
    SPLIT_SECONDS,
    STEP_BACKS,
    STEPPED_BACK,
)
from golive.http.connection_families import CONNECTION_FAMILIES, ENDINGS, ending_series
from golive.http.counters import Counters, Key, counts_of_others
from golive.http.exposition import CONTENT_TYPE, Family, exposition
from golive.http.limit_families import LIMIT_FAMILIES
from golive.http.worker_metrics import WORKER_FAMILIES
from golive.service.exchange import Facts, Response
from golive.service.problems import KNOWN_CODES
from golive.service.protocols import BackendChange
from golive.service.served import ServedModel

if TYPE_CHECKING:
    from golive.http.comparison import Comparison

__all__ = ["Metrics", "RouteSeries"]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SUM = len(SECONDS) + 1

_REQUESTS = Family(
    name="golive_requests",
    help="Requests by route, method and status.",
    kind="counter",
    labels=("route", "method", "status"),
)
_RECORDS = Family(
    name="golive_records",
    help="Records by outcome.",
    kind="counter",
    labels=("model", "outcome"),
)
_ERRORS = Family(
    name="golive_errors",
    help="Errors of requests and records.",
    kind="counter",
    labels=("code",),
)
_EXTRA_COLUMNS = Family(
    name="golive_extra_columns",
    help="Values of columns outside the signature that were ignored.",
    kind="counter",
    labels=("model",),
)
_OUT_OF_RANGE = Family(
    name="golive_out_of_range",
    help="Values outside the training sample's range that were passed.",
    kind="counter",
    labels=("model",),
)
_LOOKUP_DEFAULTS = Family(
    name="golive_lookup_defaults",
    help="Records with defaults of columns that could not be looked up, by reason.",
    kind="counter",
    labels=("model", "because"),
)
_SECONDS = Family(
    name="golive_request_seconds",
    help="Seconds from a request's first byte to its answer.",
    kind="histogram",
    labels=("route",),
    bounds=SECONDS,
)
_IN_FLIGHT = Family(
    name="golive_requests_in_flight",
    help="Requests being read or answered.",
    kind="gauge",
)
_SATURATION = Family(
    name="golive_queue_saturation",
    help="Share of the threads and the queue that is taken (the fullest, of several).",
    kind="gauge",
    merge=max,
)
_INFO = Family(
    name="golive_model_info",
    help="Always 1; the labels say which version is served.",
    kind="gauge",
    labels=("model", "version", "drifted"),
    merge=max,
)
_LOOKS = Family(
    name="golive_refreshes",
    help="Versions of followed references that were switched to.",
    kind="counter",
    labels=("model",),
)
_LOOK_FAILURES = Family(
    name="golive_refresh_failures",
    help="Versions that were not taken (refused), and looks without an answer (unavailable).",
    kind="counter",
    labels=("model", "reason"),
)
_FAMILIES = (
    _REQUESTS,
    _RECORDS,
    _ERRORS,
    _EXTRA_COLUMNS,
    _OUT_OF_RANGE,
    _LOOKUP_DEFAULTS,
    _SECONDS,
    _IN_FLIGHT,
    _SATURATION,
    _INFO,
    _LOOKS,
    _LOOK_FAILURES,
    *FAMILIES,
    *LIMIT_FAMILIES,
    *BACKEND_FAMILIES,
    *CONNECTION_FAMILIES,
    *WORKER_FAMILIES,
)
_BY_NAME = {family.name: family for family in _FAMILIES}


class RouteSeries:
    """The slots that the exchanges of a route and a method count into, once there are any."""

    __slots__ = ("method", "route", "seconds", "statuses")

    def __init__(self, route: str, method: str) -> None:
        self.route = route
        self.method = method
        self.seconds = 0
        self.statuses: dict[int, int] = {}


class Metrics:
    """Counts what is asked and answered.

    Labels hold route patterns, models, and codes that golive knows (others are `other`), so
    that no caller can make series without end. Nothing waits for a lock but what is counted for
    the first time; all but `describe`, `count_look` and `expose` is called by one thread only.

    Args:
        directory: Where several workers find each other's counts, or None.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._counters = Counters(directory)
        self._in_flight = self._counters.slot((_IN_FLIGHT.name,))
        self._saturation = self._counters.slot((_SATURATION.name,))
        self._routes: dict[tuple[str, str], RouteSeries] = {}
        self._models: dict[str, tuple[int, int, int, int]] = {}
        self._described: set[Key] = set()
        self._telling = Lock()

    def describe(self, models: Iterable[ServedModel]) -> None:
        """Say which models are served, and no others."""
        keys: set[Key] = {
            (_INFO.name, model.name, model.version, str(model.drifted).lower()) for model in models
        }
        for key in keys:
            self._counters.values[self._counters.slot(key)] = 1.0
        for key in self._described - keys:
            self._counters.values[self._counters.slot(key)] = 0.0
        self._described = keys

    def follow(self, models: Iterable[str]) -> None:
        """Say which models are followed, before anything is counted of them."""
        for model in models:
            self._counters.slot((_LOOKS.name, model))
            for reason in ("refused", "unavailable"):
                self._counters.slot((_LOOK_FAILURES.name, model, reason))

    def count_look(self, model: str, outcome: Literal["taken", "refused", "unavailable"]) -> None:
        """Count what came of a look at a followed model; called by one thread.

        Args:
            model: The model's name.
            outcome: Whether another version was switched to, or why not.
        """
        taken = outcome == "taken"
        key = (_LOOKS.name, model) if taken else (_LOOK_FAILURES.name, model, outcome)
        self._counters.values[self._counters.slot(key)] += 1.0

    def count_split(
        self,
        model: str,
        version: str,
        outcome: Literal["answered", "refused", "failed"],
        seconds: float,
    ) -> None:
        """Count a request that was split between two versions; called on the event loop.

        Args:
            model: The model's name.
            version: The version that answered it.
            outcome: What came of it.
            seconds: From its first byte.
        """
        slot = self._counters.slot((SPLIT.name, model, version, outcome))
        times = self._counters.slot((SPLIT_SECONDS.name, model, version), SPLIT_SECONDS.size)
        values = self._counters.values
        values[slot] += 1.0
        values[times + bisect_left(SECONDS, seconds)] += 1.0
        values[times + _SUM] += seconds

    def count_step_back(
        self,
        model: str,
        version: str,
        reason: Literal["errors", "latency", "disagreement", "crashed"] | None,
        is_back: bool,  # noqa: FBT001
    ) -> None:
        """Count a candidate that stepped back, and say whether it still is; by one at a time.

        Args:
            model: The model's name.
            version: The candidate's.
            reason: Why it stepped back now, or None.
            is_back: Whether it is asked no more.
        """
        at = self._counters.slot((STEPPED_BACK.name, model, version))
        self._counters.values[at] = float(is_back)
        if reason is not None:
            at = self._counters.slot((STEP_BACKS.name, model, version, reason))
            self._counters.values[at] += 1.0

    def count_shadow(
        self,
        model: str,
        version: str,
        outcome: Literal["compared", "failed", "dropped", "missed"],
        found: Comparison | None,
    ) -> None:
        """Count a copy that a candidate was to answer; each outcome is told by one thread.

        Args:
            model: The model's name.
            version: The candidate's.
            outcome: What came of it.
            found: How the answers compare, where both were there.
        """
        slot = self._counters.slot
        at = slot((SHADOW.name, model, version, outcome))
        self._counters.values[at] += 1.0
        if found is None:
            return
        outcomes = {"agreed": found.agreed, "differed": found.differed, "failed": found.failed}
        slots = {name: slot((SHADOW_RECORDS.name, model, version, name)) for name in outcomes}
        first = slot((SHADOW_DIFFERENCES.name, model, version), SHADOW_DIFFERENCES.size)
        values = self._counters.values
        for name, number in outcomes.items():
            values[slots[name]] += number
        for difference in found.differences:
            values[first + bisect_left(SHADOW_DIFFERENCES.bounds, difference)] += 1.0
            values[first + len(SHADOW_DIFFERENCES.bounds) + 1] += difference

    def add(self, series: Key, number: float = 1.0) -> None:
        """Count what is rare; each series by one thread at a time. With 0 it is there from now."""
        self._counters.values[self._counters.slot(series)] += number

    def backend_teller(
        self, model: str, is_usual: Callable[[], bool]
    ) -> Callable[[BackendChange], None]:
        """What counts changes of a model's process, which may be that of the usual version."""
        return teller(self._counters, self._telling, model, is_usual)

    def begin(self) -> None:
        """A request came."""
        self._counters.values[self._in_flight] += 1.0

    def end(self) -> None:
        """A request has gone, answered or not."""
        self._counters.values[self._in_flight] -= 1.0

    def saturate(self, saturation: float) -> None:
        """So much of the threads and the queue is taken, 0 to 1."""
        self._counters.values[self._saturation] = saturation

    def series(self, route: str, method: str) -> RouteSeries:
        """Where `count` counts the exchanges of a route and a method."""
        known = method if method in _METHODS else "other"
        if (route, known) not in self._routes:
            self._routes[route, known] = RouteSeries(route, known)
        return self._routes[route, known]

    def count(self, series: RouteSeries, response: Response, seconds: float) -> None:
        """Count an exchange."""
        facts = response.facts
        status = series.statuses.get(response.status)
        if status is None:
            status = self._status_slot(series, response.status)
        values = self._counters.values
        values[status] += 1.0
        values[series.seconds + bisect_left(SECONDS, seconds)] += 1.0
        values[series.seconds + _SUM] += seconds
        if facts.codes:
            self._count_codes(facts.codes)
        if facts.records and facts.model is not None:
            slots = self._models.get(facts.model) or self._model_slots(facts.model)
            values[slots[0]] += facts.records - facts.failed
            if facts.failed or facts.extra_columns or facts.out_of_range:
                self._count_what_is_rare(slots, facts)
            for because, number in facts.defaulted or ():
                values[self._counters.slot((_LOOKUP_DEFAULTS.name, facts.model, because))] += number

    def count_unanswered(self, why: str) -> None:
        """Count what was refused or given up without an answer, by its code or by an `Ending`."""
        if why in ENDINGS:
            self.add(ending_series(why))
        else:
            self._count_codes({why: 1})

    def expose(self, allows: Callable[[str], bool] | None = None) -> tuple[str, bytes]:
        """Content type and text of all workers' metrics; see `Exposition`."""
        if self._directory is None:
            counts = dict(self._counters.counts())
        else:
            counts = _merged(self._directory)
        return CONTENT_TYPE, exposition(_FAMILIES, _shown(counts, allows))

    def _status_slot(self, series: RouteSeries, status: int) -> int:
        key = (_REQUESTS.name, series.route, series.method, str(status))
        series.seconds = self._counters.slot((_SECONDS.name, series.route), _SECONDS.size)
        slot = series.statuses[status] = self._counters.slot(key)
        return slot

    def _count_codes(self, codes: dict[str, int]) -> None:
        for code, number in codes.items():
            slot = self._counters.slot((_ERRORS.name, code if code in KNOWN_CODES else "other"))
            self._counters.values[slot] += number

    def _count_what_is_rare(self, slots: tuple[int, int, int, int], facts: Facts) -> None:
        _, failed, extra_columns, out_of_range = slots
        values = self._counters.values
        values[failed] += facts.failed
        values[extra_columns] += facts.extra_columns
        values[out_of_range] += facts.out_of_range

    def _model_slots(self, model: str) -> tuple[int, int, int, int]:
        """Where answered and failed records and what is remarkable of them are counted."""
        slot = self._counters.slot
        slots = self._models[model] = (
            slot((_RECORDS.name, model, "answered")),
            slot((_RECORDS.name, model, "failed")),
            slot((_EXTRA_COLUMNS.name, model)),
            slot((_OUT_OF_RANGE.name, model)),
        )
        return slots


def _shown(
    counts: dict[Key, list[float]], allows: Callable[[str], bool] | None
) -> dict[Key, list[float]]:
    """The numbers without the versions that are served no more, and models that are not told of."""
    return {
        key: numbers
        for key, numbers in counts.items()
        if (key[0] != _INFO.name or any(numbers)) and _is_told(key, allows)
    }


def _is_told(key: Key, allows: Callable[[str], bool] | None) -> bool:
    model = _BY_NAME[key[0]].model_of(key)
    return allows is None or model is None or allows(model)


def _merged(directory: Path) -> dict[Key, list[float]]:
    """The numbers of all workers, without the gauges of those that are gone."""
    gathered: dict[Key, list[list[float]]] = {}
    for is_alive, key, numbers in counts_of_others(directory):
        if is_alive or _BY_NAME[key[0]].kind != "gauge":
            gathered.setdefault(key, []).append(numbers)
    return {
        key: [_BY_NAME[key[0]].merge(numbers) for numbers in zip(*counted, strict=True)]
        for key, counted in gathered.items()
    }
