"""A candidate that does worse is asked no more, in any process of the server."""

import logging
import threading
import time
from datetime import UTC, datetime

import pytest
from tests.http.candidates import version

from golive.http.comparison import Comparison
from golive.http.plan import Refusal
from golive.http.refreshing.board import Board
from golive.http.stepback.bounds import Bounds
from golive.http.stepback.notice import Notice
from golive.http.stepback.step_back import StepBack
from golive.http.stepback.verdict import Verdict
from golive.service.context import ServiceContext
from golive.testing.sources import fake_named

USUAL, CANDIDATE = version(1), version(2)
BOUNDS = Bounds(disagreement=0.1, least=10)


class Bench:
    """What watches a candidate, version 2 of `sum`, and all that it tells."""

    def __init__(self, board=None, *, share=0.1, bounds=BOUNDS):
        self.counted = []
        self.step_back = StepBack(
            bounds,
            slot="sum.candidate",
            candidate="sum@2",
            share=share,
            board=board,
            now=lambda: datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        )
        self.step_back._count = lambda *facts: self.counted.append(facts)

    def lets(self, usual=USUAL, candidate=CANDIDATE):
        return self.step_back.lets(usual, candidate)

    def see(self, name, times=1, *, has_failed=False, seconds=0.001):
        for _ in range(times):
            self.step_back.see(name, has_failed=has_failed, seconds=seconds)

    def fail(self):
        """Let the candidate fail until it steps back."""
        self.lets()
        self.see("v1", 100)
        self.see("v2", 10, has_failed=True)


def test_a_candidate_that_fails_is_asked_no_more():
    bench = Bench()
    bench.lets()
    bench.see("v1", 100)
    bench.see("v2", 9, has_failed=True)
    before = bench.lets()

    bench.see("v2", has_failed=True)

    assert (before, bench.lets()) == (True, False)
    assert bench.counted == [
        ("sum", "v2", None, False),
        ("sum", "v2", "errors", True),
    ]


def test_one_that_is_slow_steps_back_too():
    bench = Bench()
    bench.lets()
    bench.see("v1", 100)
    bench.see("v2", 20, seconds=1.0)

    assert not bench.lets()
    assert bench.step_back.facts()["stepped_back"]["reason"] == "latency"


def test_one_whose_callers_do_not_wait_for_it_is_slow():
    bench = Bench()
    bench.lets()
    bench.see("v1", 100)
    bench.see("v2", 20, has_failed=None, seconds=5.0)

    assert not bench.lets()


def test_one_that_differs_steps_back_where_that_is_bounded():
    bench, unbounded = Bench(), Bench(bounds=Bounds(least=10))
    for one in (bench, unbounded):
        one.lets()
        for _ in range(20):
            one.step_back.see_pair("v2", Comparison(agreed=1, differed=1))

    assert (bench.lets(), unbounded.lets()) == (False, True)
    assert unbounded.step_back.facts()["answers"] == "10% of the requests"


def test_copies_without_answers_to_compare_say_nothing():
    bench = Bench()
    bench.lets()
    for _ in range(20):
        bench.step_back.see_pair("v2", Comparison(failed=3))
        bench.step_back.see_pair("v9", Comparison(differed=3))

    assert bench.lets()


def test_another_candidate_is_asked_and_so_is_none_but_the_one_that_stepped_back():
    bench = Bench()
    bench.fail()

    third = bench.lets(candidate=version(3))
    again = bench.lets()

    assert (third, again) == (True, False)


def test_it_stays_back_when_the_usual_version_changes():
    bench = Bench()
    bench.fail()

    assert not bench.lets(usual=version(4))


def test_what_was_seen_of_other_versions_is_forgotten():
    bench = Bench()
    bench.lets()
    bench.see("v1", 100)
    bench.see("v2", 9, has_failed=True)

    bench.lets(candidate=version(3))
    bench.see("v2", 50, has_failed=True)  # begun before
    bench.see("v3", 10)
    bench.see("v1", 10)

    assert bench.lets(candidate=version(3))
    seen = bench.step_back.facts()["seen"]
    assert (seen["candidate"]["requests"], seen["candidate"]["failed"]) == (10, 0)


def test_a_candidate_that_is_the_usual_version_is_not_compared_with_itself():
    bench = Bench()
    bench.lets(candidate=USUAL)

    bench.see("v1", 100, has_failed=True)

    assert bench.lets(candidate=USUAL)
    assert "seen" not in bench.step_back.facts()


