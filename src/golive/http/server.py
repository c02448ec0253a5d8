"""The server: runs a plan under uvicorn, in this process or in several workers."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from logging.config import dictConfig
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from socket import socket
from threading import Thread

import uvicorn

from golive.errors import GoliveError
from golive.http.log_lines import logging_config
from golive.http.plan import LoadModels, ServePlan
from golive.http.protocol import ProblemProtocol
from golive.http.sockets import listen, url_of
from golive.http.supervisor import Supervisor
from golive.http.worker import StartReport, WorkerFactory
from golive.settings import limit_numeric_threads

__all__ = ["serve"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(plan: ServePlan, load: LoadModels, *, on_ready: Callable[[str], object]) -> None:
    """Serve the plan until a signal ends it. Called from the main thread.

    BLAS and OpenMP get the threads that the settings say (one, unless changed), which works for
    libraries that are loaded after this call.

    Args:
        plan: What to serve.
        load: Loads the models, in each worker.
        on_ready: Is called once with the real URL when requests are answered.

    Raises:
        UsageError: The address cannot be had.
        GoliveError: The models could not be loaded.
    """
    settings = plan.settings
    listener = listen(settings.host, settings.port)
    limit_numeric_threads(settings.numeric_threads)
    start = _Start(lambda: on_ready(url_of(listener)))
    with listener, _handlers_restored():
        if settings.workers == 1:
            _serve_alone(plan, load, listener, start)
        else:
            _serve_in_workers(plan, load, listener, start)
    start.raise_failure()


class _Start:
    """How the start ended, as the workers report it."""

    def __init__(self, on_ready: Callable[[], object]) -> None:
        self._on_ready = on_ready
        self._is_ready = False
        self._failure: StartReport | None = None

    def take(self, report: StartReport) -> bool:
        """Take a report; True if it is one of failure."""
        if report.message is not None:
            self._failure = report
            return True
        if not self._is_ready:
            self._is_ready = True
            self._on_ready()
        return False

    def raise_failure(self) -> None:
        """Raise what kept a worker from starting, if anything did."""
        failure = self._failure
        if failure is not None and failure.message is not None:
            raise GoliveError(failure.message, hint=failure.hint, code=failure.code)


def _serve_alone(plan: ServePlan, load: LoadModels, listener: socket, start: _Start) -> None:
    def report(report: StartReport) -> None:
        if start.take(report):
            server.should_exit = True

    factory = WorkerFactory(plan=plan, load=load, report=report, loads_first=False)
    server = uvicorn.Server(_config(plan, factory))
    server.run(sockets=[listener])


def _serve_in_workers(plan: ServePlan, load: LoadModels, listener: socket, start: _Start) -> None:
    settings = plan.settings
    dictConfig(logging_config())  # of this process, which says which worker died
    reader, writer = get_context("spawn").Pipe(duplex=False)
    with _metrics_directory() as directory, reader, writer:
        shared = replace(plan, metrics_directory=directory)
        supervisor = Supervisor(
            _work,
            (shared, load, listener, writer),
            workers=settings.workers,
            reports=reader,
            take=start.take,
        )
        supervisor.run(grace=settings.grace + settings.drain)


def _work(plan: ServePlan, load: LoadModels, listener: socket, reports: Connection) -> None:
    """What a worker process does."""
    Thread(target=_end_with_parent, daemon=True).start()
    factory = WorkerFactory(plan=plan, load=load, report=reports.send, loads_first=True)
    with _handlers_restored():
        uvicorn.Server(_config(plan, factory)).run(sockets=[listener])


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _config(plan: ServePlan, factory: WorkerFactory) -> uvicorn.Config:
    settings = plan.settings
    return uvicorn.Config(
        factory,
        factory=True,
        interface="asgi3",
        http=ProblemProtocol,
        host=settings.host,
        port=settings.port,
        lifespan="on",
        ws="none",
        log_config=logging_config(),
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=settings.grace,
    )


@contextmanager
def _metrics_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="golive-metrics-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _handlers_restored() -> Iterator[None]:
    """Let uvicorn, which raises the signal that ended it again, end in silence."""
    previous = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
