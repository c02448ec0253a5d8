from __future__ import annotations

from queue import SimpleQueue
from threading import Event, Thread

import msgspec
import pytest

from golive.backends.backend import Backend, NotStartedError
from golive.backends.messages import (
    ModelStart,
    Started,
    decode_question,
    encode_answers,
    encode_failure,
)
from golive.engine.answers import Answer
from golive.engine.decoded import Decoded
from golive.engine.pace import Pace
from golive.errors import BackendError, ModelLoadError
from golive.runtimes.protocols import Batch

STARTED = Started(models={"m": ModelStart(pace=Pace(manner="apart"), takes_list=True)})


def asked(value):
    return Decoded(batch=Batch(([value],), 1), indices=[0], size=1)


class FakeProcess:
    """A process that doubles numbers; it ends for -1, fails for -2, and never answers -3."""

    id = 4711

    def __init__(self, started=STARTED):
        self.is_ended = self.is_let_go = False
        self._said = SimpleQueue()
        if started is None:
            self._said.put(None)
        else:
            self._said.put(bytearray(msgspec.json.encode(started)))

    def write(self, message):
        if self.is_ended:
            raise BrokenPipeError
        question = decode_question(message)
        values = [decoded.batch.columns[0][0] for decoded in question.requests]
        if -1 in values:
            self._said.put(None)
        elif -2 in values:
            self._said.put(bytearray(encode_failure(question.number, "MemoryError: no")))
        elif -3 not in values:
            entries = [[Answer(score=2.0 * value)] for value in values]
            self._said.put(bytearray(encode_answers(question.number, entries)))

    def read(self):
        return self._said.get()

    def hang_up(self):
        self._said.put(None)

    def let_go(self):
        self.is_let_go = True

    def end(self):
        self.is_ended = True
        return "was ended by SIGABRT"


class Starts:
    """Starts processes, the given ones first; what is an exception is raised."""

    def __init__(self, *given):
        self.processes = []
        self._given = list(given)

    def __call__(self):
        found = self._given.pop(0) if self._given else FakeProcess()
        if isinstance(found, Exception):
            raise found
        self.processes.append(found)
        return found


@pytest.fixture
def begin():
    backends = []

    def run(*given, rest=0.01, **options):
        starts = Starts(*given)
        backend = Backend(("m", "n"), starts, rest=rest, **options)
        backends.append(backend)
        backend.begin()
        return backend, starts

    yield run
    for backend in backends:
        backend.close()


def until(is_so):
    waiter = Event()
    for _ in range(1000):
        if is_so():
            return
        waiter.wait(0.01)
    pytest.fail("it never was so")


def test_it_answers_each_request_in_order(begin):
    backend, _ = begin()
    backend.wait()

    found = backend.ask("m", [asked(1), asked(4)])

    assert found == [[Answer(score=2.0)], [Answer(score=8.0)]]
    assert backend.start_of("m").takes_list
    assert backend.start_of("n") is None
    assert backend.facts() == {"state": "running", "ends": 0}


def test_what_was_in_hand_when_the_process_ended_fails_and_the_next_one_answers(begin):
    backend, starts = begin()
    backend.wait()
    failures = []

    def ask():
        try:
            backend.ask("m", [asked(-3)])
        except BackendError as error:
            failures.append(error.code)

    waiting = Thread(target=ask)
    waiting.start()
    with pytest.raises(BackendError, match="was ended by SIGABRT while it had") as caught:
        backend.ask("m", [asked(-1)])
    waiting.join()

    assert caught.value.code == "backend_crashed"
    assert failures in (["backend_crashed"], ["backend_unavailable"])
    until(lambda: backend.is_running)
    assert backend.ask("m", [asked(2)]) == [[Answer(score=4.0)]]
    assert len(starts.processes) == 2
    assert backend.facts() == {"state": "running", "ends": 1}


def test_while_it_does_not_run_it_is_not_asked(begin):
    backend, _ = begin(rest=60)
    backend.wait()
    with pytest.raises(BackendError):
        backend.ask("m", [asked(-1)])

    with pytest.raises(BackendError) as caught:
        backend.ask("m", [asked(1)])
    with pytest.raises(BackendError):
        backend.check()

    assert caught.value.code == "backend_unavailable"
    assert backend.facts() == {
        "state": "restarting",
        "ends": 1,
        "why": "The process was ended by SIGABRT.",
    }


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (FakeProcess(Started(message="No module named 'x'", code="model_not_loadable")), "'x'"),
        (FakeProcess(None), "was ended by SIGABRT before it was ready"),
        (FileNotFoundError("no such python"), "of m, n cannot be started: no such python"),
    ],
)
def test_one_that_does_not_start_says_why_and_is_tried_again(begin, first, message):
    backend, _ = begin(first, rest=0.2)

    with pytest.raises(ModelLoadError, match=message):
        backend.wait()

    until(lambda: backend.is_running)
    assert backend.facts() == {"state": "running", "ends": 1}


