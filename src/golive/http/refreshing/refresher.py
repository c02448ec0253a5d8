"""The refresher: a thread that takes the versions that followed references name."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Literal

import msgspec

from golive.http.plan import Named, Refusal
from golive.http.refreshing.board import Board
from golive.http.refreshing.policy import (
    Following,
    Schedule,
    after_change_beside,
    after_look,
    after_refusal,
    after_switch,
    after_unavailable,
    choose,
    facts_of,
    jittered,
    missing_from_start,
    refusal_of,
)
from golive.http.refreshing.source import (
    ChainRefusedError,
    ModelSource,
    SourceUnavailableError,
)
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["Chances", "Count", "Effects", "Refresher"]

_LOOK_AT_BOARD_SECONDS = 0.25
_SETTLE_SECONDS = 3.0  # by then, most requests are answered, and heads are forgotten
_ANYTHING = BaseException  # models raise what is no Exception, too, such as the panics of Rust
_logger = logging.getLogger("golive.refresh")

Count = Callable[[str, Literal["taken", "refused", "unavailable"]], object]
"""Counts what came of a look, by model."""


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresher changes.

    Attributes:
        switch: Lets a loaded version answer from now on in the place of what is called so; raises
            what keeps it from answering.
        count: Counts what came of each look.
        let_go: Lets go of the version before; called when it was kept long enough.
        collect: Frees what nobody holds any more; called some seconds after that, and after a
            switch.
        board: What other processes of the server see, or None where there are none.
    """

    switch: Callable[[str, ServedModel], object]
    count: Count
    let_go: Callable[[], object]
    collect: Callable[[], object]
    board: Board | None = None