def test_who_asks_gives_it_another_chance_from_the_beginning():
    bench = Bench()
    bench.fail()

    bench.step_back.forgive()
    forgiven = bench.lets()
    bench.see("v2", 9, has_failed=True)
    still = bench.lets()
    bench.fail()

    assert (forgiven, still, bench.lets()) == (True, True, False)
    assert bench.counted[1:] == [
        ("sum", "v2", "errors", True),
        ("sum", "v2", None, False),
        ("sum", "v2", "errors", True),
    ]


def test_readiness_says_what_was_seen():
    bench = Bench()
    before = bench.step_back.facts()
    bench.fail()

    context = bench.step_back.context(ServiceContext(new_id=str))

    assert before == {
        "candidate": "sum@2",
        "usual": "the usual version",
        "answers": "10% of the requests",
    }
    assert context.facts["canary"]() == {
        "candidate": "sum@2",
        "usual": "sum@1",
        "answers": "nothing",
        "seen": {
            "usual": {"requests": 100, "failed": 0, "p95_seconds": 0.001037},
            "candidate": {"requests": 10, "failed": 10, "p95_seconds": 0.001037},
        },
        "stepped_back": {
            "version": "sum@2",
            "reason": "errors",
            "message": "10 of its 10 requests failed (100%), 0 of the usual version's 100 (0%); "
            "5% more may",
            "at": "2026-01-02T03:04:05+00:00",
        },
    }


def test_the_log_says_so_once(caplog):
    bench, shadow = Bench(), Bench(share=None)
    caplog.set_level(logging.INFO, logger="golive.canary")

    bench.fail()
    bench.see("v2", 50, has_failed=True)
    shadow.fail()
    bench.step_back.forgive()

    seen = "10 of its 10 requests failed (100%), 0 of the usual version's 100 (0%); 5% more may"
    assert caplog.messages == [
        f"sum@2 steps back, sum@1 answers everything: {seen}.",
        f"sum@2 steps back, gets no more copies: {seen}.",
        "sum@2 is asked again.",
    ]
    assert shadow.step_back.facts()["answers"] == "nothing"


def test_the_other_processes_are_told_and_so_is_one_that_begins_later(tmp_path):
    board = Board(tmp_path)
    one, other = Bench(board), Bench(board)
    one.fail()
    other.lets()

    one.step_back.look()
    before = other.lets()
    other.step_back.look()
    later = Bench(board)

    assert (before, other.lets(), later.lets()) == (True, False, False)
    assert other.counted == [("sum", "v2", None, False), ("sum", "v2", None, True)]
    assert other.step_back.facts()["stepped_back"] == one.step_back.facts()["stepped_back"]


def test_one_that_begins_later_says_so_before_anything_is_asked(tmp_path):
    one = Bench(Board(tmp_path))
    one.fail()
    one.step_back.look()

    facts = Bench(Board(tmp_path)).step_back.facts()

    assert (facts["candidate"], facts["answers"]) == ("sum@2", "nothing")
    assert facts["stepped_back"]["reason"] == "errors"


def test_who_asks_any_process_asks_all(tmp_path):
    board = Board(tmp_path)
    one, other = Bench(board), Bench(board)
    one.fail()
    other.lets()
    one.step_back.look()
    other.step_back.look()

    board.nudge()  # a process that has switched to another version
    one.step_back.look()
    nudged = one.lets()
    board.ask()
    one.step_back.look()
    other.step_back.look()

    assert (nudged, one.lets(), other.lets()) == (False, True, True)


def test_where_nothing_can_be_written_down_it_steps_back_alone(tmp_path):
    bench = Bench(Board(tmp_path / "gone"))
    bench.fail()

    for _ in range(3):
        bench.step_back.look()

    assert not bench.lets()


def test_a_thread_tells_and_is_told(tmp_path):
    board = Board(tmp_path)
    one, other = Bench(board), Bench(board)
    for bench in (one, other):
        bench.step_back.begin(lambda *facts: None)
        bench.lets()

    one.fail()
    deadline = time.monotonic() + 30
    while other.lets() and time.monotonic() < deadline:
        time.sleep(0.01)
    stepped_back = not other.lets()
    for bench in (one, other):
        bench.step_back.close()

    assert stepped_back
    while any(thread.name == "golive-canary" for thread in threading.enumerate()):
        time.sleep(0.01)


def test_a_process_without_others_needs_no_thread():
    Bench().step_back.begin(lambda *facts: None)

    assert not any(thread.name == "golive-canary" for thread in threading.enumerate())


