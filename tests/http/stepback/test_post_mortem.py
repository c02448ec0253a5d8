"""Of a worker that died it is found out whether a candidate did it, which then steps back."""

import logging
import os
import signal
from datetime import UTC, datetime
from itertools import chain, repeat

import pytest

from golive.http.refreshing.board import Board
from golive.http.stepback.post_mortem import PostMortem, memory_kills, said_of
from golive.http.stepback.running import Running, RunningNote

ABOUT = Running(slot="sum.candidate", candidate="sum@2", version="v2")
SHADOW = Running(slot="sum.candidate", candidate="sum@2", version="v2", is_shadow=True)
WORKER = os.getpid()


class Scene:
    """A server's directory in which a worker has died, within a candidate or not.

    Args:
        folder: The directory.
        kills: How many processes the system has ended for memory, look by look.
    """

    def __init__(self, folder, kills=(0,)):
        self.folder = folder
        self.board = Board(folder)
        self.counted = []
        told = chain(kills, repeat(kills[-1]))
        self.post_mortem = PostMortem(
            folder,
            self.board,
            count=lambda *facts: self.counted.append(facts),
            kills=lambda: next(told),
            now=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        )

    def die(self, code, about=ABOUT):
        """The worker ends, within a call of the candidate."""
        with RunningNote(self.folder, about):
            return self.post_mortem.examine(WORKER, code)

    @property
    def message(self):
        notice = self.board.stepped_back("sum.candidate")
        return None if notice is None else notice.verdict.message


@pytest.mark.parametrize(
    ("code", "how"),
    [
        (-signal.SIGSEGV, "was ended by SIGSEGV"),
        (-signal.SIGABRT, "was ended by SIGABRT"),
        (-signal.SIGBUS, "was ended by SIGBUS"),
        (-signal.SIGILL, "was ended by SIGILL"),
        (-signal.SIGFPE, "was ended by SIGFPE"),
        (7, "ended with exit code 7"),
    ],
)
def test_a_candidate_that_ends_its_worker_steps_back(tmp_path, caplog, code, how):
    caplog.set_level(logging.INFO, logger="golive.canary")
    scene = Scene(tmp_path)

    is_over = scene.die(code)

    notice = scene.board.stepped_back("sum.candidate")
    said = f"worker {WORKER} {how} while it was in this version"
    assert is_over
    assert (notice.candidate, notice.version) == ("sum@2", "v2")
    assert (notice.verdict.reason, notice.verdict.message) == ("crashed", said)
    assert notice.at == "2026-01-02T03:04:05+00:00"
    assert scene.counted == [("sum", "v2")]
    assert caplog.messages == [f"sum@2 steps back, the usual version answers everything: {said}."]


@pytest.mark.parametrize("code", [-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, 0])
def test_who_ends_a_worker_otherwise_says_nothing_of_the_candidate(tmp_path, code):
    scene = Scene(tmp_path)

    assert not scene.die(code)
    assert (scene.message, scene.counted) == (None, [])


def test_a_worker_that_was_in_no_candidate_says_nothing_of_it(tmp_path):
    scene = Scene(tmp_path)
    note = RunningNote(tmp_path, ABOUT)

    assert not scene.post_mortem.examine(WORKER, -signal.SIGSEGV)
    assert not scene.post_mortem.examine(WORKER + 1, -signal.SIGSEGV)
    assert (scene.message, scene.counted) == (None, [])
    with note:
        pass


def test_a_kill_is_the_systems_where_it_has_ended_one_for_memory_since_the_last_look(tmp_path):
    scene = Scene(tmp_path, kills=(4, 5))

    assert scene.die(-signal.SIGKILL)
    assert "SIGKILL, as the system ends what takes too much memory," in scene.message


def test_a_kill_may_be_anybodys_where_the_system_has_ended_none(tmp_path):
    scene = Scene(tmp_path, kills=(4, 4))

    assert not scene.die(-signal.SIGKILL)
    assert scene.message is None


def test_what_was_ended_for_memory_before_another_worker_died_says_nothing(tmp_path):
    scene = Scene(tmp_path, kills=(4, 5, 5))
    scene.post_mortem.examine(WORKER, -signal.SIGKILL)  # it was in no candidate

    assert not scene.die(-signal.SIGKILL)


def test_the_second_time_within_the_same_version_it_is_no_chance(tmp_path):
    scene = Scene(tmp_path, kills=(4,))
    other = Running(slot="sum.candidate", candidate="sum@3", version="v3")

    first, another, second = (scene.die(-signal.SIGKILL, each) for each in (ABOUT, other, ABOUT))

    assert (first, another, second) == (False, False, True)


def test_where_the_system_does_not_tell_a_kill_is_its_own(tmp_path):
    assert Scene(tmp_path, kills=(None,)).die(-signal.SIGKILL)


def test_a_shadow_gets_no_more_copies(tmp_path, caplog):
    assert Scene(tmp_path).die(-signal.SIGSEGV, SHADOW)
    assert "sum@2 steps back, gets no more copies: worker" in caplog.text


def test_where_nobody_can_be_told_it_is_not_over(tmp_path, caplog):
    scene = Scene(tmp_path)
    with RunningNote(tmp_path, ABOUT):
        scene.board.tell_stepped_back = lambda slot, notice: _raise(OSError("no room"))
        is_over = scene.post_mortem.examine(WORKER, -signal.SIGSEGV)

    assert not is_over
    assert "The workers cannot be told of sum@2: no room" in caplog.text


def _raise(error):
    raise error


def test_a_note_that_cannot_be_read_says_nothing(tmp_path, caplog):
    (tmp_path / f"{WORKER}-0.running").write_bytes((1).to_bytes(8, "little") + b"?")

    assert not Scene(tmp_path).post_mortem.examine(WORKER, -signal.SIGSEGV)
    assert "cannot be read" in caplog.text


def test_a_note_that_a_worker_was_ended_in_writing_ends_nobody_else(tmp_path):
    """Else one worker that dies takes the server along."""
    (tmp_path / f"{WORKER}-0.running").touch()

    assert not Scene(tmp_path).post_mortem.examine(WORKER, -signal.SIGKILL)


def test_what_the_system_has_ended_is_read_from_its_statistics(tmp_path):
    statistics = tmp_path / "vmstat"
    statistics.write_text("pgmajfault 17\noom_kill 3\nnuma_hit 5\n")
    without = tmp_path / "other"
    without.write_text("pgmajfault 17\n")

    assert memory_kills(statistics) == 3
    assert memory_kills(without) is None
    assert memory_kills(tmp_path / "missing") is None


def test_how_a_worker_ended_is_said():
    assert said_of(-signal.SIGSEGV, is_for_memory=False) == "was ended by SIGSEGV"
    assert said_of(-signal.SIGKILL, is_for_memory=False) is None
