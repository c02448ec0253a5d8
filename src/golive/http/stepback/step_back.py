"""The step-back: watches what a candidate does, and keeps requests from it once it does worse."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Lock, Thread

import msgspec

from golive.http.comparison import Comparison
from golive.http.plan import Refusal
from golive.http.stepback.bounds import Bounds
from golive.http.stepback.notice import Notice, NoticeBoard, facts_of
from golive.http.stepback.verdict import Reason, Verdict, figures_of, judge
from golive.http.stepback.window import Window
from golive.service.context import ServiceContext
from golive.service.served import ServedModel
from golive.signature.model import JsonValue

__all__ = ["CountStepBack", "StepBack", "TellRefused"]

_LOOK_SECONDS = 0.25
_EVERY = 10  # requests of the candidate; and after each that it fails
_logger = logging.getLogger("golive.canary")

CountStepBack = Callable[[str, str, Reason | None, bool], object]
"""Is told of model and version, why it stepped back if it did here and now, whether it is back."""

TellRefused = Callable[[str, bool], object]
"""Is told of the candidate of the start, such as `games@8`, and whether it is refused."""


class StepBack:
    """Says whether a candidate may be asked, by what it was seen to do. From any thread.

    It steps back until another version is the candidate, or somebody asks to look again.

    Args:
        bounds: How much worse it may do.
        slot: What the candidate is called among what is followed.
        candidate: The version that it is at the start, as a person calls it.
        share: Of the requests that it is to answer, 0 to 1; None where it answers copies.
        board: Where other processes of the server see it, or None where there are none.
        now: The time.

    Attributes:
        bounds: How much worse it may do.
    """

    def __init__(
        self,
        bounds: Bounds,
        *,
        slot: str,
        candidate: str,
        share: float | None,
        board: NoticeBoard | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.bounds = bounds
        self._slot = slot
        self._share = share
        self._board = board
        self._now = now
        self._lock = Lock()
        self._wake = Event()
        self._is_closed = False
        self._model = self._usual = self._candidate = ""
        self._labels = ("the usual version", candidate)
        self._refusal: Refusal | None = None
        self._count: CountStepBack = lambda *_: None
        self._tell_refused: TellRefused = lambda *_: None
        self._counted: tuple[str, str] | None = None
        self._window = Window(bounds.least)
        self._since_judged = 0
        self._notice: Notice | None = None
        self._is_told = False
        self.look()

    def context(self, context: ServiceContext) -> ServiceContext:
        """The context of a service that tells of it."""
        return context.telling("canary", self.facts)

    def begin(self, count: CountStepBack, tell_refused: TellRefused = lambda *_: None) -> None:
        """Begin to tell the other processes and to be told, in a thread, if there are any.

        Args:
            count: Is told when the candidate steps back, and when it does no more.
            tell_refused: Is told that the candidate is refused, and when it is no more.
        """
        self._count, self._tell_refused = count, tell_refused
        with self._lock:
            self._tell_count()
        if self._board is not None:
            Thread(target=self._run, name="golive-canary", daemon=True).start()

    def refuse(self, refusal: Refusal) -> None:
        """There is no candidate: it failed where it was tried, or could not be loaded.

        Args:
            refusal: Why.
        """
        with self._lock:
            self._refusal = refusal
            self._labels = (self._labels[0], refusal.named.label)
            self._tell_count()
        self._tell_refused(refusal.named.label, True)  # noqa: FBT003
        _logger.error(
            "%s is not asked, %s answers alone: %s",
            refusal.named.label,
            self._labels[0],
            refusal.message,
        )

    def close(self) -> None:
        """Look no more at what others tell."""
        self._is_closed = True
        self._wake.set()

    def lets(self, usual: ServedModel, candidate: ServedModel) -> bool:
        """Whether the candidate may be asked; what was seen of other versions is forgotten."""
        if candidate.version != self._candidate or usual.version != self._usual:
            self._begin_pair(usual, candidate)
        notice = self._notice
        return notice is None or notice.version != candidate.version

    def see(self, version: str, *, has_failed: bool | None, seconds: float | None) -> None:
        """Take note of a request, unless neither of the two versions was asked.

        Args:
            version: The short id of who was asked.
            has_failed: Whether it failed; None if its caller went away before that was known.
            seconds: How long it took, or None where that says nothing.
        """
        is_candidate = version == self._candidate
        if self._usual == self._candidate or not (is_candidate or version == self._usual):
            return
        with self._lock:
            self._window.add(is_candidate=is_candidate, has_failed=has_failed, seconds=seconds)
            if is_candidate:
                self._judge(at_once=bool(has_failed))

    def see_pair(self, version: str, found: Comparison) -> None:
        """Take note of how both versions answered a request.

        Args:
            version: The short id of who answered the copy.
            found: How the answers compare.
        """
        is_known = version in (self._usual, self._candidate) and self._usual != self._candidate
        if is_known and found.agreed + found.differed:
            with self._lock:
                self._window.add_pair(agreed=found.agreed, differed=found.differed)
                self._judge(at_once=found.differed > 0)

    def see_crash(self, version: str, message: str) -> None:
        """The candidate has brought its process down: it steps back at once, whatever the bounds.

        Args:
            version: The short id of who was asked.
            message: What was seen.
        """
        with self._lock:
            if version == self._candidate and not self._is_back:
                self._step_back(Verdict(reason="crashed", message=message))

    def bars(self, model: ServedModel) -> bool:
        """Whether nobody is to ask this version, who asks for it by name neither: it crashes."""
        notice = self._notice
        return notice is not None and notice.has_crashed and notice.version == model.version

    def forgive(self) -> None:
        """Let the candidate be asked again, and see: somebody asked to look."""
        with self._lock:
            if self._notice is not None:
                _logger.warning("%s is asked again.", self._notice.candidate)
            self._notice, self._is_told = None, False
            self._forget()
            self._tell_count()

    def look(self) -> None:
        """Tell the other processes what is to be told, and take what they tell."""
        board, notice = self._board, self._notice
        if board is None:
            return
        told = board.stepped_back(self._slot)
        if notice is not None and not self._is_told and not _says_more(told, notice):
            with suppress(OSError):  # the disk is full: it is back in this process at least
                board.tell_stepped_back(self._slot, notice)
                self._is_told = True
            return
        if told is None and notice is not None:
            self.forgive()
        elif told is not None and told != notice:
            with self._lock:
                self._notice, self._is_told = told, True
                self._tell_count()

    def facts(self) -> dict[str, JsonValue]:
        """What readiness tells of it."""
        usual, candidate = self._labels
        is_back, notice = self._is_back, self._notice
        facts: dict[str, JsonValue] = {
            "candidate": candidate,
            "usual": usual,
            "answers": self._answers(is_back=is_back),
        }
        with self._lock:
            if self._window.candidate.requests:
                facts["seen"] = self._seen()
        if notice is not None and is_back:
            facts["stepped_back"] = facts_of(notice)
        elif self._refusal is not None:
            facts["refused"] = self._refusal.facts()
        return facts

    @property
    def _is_back(self) -> bool:
        notice = self._notice
        if notice is None:
            return False
        if self._candidate:
            return self._candidate == notice.version
        return self._labels[1] == notice.candidate

    def _answers(self, *, is_back: bool) -> str:
        if is_back or self._refusal is not None:
            return "nothing"
        return "copies" if self._share is None else f"{100 * self._share:g}% of the requests"

    def _seen(self) -> dict[str, JsonValue]:
        window = self._window
        seen: dict[str, JsonValue] = {
            "usual": figures_of(window.usual),
            "candidate": figures_of(window.candidate),
        }
        if window.pairs.requests:
            seen["compared"] = msgspec.to_builtins(window.pairs)
        return seen

    def _begin_pair(self, usual: ServedModel, candidate: ServedModel) -> None:
        with self._lock:
            refusal, self._refusal = self._refusal, None
            if refusal is not None:
                self._tell_refused(refusal.named.label, False)  # noqa: FBT003
            self._model, self._usual, self._candidate = usual.name, usual.version, candidate.version
            self._labels = (_label(usual), _label(candidate))
            self._forget()
            self._tell_count()

    def _forget(self) -> None:
        self._window = Window(self.bounds.least)
        self._since_judged = 0

    def _judge(self, *, at_once: bool) -> None:
        self._since_judged += 1
        if self._is_back or not (at_once or self._since_judged >= _EVERY):
            return
        self._since_judged = 0
        seen = self._window
        verdict = judge(seen.usual, seen.candidate, seen.pairs, self.bounds)
        if verdict is not None:
            self._step_back(verdict)

    def _step_back(self, verdict: Verdict) -> None:
        usual, candidate = self._labels
        at = self._now().astimezone(UTC).isoformat(timespec="seconds")
        self._notice = Notice(candidate=candidate, version=self._candidate, verdict=verdict, at=at)
        self._is_told = False
        what = "gets no more copies" if self._share is None else f"{usual} answers everything"
        _logger.error("%s steps back, %s: %s.", candidate, what, verdict.message)
        self._tell_count(verdict.reason)
        self._wake.set()

    def _tell_count(self, reason: Reason | None = None) -> None:
        about = (self._model, self._candidate) if self._candidate else None
        if about is None and self._notice is not None and self._is_back:  # it begins without it
            about = (self._notice.candidate.rpartition("@")[0], self._notice.version)
        counted = self._counted
        if counted is not None and counted != about:
            self._count(*counted, None, False)  # noqa: FBT003
        if about is not None:
            self._count(*about, reason, self._is_back)
        self._counted = about

    def _run(self) -> None:
        while not self._is_closed:
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()
            try:
                self.look()
            except Exception:  # a thread that ends would leave a bad candidate to the others
                _logger.exception("What other processes tell could not be looked at.")


def _says_more(told: Notice | None, notice: Notice) -> bool:
    """Whether others have found that it crashes: then it is not even asked for."""
    return told is not None and told.version == notice.version and told.has_crashed


def _label(model: ServedModel) -> str:
    return f"{model.name}@{model.names[0]}" if model.names else f"{model.name} {model.version}"
