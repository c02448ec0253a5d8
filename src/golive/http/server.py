"""The server: runs a plan in this process or in several workers."""

from __future__ import annotations

import logging
from collections.abc import Callable

from golive.errors import GoliveError, UsageError
from golive.http.counters import is_running
from golive.http.front.tls import tls_context
from golive.http.plan import LoadModels, OpenSource, ServePlan
from golive.http.sockets import listen, url_of
from golive.http.worker import StartReport, Worker
from golive.settings import limit_numeric_threads

__all__ = ["serve"]

_logger = logging.getLogger("golive.http")


def serve(
    plan: ServePlan,
    load: LoadModels,
    *,
    on_ready: Callable[[str], object],
    open_source: OpenSource | None = None,
) -> None:
    """Serve the plan until a signal ends it. Called from the main thread.

    BLAS and OpenMP get the threads that the settings say (one, unless changed), which works for
    libraries that are loaded after this call.

    Args:
        plan: What to serve.
        load: Loads the models, in each worker.
        on_ready: Is called once with the real URL when requests are answered.
        open_source: Gives the versions of a followed reference; None if none can be followed.

    Raises:
        UsageError: The address cannot be had, the TLS files cannot be used, or the workers' memory
            has a limit and this system does not tell it.
        GoliveError: The models could not be loaded.
    """
    settings = plan.settings
    if settings.worker_memory is not None:
        _check_memory()
    scheme = "http" if settings.tls_certificate is None else "https"
    tls_context(settings.tls_certificate, settings.tls_key)  # a mistake is told before workers are
    listener = listen(settings.host, settings.port)
    limit_numeric_threads(settings.numeric_threads)
    start = _Start(lambda: on_ready(url_of(listener, scheme=scheme)))
    workers = _workers(plan)
    with listener:
        if workers == 1 and settings.worker_memory is None and plan.canary is None:
            worker = Worker(plan=plan, load=load, report=start.take, open_source=open_source)
            worker.run(listener)
        else:
            # What only several workers need, or one that may be brought down, takes long to import.
            from golive.http.workers import serve_in_workers

            serve_in_workers(
                plan, load, listener, take=start.take, workers=workers, open_source=open_source
            )
    start.raise_failure()


class _Start:
    """How the start ended, as the workers report it."""

    def __init__(self, on_ready: Callable[[], object]) -> None:
        self._on_ready = on_ready
        self._answering: set[int] = set()
        self._failure: StartReport | None = None

    def take(self, report: StartReport) -> bool:
        """Take a report; True if it is one of failure, and nobody answers."""
        if report.message is None:
            is_first = not self._answering
            self._answering.add(report.process)
            if is_first:
                self._on_ready()
            return False
        if any(is_running(process, 0) for process in self._answering):  # it is tried again
            _logger.error("a worker could not begin: %s", report.message)
            return False
        self._failure = report
        return True

    def raise_failure(self) -> None:
        """Raise what kept a worker from starting, if anything did."""
        failure = self._failure
        if failure is not None and failure.message is not None:
            raise GoliveError(failure.message, hint=failure.hint, code=failure.code)


def _check_memory() -> None:
    from golive.http.memory.reading import can_read_memory  # few servers have a limit

    if not can_read_memory():
        raise UsageError(
            "This system does not tell how much memory a process has (/proc is missing).",
            hint="Leave out --worker-memory, or let what starts golive watch its memory.",
        )


def _workers(plan: ServePlan) -> int:
    workers = plan.settings.workers
    if workers != "auto":
        return workers
    from golive.http.processors import processors

    return processors()
