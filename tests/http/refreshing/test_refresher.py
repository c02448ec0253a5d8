"""The refresher, turn by turn, with a clock of its own."""

import json
import logging
import random
import threading
from datetime import UTC, datetime

import msgspec
import pytest

from golive.errors import BundleCorruptError, ModelLoadError
from golive.http.gateway_building import build_gateway
from golive.http.plan import Refusal
from golive.http.protocols import Head
from golive.http.refreshing.board import Board
from golive.http.refreshing.policy import Schedule
from golive.http.refreshing.refresher import Chances, Effects, Refresher
from golive.http.refreshing.source import ChainRefusedError, SourceUnavailableError
from golive.settings import ServeSettings
from golive.testing.backends import FakeBackend
from golive.testing.sources import FakeSource, fake_named, fake_version

GONE = SourceUnavailableError("The registry does not answer.")
DAMAGED = BundleCorruptError("The model file is damaged.", file="model/model.joblib")


class Bench:
    """A refresher of `sum@prod`, which serves version 1, and all that it does."""

    def __init__(self, board=None, missing=None):
        self.time = 0.0
        self.source = FakeSource(1)
        self.switched = []
        self.counted = []
        self.tidied = []
        self.fails_to_switch = None
        self.refresher = Refresher(
            {"sum": self.source},
            {"sum": fake_named(1)},
            schedule=Schedule(10.0, keep=60.0),
            effects=Effects(
                switch=self._switch,
                count=lambda model, outcome: self.counted.append(outcome),
                let_go=lambda: self.tidied.append("let go"),
                collect=lambda: self.tidied.append("collected"),
                board=board,
            ),
            chances=Chances(
                clock=lambda: self.time,
                now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
                share=lambda: 0.5,
            ),
            missing=missing,
        )

    def _switch(self, slot, model):
        if self.fails_to_switch is not None:
            raise self.fails_to_switch
        self.switched.append(model.version)

    def turn(self, seconds=0.0):
        self.time += seconds
        self.refresher.turn()

    @property
    def facts(self):
        return self.refresher.facts()["sum"]


def test_chances_leave_the_random_numbers_of_the_program_alone():
    before = random.getstate()

    assert 0 <= Chances().share() < 1
    assert random.getstate() == before


def test_nothing_is_looked_at_before_it_is_due():
    bench = Bench()
    bench.source.version = 2

    bench.turn(9.9)

    assert (bench.source.looks, bench.switched) == (0, [])


def test_another_version_is_loaded_and_switched_to():
    bench = Bench()
    bench.source.version = 2

    bench.turn(10)
    bench.turn(10)

    assert (bench.source.loads, bench.switched, bench.counted) == ([2], ["2"], ["taken"])
    assert bench.facts["serves"] == "sum@2"


@pytest.mark.parametrize(
    "error", [DAMAGED, ModelLoadError("no"), ValueError("a library"), SystemExit(3)]
)
def test_a_bad_version_is_never_switched_to_and_is_loaded_once(error):
    bench = Bench()
    bench.source.version = 2
    bench.source.refused[2] = error

    for _ in range(3):
        bench.turn(10)

    assert (bench.source.loads, bench.switched, bench.counted) == ([2], [], ["refused"])
    assert bench.facts["serves"] == "sum@1"
    assert bench.facts["refused"]["version"] == "sum@2"


def test_a_version_that_does_not_answer_is_refused():
    bench = Bench()
    bench.source.version = 2
    bench.fails_to_switch = ModelLoadError("500", code="no_answer")

    bench.turn(10)

    assert bench.facts["refused"]["code"] == "no_answer"


def test_a_refused_version_is_tried_again_when_somebody_asks():
    bench = Bench()
    bench.source.version = 2
    bench.source.refused[2] = DAMAGED
    bench.turn(10)
    del bench.source.refused[2]

    bench.refresher.ask()
    bench.turn()

    assert (bench.source.loads, bench.switched) == ([2, 2], ["2"])
    assert "refused" not in bench.facts


