"""A worker: what one process does to serve a plan."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from socket import socket
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

import msgspec

from golive.errors import GoliveError
from golive.http.descriptors import allow_connections
from golive.http.draining import Draining
from golive.http.front.balance import Balance
from golive.http.front.limits import FrontLimits
from golive.http.front.loops import new_loop
from golive.http.front.server import FrontServer
from golive.http.front.tls import tls_context
from golive.http.gateway_building import Gatehouse, build_gateway
from golive.http.log_lines import log_as_json
from golive.http.plan import LoadModels, OpenSource, Refusal, ServePlan
from golive.http.protocols import Gateway
from golive.service.context import ServiceContext
from golive.service.served import ServedModel
from golive.settings import ServeSettings

if TYPE_CHECKING:
    from golive.http.refreshing.following import Following
    from golive.http.stepback.step_back import StepBack

__all__ = ["PARTING_SECONDS", "StartReport", "Worker", "leaving_seconds"]

PARTING_SECONDS = 2.0
"""How long a worker that leaves keeps connections without a request: who asks is told to go."""

_SWITCH_SECONDS = 0.001  # how long a thread that computes may keep the event loop waiting
_ECHO_SECONDS = 1.0  # in which a supervisor passes on a signal that this process got, too
_LONGEST_MESSAGE = 800  # a report is one atomic write to a pipe
_Result = TypeVar("_Result")
_logger = logging.getLogger("golive.http")


class StartReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker's start ended; without a message it is ready.

    Attributes:
        process: The worker's.
        message: What kept it from starting.
        hint: What to do about it.
        code: The error's.
    """

    process: int = 0
    message: str | None = None
    hint: str | None = None
    code: str | None = None


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """Serves a plan in this process.

    Attributes:
        plan: What to serve.
        load: Loads the models of the plan.
        report: Is told once how the start ended, from another thread.
        balance: Shared with other workers on the same socket, or None. Where there are others,
            nobody is listened to before the models are loaded, since another one answers
            meanwhile; a lone one says that it is `starting`.
        open_source: Gives the versions of a followed reference; None if none can be followed.
    """

    plan: ServePlan
    load: LoadModels
    report: Callable[[StartReport], object]
    balance: Balance | None = None
    open_source: OpenSource | None = None

    def run(self, listener: socket) -> None:
        """Answer those who connect to the socket until a signal; from the main thread."""
        log_as_json()
        allow_connections(self.plan.settings.connections)
        sys.setswitchinterval(_SWITCH_SECONDS)
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket) -> None:
        settings, step_back = self.plan.settings, self._step_back()
        following = self._following(step_back)
        house = build_gateway(
            settings,
            metrics_directory=self.plan.metrics_directory,
            change=self._change(following, step_back),
        )
        tls = tls_context(settings.tls_certificate, settings.tls_key)
        front = FrontServer(
            self._gateway(house, step_back),
            _limits(settings),
            tls=tls,
            count=house.gateway.telemetry.metrics.count_unanswered,
            tells_clients_apart=house.gateway.tells_clients_apart,
        )
        draining = Draining(
            house.readiness,
            seconds=settings.drain,
            hurry=front.abort,
            echo_seconds=0.0 if self.balance is None else _ECHO_SECONDS,
            may_leave=self.balance is not None,
        )
        with draining.signals(), _no_signals() if following is None else following.signals():
            if self.balance is None:
                await front.listen(listener)
            load = partial(self._load, house, following, step_back)
            beginning = asyncio.create_task(self._begin(load, front, listener, draining))
            await draining.wait()
            for part in (following, step_back):
                if part is not None:
                    part.close()
            beginning.cancel()
            with suppress(asyncio.CancelledError):
                await beginning
            if draining.is_leaving:
                await front.end(leaving_seconds(settings), patience=PARTING_SECONDS)
            else:
                await front.end(settings.grace)
        house.close()

    def _gateway(self, house: Gatehouse, step_back: StepBack | None) -> Gateway:
        canary = self.plan.canary
        if canary is None or step_back is None:
            return house.gateway
        from golive.http.candidates import gateway_of  # few servers have a candidate

        return gateway_of(canary, house.gateway, step_back)

    def _change(
        self, following: Following | None, step_back: StepBack | None
    ) -> Callable[[ServiceContext], ServiceContext]:
        """What this worker adds to the context of its services."""
        change = partial(_told_of, following, step_back)
        directory = self.plan.metrics_directory
        if self.plan.settings.worker_memory is None or directory is None:
            return change
        from golive.http.memory.note import MemoryNote  # few servers have a limit

        note = MemoryNote(directory)
        return lambda context: change(context.telling("memory", note.read))

    def _step_back(self) -> StepBack | None:
        if self.plan.canary is None:
            return None
        from golive.http.candidates import step_back_of
        from golive.http.refreshing.following import board_of

        return step_back_of(self.plan.canary, board_of(self.plan.metrics_directory))

    def _following(self, step_back: StepBack | None) -> Following | None:
        if not self.plan.followed or self.open_source is None:
            return None
        from golive.http.refreshing.following import Following  # few servers follow anything

        if step_back is None:
            return Following(self.plan, self.open_source)
        return Following(self.plan, self.open_source, asked=step_back.forgive)

    async def _begin(
        self,
        load: Callable[[], StartReport | None],
        front: FrontServer,
        listener: socket,
        draining: Draining,
    ) -> None:
        """Load the models and answer with them, or end."""
        failure = await _in_thread(load)
        if failure is None and self.balance is not None:
            await front.listen(listener, balance=self.balance)
        report = msgspec.structs.replace(failure or StartReport(), process=os.getpid())
        await _in_thread(lambda: self.report(report))
        if failure is not None:
            draining.end()

    def _load(
        self, house: Gatehouse, following: Following | None, step_back: StepBack | None
    ) -> StartReport | None:
        """Load the models; what is wrong with them, if anything is."""
        if following is not None:
            gc.freeze()  # but not the models: each is to be freed when another one answers
        try:
            plan = self.plan if following is None else following.plan
            models = self.load(plan)
            candidate, refusal = self._candidate(plan, step_back, models)
            house.stage.open(models, candidate=candidate)  # ready means that both are there
        except GoliveError as error:
            return _failure(error)
        except Exception as error:
            _logger.exception("The models could not be loaded.")
            return _failure(error)
        if following is None:
            gc.freeze()  # what is there now stays: later collections need not look at it
        else:
            following.begin(house, refusal=refusal)
        return None

    def _candidate(
        self, plan: ServePlan, step_back: StepBack | None, models: Mapping[str, ServedModel]
    ) -> tuple[ServedModel | None, Refusal | None]:
        """The candidate, or why it is not asked; neither where there is none."""
        if self.open_source is None or step_back is None:
            return None, None
        from golive.http.candidates import candidate_of

        return candidate_of(plan, self.open_source, models, step_back)


