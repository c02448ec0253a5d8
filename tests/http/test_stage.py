"""Which versions answer, and their coming and going."""

import asyncio
import time
from datetime import UTC, datetime
from time import perf_counter

import msgspec
import pytest
from tests.http.candidates import head, version
from tests.http.gateways import ask, make_gateway

from golive.access.gatekeeper import Gatekeeper
from golive.access.key_desk import KeyDesk, KeyWish
from golive.errors import BackendError, ModelLoadError
from golive.http.refreshing.source import SourceUnavailableError
from golive.http.stage import Stage
from golive.service.served import Example
from golive.testing.backends import FakeBackend
from golive.testing.keys import MemoryKeys


def test_a_candidate_is_there_when_the_process_is_ready():
    gateway, _ = make_gateway(stage="starting")
    context = gateway.service.context
    stages = []
    serve = gateway.serve

    def noting(service, **others):
        stages.append((context.readiness.stage, others["candidate"] is not None))
        serve(service, **others)

    gateway.serve = noting
    Stage(gateway, context).open({"sum": version(1)}, candidate=version(2))

    assert stages == [("starting", True)]
    assert context.readiness.stage == "ready"
    assert gateway.admit_to_candidate(head(), "sum") is not None


def test_a_candidate_outlives_a_switch_and_the_version_before_is_kept_until_it_is_let_go():
    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": version(1)}, candidate=version(2))

    stage.replace(version(3))
    kept = gateway.admit(head(golive_version="1")).plan.problem
    stage.let_go()
    gone = gateway.admit(head(golive_version="1")).plan.problem

    assert (kept, gone.code) == (None, "version_not_served")
    assert gateway.admit(head(golive_version="2")).plan.problem is None