@pytest.mark.parametrize("has_failed", [True, False])
def test_several_threads_may_see_at_the_same_time(has_failed):
    bench = Bench(bounds=Bounds(errors=None, latency=None, least=1_000_000))
    bench.lets()
    threads = [
        threading.Thread(target=bench.see, args=(name, 500), kwargs={"has_failed": has_failed})
        for name in ("v1", "v2") * 2
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    seen = bench.step_back.facts()["seen"]
    for side in ("usual", "candidate"):
        assert seen[side]["requests"] == 1000
        assert seen[side]["failed"] == 1000 * has_failed


def crashed(*, version="v2", candidate="sum@2"):
    """What the supervisor tells of a candidate that has ended a worker."""
    verdict = Verdict(reason="crashed", message="worker 7 was ended by SIGSEGV")
    at = "2026-01-02T03:04:05+00:00"
    return Notice(candidate=candidate, version=version, verdict=verdict, at=at)


def test_one_that_crashes_steps_back_at_once_whatever_the_bounds(caplog):
    bench = Bench(share=None, bounds=Bounds(errors=None, latency=None))
    bench.lets()

    bench.step_back.see_crash("v1", "not the candidate")
    before = bench.lets()
    bench.step_back.see_crash("v2", "its process was ended by SIGSEGV")
    bench.step_back.see_crash("v2", "its process was ended by SIGSEGV")

    assert (before, bench.lets()) == (True, False)
    assert bench.counted == [("sum", "v2", None, False), ("sum", "v2", "crashed", True)]
    assert bench.step_back.facts()["stepped_back"]["reason"] == "crashed"
    assert "sum@2 steps back, gets no more copies: its process was ended by SIGSEGV." in caplog.text


def test_a_worker_that_begins_without_it_says_and_counts_that_it_crashes(tmp_path):
    board = Board(tmp_path)
    board.tell_stepped_back("sum.candidate", crashed())
    bench = Bench(board)

    bench.step_back.begin(lambda *facts: bench.counted.append(facts))
    facts = bench.step_back.facts()
    board.ask()
    bench.step_back.look()
    bench.step_back.close()

    assert (facts["answers"], facts["stepped_back"]["reason"]) == ("nothing", "crashed")
    assert bench.counted == [("sum", "v2", None, True), ("sum", "v2", None, False)]


def test_what_is_told_of_another_version_is_not_told_of_the_candidate(tmp_path):
    board = Board(tmp_path)
    board.tell_stepped_back("sum.candidate", crashed(version="v1", candidate="sum@1"))

    assert Bench(board).step_back.facts()["answers"] == "10% of the requests"


def test_nobody_gets_a_version_that_crashes_but_one_that_fails_who_asks_for_it():
    fails, crashes = Bench(), Bench()
    fails.fail()
    crashes.lets()
    crashes.step_back.see_crash("v2", "its process was ended by SIGSEGV")

    assert not fails.step_back.bars(CANDIDATE)
    assert crashes.step_back.bars(CANDIDATE)
    assert not crashes.step_back.bars(USUAL)
    crashes.step_back.forgive()
    assert not crashes.step_back.bars(CANDIDATE)


def test_that_it_crashes_is_not_forgotten_for_that_it_fails(tmp_path):
    """Else a worker that begins later would load it and be brought down."""
    board = Board(tmp_path)
    bench = Bench(board)
    bench.fail()
    board.tell_stepped_back("sum.candidate", crashed())

    bench.step_back.look()

    assert board.stepped_back("sum.candidate").has_crashed
    assert bench.step_back.bars(CANDIDATE)


def test_one_that_is_refused_at_the_start_is_told_of_until_another_is_there(caplog):
    bench, told = Bench(), []
    bench.step_back.begin(
        lambda *facts: None, lambda candidate, is_refused: told.append((candidate, is_refused))
    )
    refusal = Refusal(
        named=fake_named(2), code="model_not_loadable", message="It crashes.", at="2026-01-02"
    )

    bench.step_back.refuse(refusal)
    facts = bench.step_back.facts()
    lets = bench.lets(candidate=version(3))

    assert facts == {
        "candidate": "sum@2",
        "usual": "the usual version",
        "answers": "nothing",
        "refused": {
            "version": "sum@2",
            "code": "model_not_loadable",
            "message": "It crashes.",
            "at": "2026-01-02",
        },
    }
    assert lets
    assert "refused" not in bench.step_back.facts()
    assert told == [("sum@2", True), ("sum@2", False)]
    assert "sum@2 is not asked, the usual version answers alone: It crashes." in caplog.text
