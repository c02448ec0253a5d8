"""Workers over their limit are replaced one after the other, with a clock that is set by hand."""

import logging

import pytest

from golive.http.memory.policy import Limit
from golive.http.memory.replacing import Effects, Replacing
from golive.http.worker import StartReport

MIB = 1024 * 1024


class FakeProcess:
    """A process that lives until it is told otherwise."""

    def __init__(self, pid):
        self.pid = pid
        self.exitcode = None
        self.is_closed = False
        self.mebibytes = 50

    def is_alive(self):
        return self.exitcode is None

    def die(self, exitcode=0):
        self.exitcode = exitcode

    def kill(self):
        self.die(-9)

    def close(self):
        assert not self.is_alive()
        self.is_closed = True


class Supervised:
    """Workers in their places, and what is done about them.

    Attributes:
        now: The time.
        places: The workers.
        started: All that were started beyond the first, in order.
        left: Those who were told to leave.
        told: The facts, in order.
    """

    def __init__(self, workers=2, *, soon_seconds=10.0):
        self.now = 0.0
        self.places = []
        self.started = []
        self.left = []
        self.told = []
        self.all = {}
        self.replacing = Replacing(
            Limit(size=100 * MIB, soon_seconds=soon_seconds, longest_seconds=60.0),
            Effects(
                memory_of=self.memory_of,
                leave=self.left.append,
                tell=lambda facts, sizes: self.told.append((facts["state"], sizes)),
                clock=lambda: self.now,
            ),
            leaving_seconds=30.0,
        )
        for _ in range(workers):
            process = self.new()
            self.places.append(process)
            assert not self.ready(process)

    def new(self):
        process = FakeProcess(100 + len(self.all))
        self.all[process.pid] = process
        return process

    def memory_of(self, pid, above):
        assert above == 100 * MIB
        process = self.all[pid]
        return process.mebibytes * MIB if process.is_alive() else None

    def ready(self, process):
        return self.replacing.take(StartReport(process=process.pid))

    def start(self, number):
        self.started.append((number, self.new()))
        return self.started[-1][1]

    def pass_time(self, seconds=1.0, *, to=None):
        """Let time pass second by second, and the supervisor look each time."""
        end = self.now + seconds if to is None else to
        while self.now < end:
            self.now += 1.0
            self.replacing.attend(self.places, self.start)


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING, "golive.http")
    return lambda: [record.getMessage() for record in caplog.records]


def test_nothing_is_done_while_all_are_within_the_limit():
    supervised = Supervised()

    supervised.pass_time(100)

    assert (supervised.started, supervised.left) == ([], [])
    assert supervised.told[-1] == ("within", {0: 50 * MIB, 1: 50 * MIB})


def test_a_new_one_is_ready_before_the_old_one_leaves(warnings):
    supervised = Supervised()
    supervised.pass_time(20)
    old = supervised.places[1]
    old.mebibytes = 120

    supervised.pass_time(5)
    [(number, new)] = supervised.started
    assert (number, supervised.left, supervised.places[1]) == (1, [], old)
    assert supervised.told[-1][0] == "replacing"

    assert supervised.ready(new)
    supervised.pass_time()
    assert supervised.places[1] is new
    assert supervised.left == [old]
    assert supervised.replacing.processes == [old]

    old.die()
    supervised.pass_time()
    assert (old.is_closed, supervised.replacing.processes) == (True, [])
    assert supervised.told[-1] == ("within", {0: 50 * MIB, 1: 50 * MIB})
    [line] = warnings()
    assert line == (
        "worker 101 has 120 MiB, more than the 100 MiB that it may (worker-memory): worker 102 has "
        "taken its place, and it leaves"
    )


def test_one_after_the_other_is_replaced():
    supervised = Supervised(3)
    supervised.pass_time(20)
    for process in supervised.places:
        process.mebibytes = 150

    numbers, most = [], 0
    for _ in range(3):
        supervised.pass_time(5)
        number, new = supervised.started[-1]
        numbers.append(number)
        supervised.ready(new)
        supervised.pass_time(5)
        most = max(most, len(supervised.started))
        assert len(supervised.replacing.processes) == 1  # who leaves is waited for
        assert len(supervised.started) == len(numbers)
        supervised.left[-1].die()
        supervised.pass_time(1)

    assert sorted(numbers) == [0, 1, 2]
    assert [process.is_alive() for process in supervised.places] == [True] * 3