@pytest.mark.parametrize(
    ("first", "says_nothing"),
    [
        (OSError("Too many open files"), True),
        (FakeProcess(Started(message="OSError: no room", says_nothing=True)), True),
        (FakeProcess(Started(message="No module named 'x'")), False),
        (FakeProcess(None), False),
    ],
)
def test_what_cannot_be_started_now_says_nothing_of_its_models(begin, first, says_nothing):
    backend, _ = begin(first)

    with pytest.raises(ModelLoadError) as caught:
        backend.wait()

    assert isinstance(caught.value, NotStartedError) is says_nothing


def test_one_that_takes_long_to_start_is_not_waited_for_longer_than_was_said(begin):
    slow = FakeProcess()
    slow.read = lambda: Event().wait(0.3) or FakeProcess.read(slow)
    backend, _ = begin(slow)

    with pytest.raises(ModelLoadError, match="still starting"):
        backend.wait(0.01)

    backend.wait()
    assert backend.is_running


def test_what_fails_as_a_whole_is_raised_and_ends_nothing(begin):
    backend, starts = begin()
    backend.wait()

    with pytest.raises(RuntimeError, match="MemoryError: no"):
        backend.ask("m", [asked(-2)])

    assert backend.ask("m", [asked(1)]) == [[Answer(score=2.0)]]
    assert len(starts.processes) == 1


def test_what_says_nonsense_is_ended_and_started_again(begin):
    backend, starts = begin()
    backend.wait()
    starts.processes[0]._said.put(bytearray(b"?"))

    until(lambda: len(starts.processes) == 2 and backend.is_running)

    assert starts.processes[0].is_ended
    assert backend.ask("m", [asked(1)]) == [[Answer(score=2.0)]]


def test_an_answer_that_cannot_be_read_is_none(begin):
    backend, starts = begin()
    backend.wait()
    process = starts.processes[0]
    process.write = lambda message: process._said.put(
        bytearray(decode_question(message).number.to_bytes(8, "big") + b'{"run": "this"}')
    )

    with pytest.raises(RuntimeError, match="gave no answer"):
        backend.ask("m", [asked(1)])


def test_a_process_that_cannot_be_written_to_is_ended(begin):
    backend, starts = begin()
    backend.wait()
    process = starts.processes[0]

    def write(message):
        raise OSError("no buffer space")

    process.write = write

    with pytest.raises(BackendError) as caught:
        backend.ask("m", [asked(1)])

    assert caught.value.code == "backend_crashed"
    assert process.is_ended


def test_who_watches_is_told_of_each_change(begin):
    backend, _ = begin()
    backend.wait()
    changes = []
    backend.watch(changes.append)

    with pytest.raises(BackendError):
        backend.ask("m", [asked(-1)])
    until(lambda: backend.is_running)
    backend.close()

    assert changes == ["running", "crashed", "running", "closed"]


def test_its_end_ends_the_process_and_what_it_has_in_hand(begin):
    backend, starts = begin()
    backend.wait()
    failures = []

    def ask():
        try:
            backend.ask("m", [asked(-3)])
        except BackendError as error:
            failures.append(error)

    waiting = Thread(target=ask)
    waiting.start()
    backend.close()
    backend.close()
    waiting.join()

    assert [process.is_ended for process in starts.processes] == [True]
    assert len(failures) == 1
    assert backend.facts()["state"] == "closed"


def test_what_is_in_hand_when_it_is_closed_has_not_brought_it_down(begin):
    backend, _ = begin()
    backend.wait()
    failures = []

    def ask():
        try:
            backend.ask("m", [asked(-3)])
        except BackendError as error:
            failures.append(error.code)

    waiting = Thread(target=ask)
    waiting.start()
    until(lambda: backend._asked)
    backend.close()
    waiting.join()

    assert failures == ["backend_unavailable"]


def test_one_that_gives_no_answer_in_time_is_ended_and_the_next_one_answers(begin):
    backend, starts = begin(patience=0.05, label="the shadow m@2")
    backend.wait()

    with pytest.raises(BackendError, match=r"holds the shadow m@2 gave no answer for 0\.05 s") as e:
        backend.ask("m", [asked(-3)])

    assert e.value.code == "backend_crashed"
    until(lambda: len(starts.processes) == 2 and backend.is_running)
    assert starts.processes[0].is_ended
    assert backend.ask("m", [asked(2)]) == [[Answer(score=4.0)]]


def test_a_process_that_was_forked_begins_one_of_its_own(begin):
    backend, starts = begin()
    backend.wait()
    parents = starts.processes[0]

    backend.begin_anew()  # as in a child, where the thread that keeps it is not there
    backend.wait()

    assert parents.is_let_go
    assert not parents.is_ended
    assert len(starts.processes) == 2
    assert backend.ask("m", [asked(2)]) == [[Answer(score=4.0)]]


def test_what_was_closed_is_not_begun_anew(begin):
    backend, starts = begin()
    backend.wait()
    backend.close()

    backend.begin_anew()

    assert len(starts.processes) == 1
