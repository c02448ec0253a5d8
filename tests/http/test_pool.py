"""Threads, shares of them, and room."""

import threading
from queue import SimpleQueue

from golive.http.pool import Room, Share, ThreadPool


def test_a_share_runs_no_more_at_a_time_than_it_has_threads():
    pool, done = ThreadPool(threads=3, name="test"), SimpleQueue()
    share, may_go = Share(pool, threads=2), threading.Event()
    begun = SimpleQueue()

    def hold(number):
        begun.put(number)
        may_go.wait(30)
        done.put(number)

    for number in range(5):
        share.run(lambda number=number: hold(number))
    first = {begun.get(timeout=10), begun.get(timeout=10)}
    pool.run(lambda: done.put("other"))
    other = done.get(timeout=10)
    is_held = begun.empty()
    may_go.set()

    assert (first, other, is_held) == ({0, 1}, "other", True)
    assert {done.get(timeout=10) for _ in range(5)} == {0, 1, 2, 3, 4}
    pool.close()


def test_a_task_that_raises_gives_its_thread_back(caplog):
    pool, done = ThreadPool(threads=1, name="test"), SimpleQueue()
    share = Share(pool, threads=1)

    share.run(lambda: 1 / 0)
    share.run(lambda: done.put("second"))
    share.run(lambda: done.put("third"))

    assert [done.get(timeout=10), done.get(timeout=10)] == ["second", "third"]
    assert "ZeroDivisionError" in caplog.text
    pool.close()


def test_a_place_in_a_part_of_a_room_is_one_in_the_room():
    room = Room(3)
    part = Room(2, within=room)

    places = [part.take(), part.take()]
    refused = part.take()
    other = room.take()
    full = room.take()

    assert refused is None
    assert full is None
    assert room.saturation == 1.0
    for place in [*places, *places, other]:
        place.give_back()
    assert (room.saturation, part.saturation) == (0.0, 0.0)


def test_a_part_of_a_full_room_takes_nothing():
    room = Room(1)
    part = Room(1, within=room)
    place = room.take()

    refused = part.take()
    place.give_back()

    assert refused is None
    assert part.take() is not None
