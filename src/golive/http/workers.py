"""Workers: several processes that serve a plan on one address."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from socket import socket
from threading import Thread
from typing import TYPE_CHECKING

import msgspec

from golive.http.draining import LEAVE
from golive.http.front.balance import Balance
from golive.http.log_lines import log_as_json
from golive.http.plan import LoadModels, OpenSource, ServePlan
from golive.http.refreshing.board import Board
from golive.http.supervisor import Supervisor
from golive.http.worker import StartReport, Worker
from golive.http.worker_metrics import WorkerMetrics
from golive.settings import ServeSettings

if TYPE_CHECKING:
    from golive.http.memory.replacing import Replacing

__all__ = ["serve_in_workers"]

_BALANCE = "connections"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve_in_workers(
    plan: ServePlan,
    load: LoadModels,
    listener: socket,
    *,
    take: Callable[[StartReport], bool],
    workers: int,
    open_source: OpenSource | None = None,
) -> None:
    """Serve the plan in so many processes until a signal ends them; from the main thread.

    Args:
        plan: What to serve.
        load: Loads the models, in each worker.
        listener: Where clients come.
        take: Is given how each start ended; True ends everything.
        workers: How many processes.
        open_source: Gives the versions of a followed reference; None if none can be followed.
    """
    log_as_json()  # this process says which worker died
    supervisor = Supervisor(workers=workers, take=take)
    context = get_context("fork") if _may_fork() else get_context("spawn")
    reports, reporter = context.Pipe(duplex=False)
    life, hold = context.Pipe(duplex=False)  # nothing comes, but its end when this process ends
    with _metrics_directory() as directory, reports, reporter, life, hold:
        duty = _Duty(
            plan=msgspec.structs.replace(plan, metrics_directory=directory),
            load=load,
            listener=listener,
            reporter=reporter,
            life=life,
            hold=hold if isinstance(context, ForkContext) else None,
            workers=workers,
            open_source=open_source,
        )
        if plan.followed and open_source is not None:
            supervisor.pass_on_hang_ups(Board(directory).ask)

        def start(number: int) -> BaseProcess:
            process = context.Process(target=_work, args=(duty, number))
            with _held_signals():
                process.start()
            return process

        def let_go() -> None:
            listener.close()
            Balance.tell_end(directory / _BALANCE, processes=workers)

        metrics = WorkerMetrics(directory, workers=workers)
        gc.freeze()  # memory that no collection looks at stays shared with the workers
        supervisor.run(
            start,
            reports,
            grace=plan.settings.grace + plan.settings.drain,
            let_go=let_go,
            died=_death_watch(plan, directory, metrics),
            replacing=_replacing(plan.settings, directory, metrics),
        )


def _death_watch(
    plan: ServePlan, directory: Path, metrics: WorkerMetrics
) -> Callable[[int, int], bool]:
    """What is done about each worker that died; says whether the cause is removed."""
    examine = None
    if plan.canary is not None:
        from golive.http.stepback.post_mortem import PostMortem  # few servers have a candidate

        examine = PostMortem(directory, Board(directory), count=metrics.count_crashed).examine

    def died(process: int, code: int) -> bool:
        metrics.count_replaced("died")
        return examine is not None and examine(process, code)

    return died


def _replacing(
    settings: ServeSettings, directory: Path, metrics: WorkerMetrics
) -> Replacing | None:
    """What replaces workers that are over their limit of memory, or None where they have none."""
    if settings.worker_memory is None:
        return None
    from golive.http.memory.building import build_replacing  # few servers have a limit

    return build_replacing(settings, directory, metrics)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Duty:
    """What a worker process needs.

    Attributes:
        plan: What to serve.
        load: Loads the models.
        listener: Where clients come.
        reporter: Takes the report of its start.
        life: Can be read when the process that started it has ended.
        hold: The other end, where it was inherited.
        workers: How many processes there are.
        open_source: Gives the versions of a followed reference; None if none can be followed.
    """

    plan: ServePlan
    load: LoadModels
    listener: socket
    reporter: Connection
    life: Connection
    hold: Connection | None
    workers: int
    open_source: OpenSource | None


def _work(duty: _Duty, number: int) -> None:
    """What a worker process does."""
    _take_signals(is_following=bool(duty.plan.followed))
    if duty.hold is not None:
        duty.hold.close()
    Thread(target=_end_with, args=(duty.life,), daemon=True).start()
    balance = None
    if duty.plan.metrics_directory is not None:
        path = duty.plan.metrics_directory / _BALANCE
        balance = Balance(path, place=number, processes=duty.workers)
    worker = Worker(
        plan=duty.plan,
        load=duty.load,
        report=duty.reporter.send,
        balance=balance,
        open_source=duty.open_source,
    )
    worker.run(duty.listener)


def _end_with(life: Connection) -> None:
    """End this process when the one that started it has ended, however that came."""
    with suppress(EOFError, OSError):
        life.recv()
    os.kill(os.getpid(), signal.SIGTERM)


def _may_fork() -> bool:
    """Whether workers may begin as copies of this process, with all that it has imported.

    Not where there are other threads, those of libraries among them: they are missing in a copy,
    and what they hold stays locked.
    """
    threads = Path("/proc/self/task")
    return sys.platform == "linux" and threads.exists() and len([*threads.iterdir()]) == 1


@contextmanager
def _held_signals() -> Iterator[None]:
    """Hold signals back: a copy of this process has its handlers until `_take_signals`."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _take_signals(*, is_following: bool) -> None:
    """Take signals as a new process does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a traceback of it would tell nobody anything
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(LEAVE, signal.SIG_IGN)  # until it can be taken
    if is_following:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until it can be followed
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


@contextmanager
def _metrics_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="golive-metrics-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