def test_the_version_after_a_refused_one_is_taken():
    bench = Bench()
    bench.source.version = 2
    bench.source.refused[2] = DAMAGED
    bench.turn(10)
    bench.source.version = 3

    bench.turn(10)

    assert (bench.switched, bench.facts["serves"]) == (["3"], "sum@3")


def test_a_registry_that_is_gone_for_ten_minutes_is_asked_rarely_and_then_followed():
    bench = Bench()
    bench.source.version = 2
    bench.source.unavailable = GONE

    for _ in range(600):
        bench.turn(1)
    looks, facts = bench.source.looks, bench.facts
    bench.source.unavailable = None
    for _ in range(300):
        bench.turn(1)

    assert 5 <= looks <= 8
    assert facts["unavailable"]["message"] == "The registry does not answer."
    assert (bench.switched, set(bench.counted)) == (["2"], {"unavailable", "taken"})
    assert "unavailable" not in bench.facts


@pytest.mark.parametrize("error", [GONE, OSError("disk full"), MemoryError()])
def test_a_version_that_cannot_be_had_now_is_tried_again_and_not_refused(error):
    bench = Bench()
    bench.source.version = 2
    bench.source.refused[2] = error
    bench.turn(10)
    del bench.source.refused[2]

    bench.turn(20)

    assert (bench.counted, bench.switched) == (["unavailable", "taken"], ["2"])


def test_an_error_that_nobody_expected_ends_nothing(caplog):
    bench = Bench()
    bench.source.unavailable = RuntimeError("a bug")
    bench.turn(10)
    bench.source.unavailable, bench.source.version = None, 2

    bench.turn(20)

    assert bench.switched == ["2"]
    assert "a bug" in caplog.text


def test_what_answered_before_is_let_go_when_it_was_kept_and_freed_some_seconds_later():
    bench = Bench()
    bench.source.version = 2
    bench.turn(10)

    bench.turn(2.9)
    soon = list(bench.tidied)
    bench.turn(0.1)
    settled = list(bench.tidied)
    bench.turn(56.9)
    kept = list(bench.tidied)
    bench.turn(0.1)
    bench.turn(3)
    bench.turn(60)

    assert (soon, settled, kept) == ([], ["collected"], ["collected"])
    assert bench.tidied == ["collected", "let go", "collected"]


def test_who_is_asked_tells_the_other_processes(tmp_path):
    one, other = Bench(Board(tmp_path)), Bench(Board(tmp_path))
    one.source.version = other.source.version = 2

    one.refresher.ask()
    other.turn()
    one.turn()

    assert (one.switched, other.switched) == (["2"], ["2"])
    assert Board(tmp_path).served("sum") == fake_named(2)


def test_who_switches_tells_the_other_processes_and_they_stop_telling(tmp_path):
    one, other = Bench(Board(tmp_path)), Bench(Board(tmp_path))
    one.source.version = other.source.version = 2

    one.turn(10)
    for _ in range(5):
        other.turn()
        one.turn()

    assert (one.switched, other.switched) == (["2"], ["2"])
    assert (one.source.looks, other.source.looks) == (2, 1)


def test_a_server_that_ends_switches_no_more():
    bench = Bench()
    bench.source.version = 2

    bench.refresher.close()
    bench.turn(10)

    assert bench.switched == []


def test_the_process_of_a_version_that_was_loaded_meanwhile_is_ended():
    bench, backend = Bench(), FakeBackend()
    load = bench.source.load

    def load_and_close(named):
        bench.refresher.close()
        return msgspec.structs.replace(load(named), backend=backend)

    bench.source.version, bench.source.load = 2, load_and_close
    bench.turn(10)

    assert bench.switched == []
    assert backend.is_closed


