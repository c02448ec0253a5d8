"""What one worker process makes of a plan: its application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

from golive.errors import GoliveError
from golive.http.app import App, Lifespan
from golive.http.draining import Draining
from golive.http.gateway_building import Gatehouse, build_gateway
from golive.http.plan import LoadModels, ServePlan

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
        house = build_gateway(settings, metrics_directory=self.plan.metrics_directory)
        draining = Draining(house.readiness, seconds=settings.drain)

        async def start(_: App) -> None:
            draining.install(asyncio.get_running_loop())
            if self.loads_first:
                await asyncio.to_thread(self._begin, house)
            else:
                Thread(target=self._begin_quietly, args=(house,), daemon=True).start()

        return App(house.gateway, lifespan=Lifespan(start=start, stop=house.close))

    def _begin(self, house: Gatehouse) -> None:
        try:
            house.open(self.load(self.plan))
        except Exception as error:
            self.report(_failure(error))
            raise
        self.report(StartReport())

    def _begin_quietly(self, house: Gatehouse) -> None:
        try:
            self._begin(house)
        except GoliveError:
            return  # the report says all
        except Exception:
            _logger.exception("The models could not be loaded.")


def _failure(error: Exception) -> StartReport:
    if isinstance(error, GoliveError):
        return StartReport(
            message=error.message[:_LONGEST_MESSAGE],
            hint=None if error.hint is None else error.hint[:_LONGEST_MESSAGE],
            code=error.code,
        )
    text = f"{type(error).__name__}: {error}"
    return StartReport(message=f"The models could not be loaded: {text}"[:_LONGEST_MESSAGE])
