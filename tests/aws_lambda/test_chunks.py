"""Records that are answered in parts, until the time is over."""

import pytest

from golive.aws_lambda.chunks import entries_in_time
from golive.aws_lambda.deadline import Deadline
from golive.engine.answers import Answer, Fault, Options
from golive.engine.pace import Pace
from golive.service.answering import Question
from golive.service.calls import Call
from golive.service.served import ServedModel
from golive.testing.engines import FakeDecoded, FakeEngine
from golive.testing.services import post

QUICK = Pace(manner="in_thread", call_seconds=0.001, record_seconds=0.01)


class Time:
    """A clock that a model moves, and the context of an invocation that has so many seconds."""

    def __init__(self, seconds):
        self.now, self.end = 0.0, seconds

    def get_remaining_time_in_millis(self):
        return int((self.end - self.now) * 1000)


def question(count, time, *, each=0.1, pace=None, options=None):
    def model(record):
        time.now += each
        return Answer(score=record["x"])

    engine = FakeEngine(model=model, pace=pace)
    served = ServedModel(name="m", version="1", engine=engine)
    records = tuple({"x": float(at)} for at in range(count))
    return Question(
        call=Call(request=post({}), request_id="1", model=served),
        decoded=FakeDecoded(records=records, options=options or Options()),
        reply_of=lambda call, outcome: None,
    )


def ask(count, seconds, **how):
    time = Time(seconds)
    deadline = Deadline(time, clock=lambda: time.now)
    entries = entries_in_time(question(count, time, **how), deadline)
    return entries, time


@pytest.mark.parametrize("pace", [None, QUICK])
def test_what_is_finished_is_kept_and_the_rest_has_no_time(pace):
    entries, time = ask(1000, 5.0, pace=pace)

    answered = [entry for entry in entries if isinstance(entry, Answer)]
    late = entries[len(answered) :]
    assert len(entries) == 1000
    assert 0 < len(answered) < 50
    assert [entry.score for entry in answered] == [float(at) for at in range(len(answered))]
    assert {(fault.code, fault.origin) for fault in late} == {("deadline_exceeded", "time")}
    assert time.now < 5.0


def test_all_are_answered_where_there_is_time():
    entries, _ = ask(300, 60.0, each=0.01)

    assert [entry.score for entry in entries] == [float(at) for at in range(300)]


def test_nothing_is_begun_without_time():
    entries, time = ask(3, 0.1)

    assert [type(entry) for entry in entries] == [Fault] * 3
    assert time.now == 0.0


def test_a_single_record_is_not_begun_without_time_either():
    assert [entry.code for entry in ask(1, 0.1)[0]] == ["deadline_exceeded"]


def test_no_record_is_no_entry():
    assert ask(0, 5.0)[0] == []


def test_a_slow_processor_keeps_back_more_for_the_reply():
    time = Time(3.0)
    deadline = Deadline(time, clock=lambda: time.now)
    time.now = 1.5  # what it took to read the request
    entries = entries_in_time(question(100, time), deadline)

    assert {entry.code for entry in entries} == {"deadline_exceeded"}


def test_a_front_that_waits_for_less_counts():
    time = Time(900.0)
    deadline = Deadline(time, front_seconds=29.0, clock=lambda: time.now)

    entries = entries_in_time(question(1000, time, each=0.5), deadline)

    assert 10 < sum(isinstance(entry, Answer) for entry in entries) < 60
    assert time.now < 29.0


def test_without_a_context_nobody_ends_it():
    time = Time(0.0)

    entries = entries_in_time(question(20, time), Deadline(None, clock=lambda: time.now))

    assert all(isinstance(entry, Answer) for entry in entries)