def leaving_seconds(settings: ServeSettings) -> float:
    """How long the requests may take that a worker has begun when it leaves: as long as any may."""
    return settings.read_limit + settings.time_limit + settings.write_limit


def _told_of(
    following: Following | None, step_back: StepBack | None, context: ServiceContext
) -> ServiceContext:
    """The context of a service that tells of what is followed, and of a candidate."""
    for part in (following, step_back):
        if part is not None:
            context = part.context(context)
    return context


def _no_signals() -> AbstractContextManager[None]:
    return nullcontext()


async def _in_thread(task: Callable[[], _Result]) -> _Result:
    """Run a task in a thread that cannot keep the process alive, and wait for it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_Result] = loop.create_future()

    def work() -> None:
        try:
            done = partial(future.set_result, task())
        except Exception as error:  # noqa: BLE001 (handed to who waits)
            done = partial(future.set_exception, error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(lambda: None if future.done() else done())

    Thread(target=work, name="golive-begin", daemon=True).start()
    return await future


def _limits(settings: ServeSettings) -> FrontLimits:
    return FrontLimits(
        body_bytes=settings.body_limit,
        head_seconds=settings.header_limit,
        body_seconds=settings.read_limit,
        idle_seconds=settings.idle_limit,
        write_seconds=settings.write_limit,
        connections=settings.connections,
    )


def _failure(error: Exception) -> StartReport:
    if isinstance(error, GoliveError):
        return StartReport(
            message=error.message[:_LONGEST_MESSAGE],
            hint=None if error.hint is None else error.hint[:_LONGEST_MESSAGE],
            code=error.code,
        )
    text = f"{type(error).__name__}: {error}"
    return StartReport(message=f"The models could not be loaded: {text}"[:_LONGEST_MESSAGE])
