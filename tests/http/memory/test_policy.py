"""When a worker is over its limit of memory, and when another one takes its place."""

import pytest

from golive.http.memory.policy import (
    Limit,
    Watched,
    choose,
    due_at,
    facts_of,
    seen,
    successor_of,
    wait_after,
)

MIB = 1024 * 1024
LIMIT = Limit(size=100 * MIB, soon_seconds=10.0, longest_seconds=60.0)


def grown(worker, *, at, mebibytes=101):
    return seen(worker, mebibytes * MIB, now=at, limit=LIMIT)


def test_a_worker_within_its_limit_stays():
    worker = grown(Watched(ready_at=0.0), at=5.0, mebibytes=100)

    assert due_at(worker, LIMIT) is None
    assert choose({1: worker}, now=1000.0, limit=LIMIT) is None


def test_a_worker_over_its_limit_is_replaced_at_once():
    worker = grown(Watched(ready_at=0.0), at=3600.0)

    assert due_at(worker, LIMIT) == 3600.0
    assert choose({1: worker}, now=3600.0, limit=LIMIT) == 1


def test_the_first_one_is_replaced_at_once_although_it_was_over_soon():
    assert choose({1: grown(Watched(ready_at=0.0), at=0.5)}, now=0.5, limit=LIMIT) == 1


def test_the_larger_of_two_is_replaced_first():
    small, large = (grown(Watched(ready_at=0.0), at=1.0, mebibytes=m) for m in (101, 150))

    assert choose({1: small, 2: large}, now=1.0, limit=LIMIT) == 2


def test_a_worker_that_gave_memory_back_stays():
    worker = grown(grown(Watched(ready_at=0.0), at=20.0), at=21.0, mebibytes=50)

    assert due_at(worker, LIMIT) is None


def test_one_that_is_over_again_soon_after_its_start_waits_longer_each_time():
    worker, waits = grown(Watched(ready_at=0.0), at=1.0), []
    for _ in range(6):
        ready_at = due_at(worker, LIMIT)
        worker = grown(successor_of(worker, now=ready_at, limit=LIMIT), at=ready_at + 1.0)
        waits.append(due_at(worker, LIMIT) - ready_at)

    assert waits == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]


def test_one_that_waits_is_not_chosen_before_its_time():
    first = grown(Watched(ready_at=0.0), at=1.0)
    second = grown(successor_of(first, now=2.0, limit=LIMIT), at=3.0)

    assert choose({1: second}, now=11.9, limit=LIMIT) is None
    assert choose({1: second}, now=12.0, limit=LIMIT) == 1


def test_one_that_took_its_time_to_grow_is_replaced_at_once_whatever_was_before():
    worker = Watched(ready_at=0.0, in_vain=5)

    late = grown(worker, at=11.0)

    assert due_at(late, LIMIT) == 11.0
    assert successor_of(late, now=12.0, limit=LIMIT) == Watched(ready_at=12.0, in_vain=0)


def test_many_tries_wait_no_longer_than_the_longest():
    assert wait_after(10_000, LIMIT) == 60.0


def test_the_facts_say_how_it_stands():
    small = grown(Watched(ready_at=0.0), at=1.0, mebibytes=40)
    first = grown(Watched(ready_at=0.0), at=1.0)
    again = grown(successor_of(first, now=2.0, limit=LIMIT), at=3.0, mebibytes=120)

    def facts(worker, **options):
        given = {"now": 5.0, "limit": LIMIT, "replaces": False} | options
        return facts_of({1: small, 2: worker}, **given)

    assert facts(small) == {
        "state": "within",
        "limit_mib": 100.0,
        "largest_mib": 40.0,
        "workers_over": 0,
    }
    assert facts(first, replaces=True)["state"] == "replacing"
    assert facts(again) == {
        "state": "waiting",
        "limit_mib": 100.0,
        "largest_mib": 120.0,
        "workers_over": 1,
        "seconds_to_next_try": 7,
    }
    assert facts(again, not_before=30.0)["seconds_to_next_try"] == 25


@pytest.mark.parametrize("now", [0.0, 1e9])
def test_nothing_is_chosen_where_nobody_answers_yet(now):
    assert choose({}, now=now, limit=LIMIT) is None
    assert facts_of({}, now=now, limit=LIMIT, replaces=False)["largest_mib"] == 0.0
