"""What one worker process makes of a plan: its application."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread

from golive.errors import GoliveError
from golive.http.app import App, AppLimits, Lifespan, create_app
from golive.http.draining import Draining
from golive.http.log_writer import LogWriter
from golive.http.metrics import Metrics
from golive.http.plan import LoadModels, ServePlan
from golive.http.telemetry import Telemetry
from golive.service.context import ServiceContext
from golive.service.request_ids import RequestIds
from golive.service.served import Limits, Readiness
from golive.service.service import Service

__all__ = ["StartReport", "WorkerFactory"]

_LONGEST_MESSAGE = 800  # a report is one atomic write to a pipe
_logger = logging.getLogger("golive.http")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartReport:
    """How a worker's start ended; without a message it is ready."""

    message: str | None = None
    hint: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFactory:
    """Makes a worker's application; can be sent to a spawned process.

    Attributes:
        plan: What to serve.
        load: Loads the models of the plan.
        report: Is told once how the start ended.
        loads_first: Whether nothing is answered before the models are loaded (several workers:
            another one answers meanwhile), or `starting` is.
    """

    plan: ServePlan
    load: LoadModels
    report: Callable[[StartReport], object]
    loads_first: bool

    def __call__(self) -> App:
        """Make the application; its models are loaded when the server begins."""
        logging.captureWarnings(capture=True)
        settings = self.plan.settings
        metrics = Metrics(self.plan.metrics_directory)
        writer = LogWriter(sys.stderr.write)
        telemetry = Telemetry(
            write=writer.write,
            clock=lambda: datetime.now(UTC),
            metrics=metrics,
            log_inputs=settings.log_inputs,
        )
        context = _context(self.plan, metrics.expose)
        draining = Draining(context.readiness, seconds=settings.drain)

        def load() -> Service:
            service = Service(self.load(self.plan), context)
            metrics.describe(service.models.values())
            return service

        async def start(app: App) -> None:
            draining.install(asyncio.get_running_loop())
            if self.loads_first:
                await asyncio.to_thread(self._begin, app, load)
            else:
                Thread(target=self._begin_quietly, args=(app, load), daemon=True).start()

        limits = AppLimits(
            threads=settings.threads,
            queue=settings.queue,
            body_bytes=settings.body_limit,
            read_seconds=settings.read_limit,
            answer_seconds=settings.time_limit,
        )
        lifespan = Lifespan(start=start, stop=writer.close)
        return create_app(
            Service({}, context), telemetry=telemetry, limits=limits, lifespan=lifespan
        )

    def _begin(self, app: App, load: Callable[[], Service]) -> None:
        try:
            app.service = load()
        except Exception as error:
            self.report(_failure(error))
            raise
        app.service.context.readiness.start_serving()
        self.report(StartReport())

    def _begin_quietly(self, app: App, load: Callable[[], Service]) -> None:
        try:
            self._begin(app, load)
        except GoliveError:
            return  # the report says all
        except Exception:
            _logger.exception("The models could not be loaded.")


def _context(plan: ServePlan, exposition: Callable[[], tuple[str, bytes]]) -> ServiceContext:
    return ServiceContext(
        new_id=RequestIds(clock=lambda: time.time_ns() // 1_000_000, random_bits=secrets.randbits),
        allowed_hosts=plan.settings.allowed_hosts,
        limits=Limits(body_bytes=plan.settings.body_limit),
        readiness=Readiness("starting"),
        exposition=exposition,
        logger=logging.getLogger("golive.service"),
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