def test_a_lone_worker_is_replaced_as_well():
    supervised = Supervised(1)
    supervised.places[0].mebibytes = 101

    supervised.pass_time(2)
    supervised.ready(supervised.started[0][1])
    supervised.pass_time(1)

    assert [process.pid for process in supervised.left] == [100]


def test_one_that_is_over_again_at_once_is_kept_for_a_while_and_it_is_said(warnings):
    supervised = Supervised(1)
    supervised.places[0].mebibytes = 150

    started_at = []
    for _ in range(4):
        count = len(supervised.started)
        while len(supervised.started) == count:
            supervised.pass_time()
        started_at.append(supervised.now)
        new = supervised.started[-1][1]
        new.mebibytes = 150
        supervised.ready(new)
        supervised.pass_time()
        supervised.left[-1].die()

    assert started_at == [1.0, 11.0, 31.0, 71.0]
    states = [state for state, _ in supervised.told]
    assert states.count("waiting") > 50
    assert next(line for line in warnings() if "kept for now" in line) == (
        "worker 101 has 150 MiB 2 s after its start, more than the 100 MiB that it may "
        "(worker-memory), as had the one before: it is kept for now"
    )
    assert len([line for line in warnings() if "kept for now" in line]) == 3


def test_a_new_one_that_does_not_load_leaves_the_old_one_answering(warnings):
    supervised = Supervised(1)
    old = supervised.places[0]
    old.mebibytes = 150
    supervised.pass_time(2)
    new = supervised.started[0][1]

    report = StartReport(process=new.pid, message="The bundle is not there.")
    assert supervised.replacing.take(report)
    new.die(1)
    supervised.pass_time(5)

    assert (supervised.places, supervised.left) == ([old], [])
    assert supervised.replacing.processes == []
    assert supervised.told[-1][0] == "waiting"
    assert len(supervised.started) == 1
    supervised.pass_time(10)
    assert len(supervised.started) == 2
    assert warnings()[0] == (
        "a new worker was to take the place of one over its memory, and did not start: The bundle "
        "is not there.; the next one is tried in 10 s"
    )


def test_a_new_one_that_dies_while_it_starts_is_given_up(warnings):
    supervised = Supervised(1)
    supervised.places[0].mebibytes = 150
    supervised.pass_time(2)

    supervised.started[0][1].die(-9)
    supervised.pass_time(1)

    assert supervised.replacing.processes == []
    assert "it ended with exit code -9" in warnings()[0]


def test_a_new_one_that_is_never_ready_is_given_up(warnings):
    supervised = Supervised(1)
    supervised.places[0].mebibytes = 150

    supervised.pass_time(605)

    assert supervised.started[0][1].exitcode == -9
    assert "it was not ready after 600 seconds" in warnings()[0]


def test_a_new_one_takes_the_place_of_a_worker_that_died_meanwhile():
    supervised = Supervised(1)
    supervised.places[0].mebibytes = 150
    supervised.pass_time(2)
    new = supervised.started[0][1]
    supervised.places[0].die(-9)

    assert supervised.replacing.hand_over(1) is None
    assert supervised.replacing.hand_over(0) is new

    supervised.places[0] = new
    assert not supervised.ready(new)
    supervised.pass_time(3)
    assert supervised.told[-1] == ("within", {0: 50 * MIB})
    assert supervised.left == []


def test_one_that_does_not_leave_in_time_is_killed(warnings):
    supervised = Supervised(1)
    old = supervised.places[0]
    old.mebibytes = 150
    supervised.pass_time(2)
    supervised.ready(supervised.started[0][1])

    supervised.pass_time(40)

    assert old.is_closed
    assert warnings()[1:] == [
        "worker 100 does not leave, and is killed",
        "worker 100 left with exit code -9",
    ]
