"""Metrics of requests, records, errors and saturation, for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from golive.service.exchange import Request, Response
from golive.service.problems import KNOWN_CODES
from golive.service.served import ServedModel

__all__ = ["Metrics"]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts what is asked and answered, in a registry of its own.

    Labels hold route patterns, models, and codes that golive knows (others are `other`), so
    that no caller can make series without end.

    Args:
        directory: Where several workers count together (prometheus_client's multiprocess mode,
            switched on by the environment before this module is imported), or None.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "golive_requests",
            "Requests by route, method and status.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._records = Counter(
            "golive_records", "Records by outcome.", ["model", "outcome"], registry=registry
        )
        self._errors = Counter(
            "golive_errors", "Errors of requests and records.", ["code"], registry=registry
        )
        self._extra_columns = Counter(
            "golive_extra_columns",
            "Values of columns outside the signature that were ignored.",
            ["model"],
            registry=registry,
        )
        self._out_of_range = Counter(
            "golive_out_of_range",
            "Values outside the training sample's range that were passed.",
            ["model"],
            registry=registry,
        )
        self._seconds = Histogram(
            "golive_request_seconds",
            "Seconds from a request's first byte to its answer.",
            ["route"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._in_flight = Gauge(
            "golive_requests_in_flight",
            "Requests being read or answered.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._saturation = Gauge(
            "golive_queue_saturation",
            "Share of the threads and the queue that is taken (of the fullest worker).",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._info = Gauge(
            "golive_model_info",
            "Always 1; the labels say which version is served.",
            ["model", "version", "drifted"],
            registry=registry,
            multiprocess_mode="livemax",
        )

    def describe(self, models: Iterable[ServedModel]) -> None:
        """Say which models are served."""
        for model in models:
            drifted = str(model.drifted).lower()
            self._info.labels(model.name, model.version, drifted).set(1)

    def begin(self, *, saturation: float) -> None:
        """A request came."""
        self._in_flight.inc()
        self._saturation.set(saturation)

    def end(self, *, saturation: float) -> None:
        """A request has gone, answered or not."""
        self._in_flight.dec()
        self._saturation.set(saturation)

    def count(self, request: Request, response: Response, seconds: float) -> None:
        """Count an exchange."""
        facts = response.facts
        method = request.method if request.method in _METHODS else "other"
        self._requests.labels(facts.route, method, str(response.status)).inc()
        self._seconds.labels(facts.route).observe(seconds)
        for code, number in facts.codes.items():
            self._errors.labels(code if code in KNOWN_CODES else "other").inc(number)
        if facts.model is not None and facts.records:
            self._records.labels(facts.model, "failed").inc(facts.failed)
            self._records.labels(facts.model, "answered").inc(facts.records - facts.failed)
            self._extra_columns.labels(facts.model).inc(facts.extra_columns)
            self._out_of_range.labels(facts.model).inc(facts.out_of_range)

    def expose(self) -> tuple[str, bytes]:
        """Content type and text of all workers' metrics."""
        registry = self._registry
        if self._directory is not None:
            _forget_dead_workers(self._directory)
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=str(self._directory))  # type: ignore[no-untyped-call]
        return CONTENT_TYPE_PLAIN_1_0_0, generate_latest(registry)


def _forget_dead_workers(directory: Path) -> None:
    """Take gauges of processes that are gone out of the sums."""
    for path in directory.glob("gauge_live*_*.db"):
        process = path.stem.rpartition("_")[2]
        if process.isdecimal() and not _is_alive(int(process)):
            mark_process_dead(int(process), path=str(directory))  # type: ignore[no-untyped-call]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
