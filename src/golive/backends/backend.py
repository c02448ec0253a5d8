"""A backend: a process that holds models apart, kept running by a thread of the server."""

from __future__ import annotations

import logging
import struct
import time
from collections.abc import Callable, Sequence
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Literal

import msgspec

from golive.backends.messages import (
    Entries,
    Failed,
    ModelStart,
    Question,
    Started,
    decode_answers,
    decode_started,
    encode_question,
    number_of,
)
from golive.backends.process import BackendProcess
from golive.engine.decoded import Decoded
from golive.errors import BackendError, ModelLoadError
from golive.service.protocols import BackendChange
from golive.signature.model import JsonValue

__all__ = ["Backend", "NotStartedError"]

_FIRST_REST = 0.5
_LONGEST_REST = 30.0
_LONG_RUN = 60.0  # who has run so long may be started again at once
_logger = logging.getLogger("golive.backends")
_State = Literal["starting", "running", "restarting", "closed"]


class NotStartedError(ModelLoadError):
    """A process cannot be started now, or cannot read its files: it says nothing of its models."""


class Backend:
    """Keeps a process running and asks it. Safe to call from several threads.

    Whatever ends the process, it is started again, after a rest that doubles from half a second to
    thirty. What it had in hand then fails, and is not asked again: it may be what ended it.

    Args:
        models: The names of the models that it holds.
        start: Starts the process.
        rest: The first rest in seconds.
        patience: Seconds that an answer may take: then the process is ended, and started again.
            None: any.
        label: What it is called in what people read; None: as its models are.
    """

    def __init__(
        self,
        models: Sequence[str],
        start: Callable[[], BackendProcess],
        *,
        rest: float = _FIRST_REST,
        patience: float | None = None,
        label: str | None = None,
    ) -> None:
        self.models = tuple(models)
        self._start = start
        self._rest = rest
        self._patience = patience
        self._label = label or ", ".join(models)
        self._started: Started | None = None
        self._ends = 0
        self._watchers: list[Callable[[BackendChange], object]] = []
        self._numbers = count(1)
        self._is_closing = Event()
        self._prepare()

    def _prepare(self) -> None:
        self._state: _State = "starting"
        self._process: BackendProcess | None = None
        self._failure: Started | None = None
        self._asked: dict[int, SimpleQueue[bytearray | BackendError]] = {}
        self._lock = Lock()
        self._writing = Lock()
        self._is_settled = Event()
        self._thread = Thread(target=self._keep, name="golive-backend", daemon=True)

    def begin(self) -> None:
        """Start the process, and keep it running from now on."""
        self._thread.start()

    def is_settled(self, seconds: float | None = None) -> bool:
        """Whether it is known how the first start ended, within so many seconds; None: any."""
        return self._is_settled.wait(seconds)

    def begin_anew(self) -> None:
        """Start a process of its own in this one, which was forked of the one that began."""
        if self._is_closing.is_set():
            return
        if self._process is not None:
            self._process.let_go()
        self._prepare()
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is known how the first start ended.

        Args:
            seconds: How long; None: however long it takes.

        Raises:
            NotStartedError: It cannot be started now; it is tried again.
            ModelLoadError: It did not start, or not yet; it is tried again nevertheless.
        """
        is_settled = self._is_settled.wait(seconds)
        failure = self._failure if is_settled else Started(message="It is still starting.")
        if failure is not None:
            kind = NotStartedError if failure.says_nothing else ModelLoadError
            message = failure.message or "It did not start."
            raise kind(message, hint=failure.hint, code=failure.code)

    @property
    def is_running(self) -> bool:
        """Whether its models can be asked now."""
        return self._state == "running"

    @property
    def process_id(self) -> int | None:
        """The id of the process that runs or starts; None while there is none."""
        process = self._process
        return None if process is None else process.id

    def facts(self) -> dict[str, JsonValue]:
        """How it stands with it, as JSON."""
        with self._lock:
            failure = self._failure
            facts: dict[str, JsonValue] = {"state": self._state, "ends": self._ends}
        if failure is not None:
            facts["why"] = failure.message
        return facts

    def watch(self, tell: Callable[[BackendChange], object]) -> None:
        """Tell of each change from now on, one at a time, and at once if it is running."""
        with self._lock:
            self._watchers.append(tell)
            if self.is_running:
                tell("running")

    def start_of(self, model: str) -> ModelStart | None:
        """What was said of a model when the process began last; None where none has yet."""
        started = self._started
        return None if started is None else started.models.get(model)

    def check(self) -> None:
        """Make sure that its models can be asked now.

        Raises:
            BackendError: They cannot.
        """
        if not self.is_running:
            raise self._unavailable()

    def ask(self, model: str, requests: Sequence[Decoded]) -> list[Entries]:
        """The entries of each request; see `golive.backends.engine.Asking`.

        Raises:
            BackendError: The process ended, or does not run.
            RuntimeError: The engine there raised something for the requests as a whole.
        """
        number = next(self._numbers)
        message = encode_question(Question(number, model, requests))
        answer: SimpleQueue[bytearray | BackendError] = SimpleQueue()
        with self._lock:
            process = self._process
            if process is None or not self.is_running:
                raise self._unavailable()
            self._asked[number] = answer
        try:
            with self._writing:
                process.write(message)
        except OSError:  # it has ended or has to: half a message may have been written
            process.hang_up()
        found = self._wait_for(answer, number, process)
        if isinstance(found, BackendError):
            raise found
        try:
            return decode_answers(found)
        except (Failed, msgspec.DecodeError) as error:
            raise RuntimeError(f"The process that holds {model} gave no answer: {error}") from error

    def _wait_for(
        self, answer: SimpleQueue[bytearray | BackendError], number: int, process: BackendProcess
    ) -> bytearray | BackendError:
        try:
            return answer.get(timeout=self._patience)
        except Empty:
            process.hang_up()
            with self._lock:
                self._asked.pop(number, None)
            return BackendError(
                f"The process that holds {self._label} gave no answer for {self._patience:g} s.",
                code="backend_crashed",
                hint="It is ended, and started again.",
            )

    def close(self) -> None:
        """End it for good, with what it is answering; once however often it is called."""
        self._is_closing.set()
        with self._lock:
            process = self._process
        if process is not None:
            process.hang_up()
        if self._thread.is_alive():
            self._thread.join()

    # In the thread that keeps it.

    def _keep(self) -> None:
        rest = self._rest
        while not self._is_closing.is_set():
            begun = time.monotonic()
            self._run()
            self._is_settled.set()
            if time.monotonic() - begun > _LONG_RUN:
                rest = self._rest
            self._is_closing.wait(rest)
            rest = min(2 * rest, _LONGEST_REST)
        self._change("closed", "closed")

    def _run(self) -> None:
        """Start the process and hand on what it says until it has ended."""
        try:
            process = self._start()
        except OSError as error:
            told = f"The process of {self._label} cannot be started: {error}"
            self._note_failure(Started(message=told, says_nothing=True))
            return
        with self._lock:
            self._process = process
        if self._is_closing.is_set():
            process.hang_up()
        started = self._hear_start(process)
        if started is None or started.message is not None:
            how = process.end()
            told = f"The process {how} before it was ready; what it said is in the log."
            self._note_failure(started or Started(message=told))
            return
        if self._failure is not None:
            _logger.warning("process %s of %s answers", process.id, self._label)
        self._started, self._failure = started, None
        self._change("running", "running")
        self._is_settled.set()
        while (message := process.read()) is not None:
            if not self._hand_on(message):
                break
        self._note_end(process)

    def _hear_start(self, process: BackendProcess) -> Started | None:
        message = process.read()
        try:
            return None if message is None else decode_started(message)
        except msgspec.DecodeError:
            return None

    def _hand_on(self, message: bytearray) -> bool:
        """Give an answer to who waits for it; False if it is none."""
        try:
            number = number_of(message)
        except struct.error:
            return False
        with self._lock:
            waiting = self._asked.pop(number, None)
        if waiting is not None:
            waiting.put(message)
        return True

    def _note_failure(self, failure: Started) -> None:
        self._failure = failure
        self._ends += 1
        if self._is_closing.is_set():
            return
        self._change("restarting", "not_started")
        _logger.error("%s is not served: %s", self._label, failure.message)

    def _note_end(self, process: BackendProcess) -> None:
        self._change("restarting", None)  # from now on nothing more is asked
        how = process.end()
        is_crash = not self._is_closing.is_set()
        if is_crash:
            self._ends += 1
            self._failure = Started(message=f"The process {how}.")
            self._change("restarting", "crashed")
            _logger.error("process %s of %s %s", process.id, self._label, how)
        with self._lock:
            asked, self._asked = self._asked, {}
        error = BackendError(
            f"The process that holds {self._label} {how} while it had this request.",
            code="backend_crashed" if is_crash else BackendError.code,
            hint="The request may be what ended it; others are answered when it is back.",
        )
        for waiting in asked.values():
            waiting.put(error)

    def _change(self, state: _State, change: BackendChange | None) -> None:
        with self._lock:
            self._state = state
            if state != "running":
                self._process = None
            if change is not None:
                for tell in self._watchers:
                    tell(change)

    def _unavailable(self) -> BackendError:
        return BackendError(f"The process that holds {self._label} does not run at the moment.")
