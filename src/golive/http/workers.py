"""Workers: several processes that serve a plan on one address."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from socket import socket
from threading import Thread

from golive.http.front.balance import Balance
from golive.http.log_lines import log_as_json
from golive.http.plan import LoadModels, ServePlan
from golive.http.supervisor import Supervisor
from golive.http.worker import StartReport, Worker

__all__ = ["serve_in_workers"]


def serve_in_workers(
    plan: ServePlan,
    load: LoadModels,
    listener: socket,
    *,
    take: Callable[[StartReport], bool],
    workers: int,
) -> None:
    """Serve the plan in so many processes until a signal ends them; from the main thread.

    Args:
        plan: What to serve.
        load: Loads the models, in each worker.
        listener: Where clients come.
        take: Is given how each start ended; True ends everything.
        workers: How many processes.
    """
    log_as_json()  # this process says which worker died
    reader, writer = get_context("spawn").Pipe(duplex=False)
    with _metrics_directory() as directory, reader, writer:
        supervisor = Supervisor(
            _work,
            (replace(plan, metrics_directory=directory), load, listener, writer, workers),
            workers=workers,
            reports=reader,
            take=take,
            let_go=listener.close,
        )
        supervisor.run(grace=plan.settings.grace + plan.settings.drain)


def _work(
    plan: ServePlan,
    load: LoadModels,
    listener: socket,
    reports: Connection,
    workers: int,
    number: int,
) -> None:
    """What a worker process does."""
    Thread(target=_end_with_parent, daemon=True).start()
    balance = None
    if plan.metrics_directory is not None:
        path = plan.metrics_directory / "connections"
        balance = Balance(path, place=number, processes=workers)
    Worker(plan=plan, load=load, report=reports.send, balance=balance).run(listener)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _metrics_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="golive-metrics-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