def test_its_thread_looks_by_itself_and_at_once_when_asked():
    source, switched = FakeSource(1), threading.Event()
    others = set(threading.enumerate())
    refresher = Refresher(
        {"sum": source},
        {"sum": fake_named(1)},
        schedule=Schedule(3600.0),
        effects=Effects(
            switch=lambda slot, model: switched.set(),
            count=lambda model, outcome: None,
            let_go=lambda: None,
            collect=lambda: None,
        ),
    )
    refresher.start()
    [own] = [t for t in threading.enumerate() if t.name == "golive-refresh" and t not in others]
    source.version = 2

    refresher.ask()

    assert switched.wait(30)
    refresher.close()
    own.join(30)
    assert not own.is_alive()


def test_log_lines_say_which_version_serves_and_why_another_does_not(caplog):
    bench = Bench()
    caplog.set_level(logging.INFO, logger="golive.refresh")
    bench.source.version, bench.source.refused[2] = 2, DAMAGED

    bench.turn(10)
    bench.source.version = 3
    bench.turn(10)

    assert caplog.messages == [
        "sum@prod is sum@2 now; loading it.",
        "sum@2 is not taken, sum@1 goes on: The model file is damaged.",
        "sum@prod is sum@3 now; loading it.",
        "sum@3 serves instead of sum@1: version 3.",
    ]


def test_a_gateway_answers_with_the_version_that_replaced_the_other(tmp_path):
    with (tmp_path / "log").open("w") as log:
        house = build_gateway(ServeSettings.load({}), stream=log)
        house.open({"sum": fake_version(1)})
        headers = {"content-type": "application/json"}
        head = Head(method="POST", path="/predict", headers=headers)
        before = house.gateway.admit(head)

        house.stage.replace(fake_version(2))
        after = house.gateway.admit(head)
        answers = [
            json.loads(admission.plan.service.handle(_request(headers)).body)
            for admission in (before, after)
        ]
        _, exposed = house.gateway.telemetry.metrics.expose()
        house.close()

    assert [answer["version"] for answer in answers] == ["1", "2"]
    assert [answer["predictions"] for answer in answers] == [[{"score": 3.0}], [{"score": 6.0}]]
    assert after.epoch is house.gateway.epoch is not before.epoch
    assert b'golive_model_info{drifted="false",model="sum",version="2"} 1.0' in exposed
    assert b'version="1"' not in exposed


def test_a_version_that_fails_on_its_golden_record_does_not_replace_the_other(tmp_path):
    bad = fake_version(2)
    bad.engine._model = _raise
    with (tmp_path / "log").open("w") as log:
        house = build_gateway(ServeSettings.load({}), stream=log)
        house.open({"sum": fake_version(1)})

        with pytest.raises(ModelLoadError, match="golden record with 500") as caught:
            house.stage.replace(bad)
        served = house.gateway.service.models["sum"].version
        house.close()

    assert (caught.value.code, served) == ("no_answer", "1")


def _raise(record):
    raise ValueError("not today")


def _request(headers):
    from golive.service.exchange import Request

    return Request(method="POST", path="/predict", headers=headers, body=b'{"x": 3}')


def test_a_version_is_tried_before_it_is_loaded():
    bench = Bench()
    bench.source.version = 2
    bench.source.untried[2] = ModelLoadError("It hangs.")

    for _ in range(3):
        bench.turn(10)
    facts = bench.facts["refused"]
    bench.source.version = 3
    bench.turn(10)

    assert (facts["code"], facts["message"]) == ("model_not_loadable", "It hangs.")
    assert (bench.source.tries, bench.source.loads) == ([2, 3], [3])
    assert (bench.counted, bench.switched) == (["refused", "taken"], ["3"])


def test_a_version_that_could_not_be_tried_is_tried_again_and_not_refused():
    bench = Bench()
    bench.source.version = 2
    bench.source.untried[2] = SourceUnavailableError("There is no memory.")
    bench.turn(10)
    del bench.source.untried[2]

    bench.turn(20)

    assert (bench.counted, bench.switched) == (["unavailable", "taken"], ["2"])


