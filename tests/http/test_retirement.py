"""What held a model that nobody can ask any more is ended when its work is done."""

import threading
import time

import msgspec
import pytest
from tests.http.candidates import version
from tests.http.gateways import make_gateway

from golive.http.lanes import Lane
from golive.http.limits import AppLimits
from golive.http.pool import Room, ThreadPool
from golive.http.retirement import Retirement
from golive.http.stage import Stage
from golive.service.served import Example
from golive.testing.backends import FakeBackend
from golive.testing.services import fake_service


def apart(number, backend, name="sum"):
    return msgspec.structs.replace(version(number, name=name, manner="apart"), backend=backend)


def lane_of(backend):
    return Lane.apart(apart(1, backend), ThreadPool(threads=1, name="golive-sum"), Room(2))


def until(is_so, seconds=10):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never was so"
        time.sleep(0.01)


def test_what_is_in_hand_is_answered_before_its_process_ends():
    backend = FakeBackend()
    lane = lane_of(backend)
    place = lane.room.take()

    Retirement(patience=30, settle=0).take([lane], [backend])
    time.sleep(0.3)
    was_closed = backend.is_closed
    place.give_back()

    until(lambda: backend.is_closed)
    assert not was_closed


def test_what_hangs_is_waited_for_no_longer_than_any_caller_waits():
    backend = FakeBackend()
    lane = lane_of(backend)
    lane.room.take()

    Retirement(patience=0.2, settle=0).take([lane], [backend])

    until(lambda: backend.is_closed)


def test_a_process_waits_for_the_work_of_another_lane_that_left_it_before():
    backend = FakeBackend()
    first, second = lane_of(backend), lane_of(backend)
    place = first.room.take()
    retirement = Retirement(patience=30, settle=0)

    retirement.take([first], [])
    retirement.take([second], [backend])
    time.sleep(0.3)
    was_closed = backend.is_closed
    place.give_back()

    until(lambda: backend.is_closed)
    assert not was_closed


def test_when_the_server_ends_nothing_is_waited_for():
    backend = FakeBackend()
    lane = lane_of(backend)
    lane.room.take()
    retirement = Retirement(patience=0.5, settle=30)

    retirement.take([lane], [backend])
    retirement.close()

    assert backend.is_closed


def test_the_threads_of_a_lane_end():
    lane = Lane.apart(
        apart(1, FakeBackend()), ThreadPool(threads=2, name="golive-of-this-test"), Room(2)
    )
    lane.run(lambda: None)
    assert threads("golive-of-this-test") == 2

    Retirement(patience=30, settle=0).take([lane], [lane.backend])

    until(lambda: threads("golive-of-this-test") == 0)


def threads(name):
    return sum(thread.name.startswith(name) for thread in threading.enumerate())


@pytest.fixture
def gateway():
    made, _ = make_gateway(limits=AppLimits(answer_seconds=5.0))
    yield made
    made.close()


def test_a_process_stays_as_long_as_its_version_can_be_asked_for(gateway):
    old, new = FakeBackend(), FakeBackend()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": apart(1, old)})

    stage.replace(apart(2, new))
    time.sleep(0.8)
    was_closed = old.is_closed
    stage.let_go()

    until(lambda: old.is_closed)
    assert (was_closed, new.is_closed) == (False, False)


def test_a_process_that_holds_other_models_too_stays_with_them(gateway):
    shared, new = FakeBackend(), FakeBackend()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": apart(1, shared), "other": apart(1, shared, name="other")})

    stage.replace(apart(2, new))
    stage.let_go()
    time.sleep(0.8)
    was_closed = shared.is_closed
    stage.replace(apart(2, FakeBackend(), name="other"))
    stage.let_go()

    until(lambda: shared.is_closed)
    assert not was_closed


def test_the_process_of_a_candidate_ends_with_it(gateway):
    first, second = FakeBackend(), FakeBackend()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": version(1)}, candidate=apart(2, first))

    stage.propose(apart(3, second))

    until(lambda: first.is_closed)
    assert not second.is_closed


def test_a_model_that_stays_keeps_its_lane_whatever_changes_beside_it(gateway):
    """Else each switch of another one began threads and a queue for it, and none ended."""
    stays = apart(1, FakeBackend(), name="other")
    gateway.serve(fake_service(stays, version(1), context=gateway.service.context))
    before = gateway._served.usual.lanes["other"]

    candidate = fake_service(stays, version(3), context=gateway.service.context)
    after = fake_service(stays, version(2), context=gateway.service.context)
    gateway.serve(after, candidate=candidate)

    assert [way.lanes["other"] for way in gateway._served.ways] == [before, before]


def test_a_version_that_fails_when_it_is_asked_leaves_no_process_behind(gateway):
    backend = FakeBackend()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": version(1)})
    wrong = msgspec.structs.replace(
        failing(), backend=backend, examples=(Example({"x": 1}, {"score": 1.0}),)
    )

    with pytest.raises(Exception, match="answers a golden record with 500"):
        stage.replace(wrong)

    assert backend.is_closed


def failing():
    def fail(record):
        raise ValueError(record)

    return version(2, model=fail)


def test_a_source_of_features_is_kept_until_nobody_waits_for_its_takers_either():
    """Requests to those have no place in its lane."""
    backend = FakeBackend()

    Retirement(patience=0.8, settle=0).take([lane_of(backend)], [backend], has_takers=True)
    time.sleep(0.4)
    was_closed = backend.is_closed

    until(lambda: backend.is_closed)
    assert not was_closed
