"""One process tries a version, and the others rely on it."""

import threading
import time

import pytest

from golive.errors import GoliveError, ModelLoadError
from golive.http.refreshing.board import Board
from golive.http.refreshing.source import SourceUnavailableError
from golive.http.refreshing.trials import TriedVersions

NAME = "0" * 64


class Attempts:
    """Counts attempts, which end as a test says."""

    def __init__(self, error=None):
        self.number = 0
        self.error = error

    def __call__(self):
        self.number += 1
        if self.error is not None:
            raise self.error


def refusal(tried, attempts):
    with pytest.raises(GoliveError) as caught:
        tried.once(NAME, attempts)
    return caught.value.code, caught.value.message, caught.value.hint


def processes(directory, count=2):
    return [TriedVersions(directory) for _ in range(count)]


def test_what_has_passed_is_not_tried_again(tmp_path):
    attempts = Attempts()

    for tried in [TriedVersions(None), *processes(tmp_path)]:
        for _ in range(2):
            tried.once(NAME, attempts)

    assert attempts.number == 2  # once alone, once for the two


def test_what_serves_is_not_tried():
    attempts, tried = Attempts(), TriedVersions(None)
    tried.know(NAME)

    tried.once(NAME, attempts)

    assert attempts.number == 0


def test_what_was_refused_is_refused_by_all_until_somebody_asks(tmp_path):
    attempts = Attempts(ModelLoadError("It hangs.", hint="golive check"))
    one, other = processes(tmp_path)
    board = Board(tmp_path)

    found = [refusal(one, attempts), refusal(other, attempts)]
    board.nudge()
    found.append(refusal(one, attempts))
    tries = attempts.number
    board.ask()
    attempts.error = None
    one.once(NAME, attempts)
    other.once(NAME, attempts)

    assert found == [("model_not_loadable", "It hangs.", "golive check")] * 3
    assert (tries, attempts.number) == (1, 2)


def test_alone_it_is_tried_as_often_as_somebody_wants_it():
    attempts, tried = Attempts(ModelLoadError("It hangs.")), TriedVersions(None)

    refusal(tried, attempts)
    refusal(tried, attempts)

    assert attempts.number == 2


def test_what_could_not_be_tried_is_tried_by_the_next(tmp_path):
    attempts = Attempts(SourceUnavailableError("There is no memory."))
    one, other = processes(tmp_path)

    refusal(one, attempts)
    attempts.error = None
    other.once(NAME, attempts)

    assert attempts.number == 2


def test_who_comes_meanwhile_waits_for_the_verdict(tmp_path):
    began, may_end = threading.Event(), threading.Event()
    one, other = processes(tmp_path)
    second = Attempts()

    def slow():
        began.set()
        may_end.wait(30)

    threads = [threading.Thread(target=one.once, args=(NAME, slow))]
    threads[0].start()
    began.wait(30)
    threads.append(threading.Thread(target=other.once, args=(NAME, second)))
    threads[1].start()
    time.sleep(0.1)
    waits = threads[1].is_alive()
    may_end.set()
    for thread in threads:
        thread.join(30)

    assert (waits, second.number) == (True, 0)


def test_a_verdict_that_cannot_be_read_is_none(tmp_path):
    (tmp_path / f"{NAME}.refused").write_text("{")
    attempts = Attempts()

    TriedVersions(tmp_path).once(NAME, attempts)

    assert attempts.number == 1