class Chances(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresher does not decide: the time, and chance.

    Attributes:
        clock: Seconds that only go forwards.
        now: The time.
        share: Random numbers, 0 to 1.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    share: Callable[[], float] = random.SystemRandom().random


class Refresher:
    """Takes the versions that followed references name. Whatever fails, what serves goes on.

    Args:
        sources: Of all that is followed: what it is called to where its versions come from.
        served: The versions that are served, likewise.
        schedule: How often is looked.
        effects: What it changes.
        chances: The time, and chance.
        missing: Of those of which nothing is served, why.
    """

    def __init__(
        self,
        sources: Mapping[str, ModelSource],
        served: Mapping[str, Named],
        *,
        schedule: Schedule,
        effects: Effects,
        chances: Chances | None = None,
        missing: Mapping[str, Refusal] | None = None,
    ) -> None:
        chances = chances or Chances()
        self._sources = dict(sources)
        self._schedule = schedule
        self._switch = effects.switch
        self._count = effects.count
        self._let_go = effects.let_go
        self._collect = effects.collect
        self._let_go_due = self._collect_due = math.inf
        self._board = effects.board
        self._clock = chances.clock
        self._now = chances.now
        self._share = chances.share
        self._wake = Event()
        self._is_closed = False
        self._times_asked = 0 if self._board is None else self._board.times_asked
        started, due = self._time(), self._clock() + jittered(schedule.period, self._share())
        self._following = {
            name: Following(served=named, since=started, due=due) for name, named in served.items()
        }
        for name, refusal in (missing or {}).items():
            self._following[name] = missing_from_start(self._following[name], refusal)

    def start(self) -> None:
        """Begin to look, in a thread that ends with the process."""
        Thread(target=self._run, name="golive-refresh", daemon=True).start()

    def close(self) -> None:
        """Look no more; a version that is being loaded is not switched to."""
        self._is_closed = True
        self._wake.set()

    def ask(self) -> None:
        """Have this and the other processes look at once; from any thread, never raises."""
        if self._board is not None:
            with suppress(OSError):  # the disk is full: this process looks at least
                self._board.ask()
        self._wake.set()

    def facts(self) -> dict[str, JsonValue]:
        """What readiness tells of each that is followed."""
        return {name: facts_of(following) for name, following in self._following.items()}

    def turn(self) -> None:
        """Look at what is due, and at everything if somebody asked; never raises."""
        self._tidy_up(self._clock())
        is_asked = self._take_asked()
        for name in self._following:
            if is_asked or self._following[name].due <= self._clock():
                self._look(name, is_asked=is_asked)

    def _run(self) -> None:
        while not self._is_closed:
            due = min(following.due for following in self._following.values())
            wait = max(0.0, min(due, self._let_go_due, self._collect_due) - self._clock())
            if self._board is not None:
                wait = min(wait, _LOOK_AT_BOARD_SECONDS)
            self._wake.wait(wait)
            if not self._is_closed:
                self.turn()

    def _tidy_up(self, now: float) -> None:
        if self._let_go_due <= now:
            self._let_go_due, self._collect_due = math.inf, now + _SETTLE_SECONDS
            self._let_go()
        if self._collect_due <= now:
            self._collect_due = math.inf
            self._collect()

    def _take_asked(self) -> bool:
        is_asked = self._wake.is_set()
        self._wake.clear()
        if self._board is not None and (times := self._board.times_asked) != self._times_asked:
            self._times_asked = times
            is_asked = True
        return is_asked

    def _look(self, name: str, *, is_asked: bool) -> None:
        following, source = self._following[name], self._sources[name]
        try:
            named = source.look()
            if choose(following, named, is_asked=is_asked) == "take":
                _logger.info("%s is %s now; loading it.", named.reference, named.label)
                following = self._take(name, following, named)
        except SourceUnavailableError as error:
            self._following[name] = self._unavailable(following, error.message)
        except Exception as error:
            _logger.exception("A look at %s failed.", following.served.reference)
            self._following[name] = self._unavailable(following, f"{type(error).__name__}: {error}")
        else:
            if following.failures:
                _logger.info("%s is looked at again.", named.reference)
            self._following[name] = after_look(
                following,
                named,
                now=self._clock(),
                schedule=self._schedule,
                share=self._share(),
            )

    def _take(self, name: str, following: Following, named: Named) -> Following:
        """Load a version and switch to it, or say why not.

        Raises:
            SourceUnavailableError: It cannot be had now.
        """
        try:
            model = self._loaded(name, named)
            if model is not None and self._is_closed and model.backend is not None:
                model.backend.close()  # nobody else knows of it
            if model is None or self._is_closed:
                return following
            self._switch(name, model)
        except (SourceUnavailableError, OSError, MemoryError):  # says nothing of the version
            raise
        except _ANYTHING as error:
            return self._refuse(following, named, error)
        self._count(named.model, "taken")
        self._try_again_beside(name)
        self._let_go_due = self._clock() + self._schedule.keep
        self._collect_due = min(self._collect_due, self._clock() + _SETTLE_SECONDS)
        instead = "" if following.is_missing else f" instead of {following.served.label}"
        _logger.info("%s serves%s: version %s.", named.label, instead, model.version)
        if self._board is not None:
            with suppress(OSError):  # a worker that begins later looks by itself
                self._board.tell_served(name, named)
                self._board.nudge()
                self._times_asked += 1
        return after_switch(following, named, at=self._time())

    def _try_again_beside(self, name: str) -> None:
        """Have those looked at again soon that did not go with what served there before."""
        for other, following in self._following.items():
            if other != name:
                self._following[other] = after_change_beside(
                    following, code=ChainRefusedError.code, now=self._clock()
                )

    def _loaded(self, name: str, named: Named) -> ServedModel | None:
        """A version that was tried first; None if there is no need of it any more."""
        source = self._sources[name]
        source.try_out(named)
        return None if self._is_closed else source.load(named)

    def _refuse(self, following: Following, named: Named, error: BaseException) -> Following:
        self._count(named.model, "refused")
        refusal = refusal_of(named, error, at=self._now())
        goes_on = "" if following.is_missing else f", {following.served.label} goes on"
        _logger.error("%s is not taken%s: %s", named.label, goes_on, refusal.message)
        return after_refusal(following, refusal)

    def _unavailable(self, following: Following, message: str) -> Following:
        self._count(following.served.model, "unavailable")
        if following.failures == 0:  # the others are counted, and told by readiness
            goes_on = "" if following.is_missing else f", {following.served.label} goes on"
            _logger.warning(
                "%s cannot be looked at%s: %s", following.served.reference, goes_on, message
            )
        return after_unavailable(
            following,
            message,
            now=self._clock(),
            schedule=self._schedule,
            share=self._share(),
        )

    def _time(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="seconds")
