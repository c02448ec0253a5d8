from __future__ import annotations

from golive.engine.batcher import answer_together
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