def test_a_server_that_ends_during_a_trial_loads_nothing():
    bench = Bench()
    bench.source.version = 2
    try_out = bench.source.try_out

    def end(named):
        try_out(named)
        bench.refresher.close()

    bench.source.try_out = end
    bench.turn(10)

    assert (bench.source.tries, bench.source.loads, bench.switched) == ([2], [], [])


def test_what_did_not_go_with_another_model_is_tried_again_when_that_has_changed():
    source, taker, switched = FakeSource(1), FakeSource(1), []
    now = [0.0]
    refresher = Refresher(
        {"source": source, "taker": taker},
        {"source": fake_named(1), "taker": fake_named(1)},
        schedule=Schedule(10.0),
        effects=Effects(
            switch=lambda slot, model: switched.append((slot, model.version)),
            count=lambda model, outcome: None,
            let_go=lambda: None,
            collect=lambda: None,
        ),
        chances=Chances(
            clock=lambda: now[0], now=lambda: datetime(2026, 1, 2, tzinfo=UTC), share=lambda: 0.5
        ),
    )
    taker.version, taker.refused = 2, {2: ChainRefusedError("It is not given what it takes.")}

    now[0] = 10.0
    refresher.turn()
    refused = refresher.facts()["taker"]["refused"]["code"]
    source.version, taker.refused = 2, {}
    now[0] = 20.0
    refresher.turn()
    now[0] = 20.1
    refresher.turn()

    assert refused == "chain_refused"
    assert switched == [("source", "2"), ("taker", "2")]
    assert "refused" not in refresher.facts()["taker"]


def test_what_is_refused_for_another_reason_is_not_tried_again_for_that():
    source, other, looked = FakeSource(1), FakeSource(1), []
    refresher = Refresher(
        {"source": source, "other": other},
        {"source": fake_named(1), "other": fake_named(1)},
        schedule=Schedule(10.0),
        effects=Effects(
            switch=lambda slot, model: looked.append(slot),
            count=lambda model, outcome: None,
            let_go=lambda: None,
            collect=lambda: None,
        ),
        chances=Chances(
            clock=lambda: 10.0 * (1 + len(looked)),
            now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
            share=lambda: 0.5,
        ),
    )
    other.version, other.refused = 2, {2: DAMAGED}
    refresher.ask()
    refresher.turn()
    source.version = 2
    for _ in range(3):
        refresher.turn()

    assert other.loads == [2]


def missing(**facts):
    refusal = Refusal(
        named=fake_named(1), code="model_not_loadable", message="It crashes.", at="now", **facts
    )
    return {"sum": refusal}


def test_what_failed_at_the_start_is_tried_again_when_somebody_asks(caplog):
    caplog.set_level(logging.INFO, logger="golive.refresh")
    bench = Bench(missing=missing())

    bench.turn(10.0)
    before, facts = list(bench.switched), bench.facts
    bench.refresher.ask()
    bench.turn()

    assert (before, facts["serves"], facts["refused"]["version"]) == ([], None, "sum@1")
    assert bench.source.tries == [1]
    assert bench.switched == ["1"]
    assert bench.facts["serves"] == "sum@1"
    assert "sum@1 serves: version 1." in caplog.messages


def test_a_later_version_is_taken_where_the_first_failed(caplog):
    bench = Bench(missing=missing())
    bench.source.version, bench.source.refused[2] = 2, DAMAGED

    bench.turn(10.0)
    refused = bench.facts
    bench.source.version = 3
    bench.turn(10.0)

    assert (refused["serves"], refused["refused"]["version"]) == (None, "sum@2")
    assert "sum@2 is not taken: The model file is damaged." in caplog.messages
    assert bench.switched == ["3"]
    assert bench.facts["serves"] == "sum@3"


def test_what_could_not_be_tried_at_the_start_is_tried_at_the_next_look():
    bench = Bench(missing=missing(says_nothing=True))

    bench.turn(10.0)

    assert bench.switched == ["1"]
