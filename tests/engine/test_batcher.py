from __future__ import annotations

from collections import deque

from golive.engine.batcher import ThreadBatcher, answer_together
from golive.engine.pace import Pace
from golive.errors import BackendError


class Engine:
    """Answers a request with itself; -1 ends the process that holds the model, -2 is too much."""

    def __init__(self):
        self.asked = []
        self.pace = Pace()

    def answer_all(self, requests):
        values = [request.value for request in requests]
        self.asked.append(values)
        if -1 in values:
            raise BackendError("It ended.", code="backend_crashed")
        if -2 in values:
            raise MemoryError
        return [[value] for value in values]

    def cut(self, decoded, size):
        raise AssertionError


class Request:
    size = 1

    def __init__(self, value):
        self.value = value


def found(*values):
    engine = Engine()
    entries = answer_together(engine, [Request(v) for v in values], engine.pace.size_in_thread())
    return engine.asked, entries


def test_requests_that_fail_together_are_asked_one_by_one():
    asked, entries = found(1, -2, 3)

    assert asked == [[1, -2, 3], [1], [-2], [3]]
    assert (entries[0], entries[2]) == ([1], [3])
    assert isinstance(entries[1], MemoryError)


def test_requests_that_ended_a_process_together_are_not_asked_again():
    asked, entries = found(1, -1, 3)

    assert asked == [[1, -1, 3]]
    assert [error.code for error in entries] == ["backend_crashed"] * 3


class Many:
    """An engine whose requests are lists, and that answers in no time."""

    pace = Pace(call_seconds=0.01, record_seconds=0.001)

    def __init__(self):
        self.sizes = []

    def answer_all(self, requests):
        self.sizes += [request.size for request in requests]
        return [[*request.values] for request in requests]

    def cut(self, decoded, size):
        values = decoded.values
        return [Values(values[at : at + size]) for at in range(0, len(values), size)]


class Values:
    def __init__(self, values):
        self.values = values
        self.size = len(values)


def test_the_rest_of_a_large_request_is_cut_anew_when_parts_may_be_larger():
    engine, tasks, told = Many(), deque(), []
    batcher = ThreadBatcher(engine, tasks.append)

    batcher.ask(Values(range(1000)), told.append, lambda: True)
    while tasks:
        tasks.popleft()()

    assert told == [[*range(1000)]]
    assert engine.pace.most_in_thread == 16
    assert engine.sizes == [16, 16, 32, 64, 128, 256, 488]
