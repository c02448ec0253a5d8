"""Following: what one worker process does to serve the versions that references name."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from golive.http.gateway_building import Gatehouse
from golive.http.plan import OpenSource, Refusal, ServePlan
from golive.http.refreshing.board import Board
from golive.http.refreshing.policy import Schedule
from golive.http.refreshing.refresher import Effects, Refresher
from golive.http.stage import Stage
from golive.service.context import RefreshHook, ServiceContext
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["Following", "board_of"]


def board_of(directory: Path | None) -> Board | None:
    """The board of a server's processes, or None where there is one alone.

    Args:
        directory: Where several workers count together, or None.
    """
    return None if directory is None else Board(directory)


class Following:
    """The references of a plan that this process follows.

    Args:
        plan: What is served.
        open_source: Gives the versions of a followed reference.
        asked: Is called when this process is asked to look.

    Attributes:
        plan: The plan, with the versions that other processes of the server switched to.
    """

    def __init__(
        self,
        plan: ServePlan,
        open_source: OpenSource,
        *,
        asked: Callable[[], object] = lambda: None,
    ) -> None:
        self._board = board_of(plan.metrics_directory)
        self.plan = _with_newest(plan, self._board)
        self._open_source = open_source
        self._asked = asked
        self._refresher: Refresher | None = None
        self._is_asked = False
        self._ended = threading.Event()

    def context(self, context: ServiceContext) -> ServiceContext:
        """The context of a service that tells of what is followed."""
        secret, hook = self.plan.refresh_secret, None
        if secret is not None or context.gatekeeper is not None:
            hook = RefreshHook(secret=secret, ask=self.ask, clock=time.time)
        told = context.telling("refresh", self._facts)
        return msgspec.structs.replace(told, refresh_hook=hook)

    def begin(self, house: Gatehouse, *, refusal: Refusal | None = None) -> None:
        """Begin to look, unless this was closed; the models of the plan are served.

        Args:
            house: Serves them.
            refusal: Why its candidate is not; None: it is, or there is none.
        """
        if self._ended.is_set():
            return
        logging.getLogger("golive.refresh").setLevel(logging.INFO)
        settings = self.plan.settings
        seconds = settings.refresh
        if seconds is None:
            raise LookupError("A plan that follows nothing is not refreshed.")
        followed, stage = self.plan.followed, house.stage
        metrics = house.gateway.telemetry.metrics
        metrics.follow({named.model for named in followed.values()})
        self._refresher = Refresher(
            {
                name: self._open_source(self.plan, named, stage.serving)
                for name, named in followed.items()
            },
            followed,
            schedule=Schedule(seconds, settings.keep_previous),
            effects=Effects(
                switch=self._switch_of(stage),
                count=metrics.count_look,
                let_go=stage.let_go,
                collect=gc.collect,
                board=self._board,
            ),
            missing=self._missing(refusal),
        )
        self._refresher.start()
        if self._ended.is_set():  # meanwhile
            self._refresher.close()
        if self._is_asked:
            self._refresher.ask()

    def _switch_of(self, stage: Stage) -> Callable[[str, ServedModel], None]:
        canary = self.plan.canary

        def switch(slot: str, model: ServedModel) -> None:
            if canary is not None and slot == canary.slot:
                stage.propose(model)
            else:
                stage.replace(model)

        return switch

    def _missing(self, refusal: Refusal | None) -> dict[str, Refusal]:
        canary = self.plan.canary
        if canary is None or refusal is None or canary.slot not in self.plan.followed:
            return {}
        return {canary.slot: refusal}

    def ask(self) -> None:
        """Have every process of the server look at once."""
        self._is_asked = True
        if self._refresher is not None:
            self._refresher.ask()
        self._asked()

    def close(self) -> None:
        """Look no more, also where looking has not begun."""
        self._ended.set()
        if self._refresher is not None:
            self._refresher.close()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Look at SIGHUP; nothing happens outside the main thread, to which signals belong."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self.ask)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGHUP)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the end is not to be cut short by one

    def _facts(self) -> dict[str, JsonValue]:
        return {} if self._refresher is None else self._refresher.facts()


def _with_newest(plan: ServePlan, board: Board | None) -> ServePlan:
    """The plan with what the others switched to: a worker that begins later serves the same."""
    if board is None:
        return plan
    told = {slot: board.served(slot) for slot in plan.followed}
    newest = {
        slot: named
        for slot, named in told.items()
        if named is not None and named.reference == plan.followed[slot].reference
    }
    canary = plan.canary
    if canary is not None and canary.slot in newest:
        canary = msgspec.structs.replace(canary, named=newest.pop(canary.slot), refusal=None)
    pinned = plan.pinned | {named.reference: named for named in newest.values()}
    return msgspec.structs.replace(plan, pinned=pinned, canary=canary)