def test_a_version_is_probed_without_a_key_where_others_need_one():
    """Else no server with keys would ever take a new version."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    store = MemoryKeys()
    KeyDesk(store, clock=lambda: now).create(KeyWish(name="partner", quotas=["1/day"]))
    gateway, _ = make_gateway()
    gatekeeper = Gatekeeper(store, clock=now.timestamp)
    stage = Stage(gateway, msgspec.structs.replace(gateway.service.context, gatekeeper=gatekeeper))
    stage.open({"sum": version(1)})
    example = Example({"x": 3}, {"score": 6.0})

    stage.replace(msgspec.structs.replace(version(2), examples=(example,)))

    assert gateway.service.models["sum"].version == "v2"
    [refused] = asyncio.run(answers(gateway, (head(), b'{"x": 3}')))
    assert refused.status == 401


async def answers(gateway, *requests):
    found = []
    for asked, body in requests:
        answer = asyncio.get_running_loop().create_future()
        ask(gateway, gateway.admit(asked), body, answer.set_result, started=perf_counter())
        found.append(await asyncio.wait_for(answer, 30))
    return found


def test_the_metrics_tell_of_the_processes_of_models():
    gateway, _ = make_gateway()
    backend = FakeBackend()
    models = {"a": msgspec.structs.replace(version(1), backend=backend), "b": version(2)}

    Stage(gateway, gateway.service.context).open(models)
    first = lines_about_backends(gateway)
    for change in ("crashed", "not_started", "not_started"):
        backend.change(change)

    assert first == [
        'golive_backend_ends_total{model="a",reason="crashed"} 0.0',
        'golive_backend_ends_total{model="a",reason="not_started"} 0.0',
        'golive_backends{model="a"} 1.0',
    ]
    assert lines_about_backends(gateway) == [
        'golive_backend_ends_total{model="a",reason="crashed"} 1.0',
        'golive_backend_ends_total{model="a",reason="not_started"} 2.0',
        'golive_backends{model="a"} 0.0',
    ]


def lines_about_backends(gateway):
    _, text = gateway.telemetry.metrics.expose()
    return sorted(line for line in text.decode().splitlines() if line.startswith("golive_backend"))


def test_a_version_and_those_that_take_its_features_change_at_once():
    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    stage.open(
        {"sum": version(1), "taker": version(1, name="taker"), "other": version(1, name="other")}
    )
    takers = {"taker": version(2, name="taker")}

    stage.replace(msgspec.structs.replace(version(2), takers=takers))
    models = gateway.service.models

    assert {name: model.version for name, model in models.items()} == {
        "sum": "v2",
        "taker": "v2",
        "other": "v1",
    }
    assert models["sum"].takers == {}  # else each version kept those of before


def test_a_candidate_that_takes_features_changes_with_their_source():
    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": version(1), "taker": version(1, name="taker")},
               candidate=version(2, name="taker"))  # fmt: skip
    takers = {"taker": version(3, name="taker"), "taker.candidate": version(4, name="taker")}

    stage.replace(msgspec.structs.replace(version(2), takers=takers))

    serving = stage.serving()
    assert {slot: model.version for slot, model in serving.items()} == {
        "sum": "v2",
        "taker": "v3",
        "taker.candidate": "v4",
    }
    assert set(gateway.service.models) == {"sum", "taker"}


def test_the_metrics_tell_of_the_process_of_the_version_that_serves():
    gateway, _ = make_gateway()
    old, new = FakeBackend(), FakeBackend()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": msgspec.structs.replace(version(1), backend=old)})

    stage.replace(msgspec.structs.replace(version(2), backend=new))
    old.change("crashed")
    after_crash_of_old = lines_about_backends(gateway)
    new.change("crashed")
    after_crash_of_new = lines_about_backends(gateway)
    stage.replace(version(3))
    old.change("closed")
    new.change("running")

    assert after_crash_of_old[0::2] == [
        'golive_backend_ends_total{model="sum",reason="crashed"} 1.0',
        'golive_backends{model="sum"} 1.0',
    ]
    assert after_crash_of_new[0::2] == [
        'golive_backend_ends_total{model="sum",reason="crashed"} 2.0',
        'golive_backends{model="sum"} 0.0',
    ]
    assert lines_about_backends(gateway)[2] == 'golive_backends{model="sum"} 0.0'


def test_the_process_of_a_candidate_ends_when_another_takes_its_place_and_both_are_counted():
    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    first, second = FakeBackend(), FakeBackend()
    stage.open({"sum": version(1)}, candidate=version(2, backend=first))

    stage.propose(version(3, backend=second))
    second.change("crashed")
    second.change("running")

    deadline = time.monotonic() + 30
    while not first.is_closed and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (first.is_closed, second.is_closed) == (True, False)
    lines = gateway.telemetry.metrics.expose()[1].decode().splitlines()
    assert [line for line in lines if line.startswith("golive_candidate_process")] == [
        'golive_candidate_processes{model="sum"} 1.0',
        'golive_candidate_process_ends_total{model="sum",reason="crashed"} 1.0',
    ]


def test_the_process_of_a_candidate_that_does_not_answer_is_ended_and_the_one_before_goes_on():
    def fail(record):
        raise ValueError("not today")

    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    first, second = FakeBackend(), FakeBackend()
    stage.open({"sum": version(1)}, candidate=version(2, backend=first))
    bad = msgspec.structs.replace(
        version(3, model=fail, backend=second), examples=(Example({"x": 3}, {"score": 6.0}),)
    )

    with pytest.raises(ModelLoadError, match="answers a golden record with 500"):
        stage.propose(bad)

    assert (first.is_closed, second.is_closed) == (False, True)


def test_the_process_of_a_version_is_ended_where_a_model_that_takes_its_features_does_not_answer():
    def fail(record):
        raise RuntimeError("not with these")

    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    first, second = FakeBackend(), FakeBackend()
    stage.open({"sum": version(1, backend=first), "taker": version(1, name="taker")})
    taker = msgspec.structs.replace(
        version(2, name="taker", model=fail), examples=(Example({"x": 3}, {"score": 6.0}),)
    )

    with pytest.raises(ModelLoadError, match="answers a golden record with 500"):
        stage.replace(msgspec.structs.replace(version(2, backend=second), takers={"taker": taker}))

    assert (first.is_closed, second.is_closed) == (False, True)
    assert {name: each.version for name, each in stage.serving().items()} == {
        "sum": "v1",
        "taker": "v1",
    }


def test_where_a_source_of_features_is_not_there_nothing_is_said_of_a_version():
    """Else a moment in which the source's process is started again would refuse it for good."""

    def fail(record):
        raise BackendError("The process that holds source does not run at the moment.")

    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": version(1)}, candidate=version(2))
    examples = (Example({"x": 3}, {"score": 6.0}),)
    chained = msgspec.structs.replace(version(3, model=fail), examples=examples)
    apart = msgspec.structs.replace(chained, backend=FakeBackend())

    for take in (stage.replace, stage.propose):
        with pytest.raises(SourceUnavailableError, match="does not run at the moment"):
            take(chained)
    with pytest.raises(ModelLoadError, match="does not run at the moment"):
        stage.replace(apart)

    assert {slot: model.version for slot, model in stage.serving().items()} == {
        "sum": "v1",
        "sum.candidate": "v2",
    }
