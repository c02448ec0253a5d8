from __future__ import annotations

import json

import msgspec
import pytest
from tests.engine.hostile_bodies import GOOD, HOSTILE_BODIES, SIGNATURE

from golive.backends.engine import RemoteEngine
from golive.backends.messages import ModelStart, Question, decode_question, encode_question
from golive.engine.answers import Fault
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.filling import Filler
from golive.engine.pace import Pace
from golive.engine.unread import Unread
from golive.errors import BackendError
from golive.lookups.errors import LookupTimeoutError
from golive.signature.model import Lookup, Output, Signature
from golive.testing.lookups import MemoryLookups
from golive.testing.models import FakeModel

OBJECTS = Signature(form="object", columns=(), output=Output(kind="custom"))


class Local:
    """A backend whose process is this one."""

    def __init__(self, engine=None, *, start=None, is_running=True):
        self.is_running = is_running
        self.asked = []
        self._engine = engine
        self._start = start or ModelStart(pace=Pace(manner="on_loop", call_seconds=0.25))

    def start_of(self, model):
        return self._start if self.is_running else None

    def check(self):
        if not self.is_running:
            raise BackendError("It does not run.")

    def ask(self, model, requests):
        self.check()
        self.asked.append((model, len(requests)))
        return self._engine.answer_all(requests)


def here_and_there():
    here = Engine(SIGNATURE, FakeModel(SIGNATURE.output), decoder=Decoder(SIGNATURE))
    return here, RemoteEngine("m", SIGNATURE, Local(here), max_records=10_000)


def outcome(engine, body):
    try:
        return engine.answer(engine.decoder.decode_body(body))
    except Exception as error:
        return type(error), str(error), getattr(error, "code", None)


@pytest.mark.parametrize(
    "body", [GOOD, *(body for _, body, _ in HOSTILE_BODIES)], ids=range(len(HOSTILE_BODIES) + 1)
)
def test_bodies_are_read_and_answered_as_in_one_process(body):
    here, there = here_and_there()

    assert outcome(there, body) == outcome(here, body)


def test_several_requests_are_one_question():
    backend = Local(Engine(SIGNATURE, FakeModel(SIGNATURE.output), decoder=Decoder(SIGNATURE)))
    engine = RemoteEngine("m", SIGNATURE, backend, max_records=10)
    decoded = [engine.decoder.decode_body(GOOD) for _ in range(3)]

    entries = engine.answer_all(decoded)

    assert [len(found) for found in entries] == [1, 1, 1]
    assert backend.asked == [("m", 3)]


@pytest.mark.parametrize(
    ("over_there", "here"),
    [("at_once", "in_thread"), ("on_loop", "in_thread"), ("in_thread", "in_thread"),
     ("apart", "apart")],
)  # fmt: skip
def test_nothing_of_it_is_answered_on_the_event_loop(over_there, here):
    start = ModelStart(pace=Pace(manner=over_there, call_seconds=0.25))

    engine = RemoteEngine("m", SIGNATURE, Local(start=start), max_records=10)

    assert engine.pace == Pace(manner=here, call_seconds=0.25)
    assert engine.shortcut is None


def test_nothing_is_read_while_nobody_could_answer():
    engine = RemoteEngine("m", SIGNATURE, Local(is_running=False), max_records=10)

    with pytest.raises(BackendError):
        _ = engine.decoder
    assert engine.pace == Pace()


def test_records_of_functions_are_left_to_the_process_that_has_their_type():
    start = ModelStart(pace=Pace(), takes_text=True)
    engine = RemoteEngine("f", OBJECTS, Local(start=start), max_records=10)

    found = engine.decoder.decode_body(b'["a", {"n": 1}, 5]')

    assert found.batch.columns == (
        [Unread("a", False, False), Unread({"n": 1}, False, False), Unread(5, False, False)],
    )
    assert found.size == 3


def test_what_a_function_takes_is_known_when_its_process_has_started():
    backend = Local(start=ModelStart(pace=Pace(), takes_list=True), is_running=False)
    engine = RemoteEngine("f", OBJECTS, backend, max_records=10)
    backend.is_running = True

    found = engine.decoder.decode_body(b"[1, 2]")

    assert found.batch.columns == ([Unread([1, 2], False, False)],)


def test_a_fault_in_place_of_a_record_stays():
    from golive.engine.envelope import Envelope

    fault = Fault("wrong_type", "no")
    engine = RemoteEngine("f", OBJECTS, Local(), max_records=10)

    found = engine.decoder.decode_envelope(Envelope(records=[{"n": 1}, fault]))

    assert found.faults == {1: fault}
    assert found.indices == [0]


AGE, *OTHERS = SIGNATURE.columns
LOOKING = msgspec.structs.replace(
    SIGNATURE,
    columns=(msgspec.structs.replace(AGE, on_missing="default", default=21), *OTHERS),
    lookups=(Lookup(name="users", key="user_id", columns=("age",)),),
)


class Piped(Local):
    """A backend whose questions are what a process would get."""

    def ask(self, model, requests):
        question = decode_question(encode_question(Question(1, model, requests)))
        return super().ask(question.model, question.requests)


def looking_here_and_there(store):
    """Two engines that look `age` up: one has its model here, one in another process."""
    here = Engine(LOOKING, FakeModel(LOOKING.output), decoder=Decoder(LOOKING))
    over_there = Engine(LOOKING, FakeModel(LOOKING.output), decoder=Decoder(LOOKING))
    there = RemoteEngine("m", LOOKING, Piped(over_there), max_records=10_000)
    for engine in (here, there):
        engine.fill_with(Filler(LOOKING, {"users": store}))
    return here, there


@pytest.mark.parametrize("failure", [None, LookupTimeoutError("Late.")])
@pytest.mark.parametrize(
    "key", [{"user_id": 7}, {"user_id": 8}, {"user_id": None}, {"age": 30}, {"user_id": True}, {}]
)
def test_columns_are_looked_up_as_in_one_process(key, failure):
    store = MemoryLookups({"7": {"age": 44}})
    store.failure = failure
    record = {"fare": 7.25, "sex": "f"} | key
    body = json.dumps([record, record | {"sex": "x"}, record | {"age": 1}]).encode()

    found = []
    for engine in looking_here_and_there(store):
        decoded = engine.decoder.decode_body(body)
        found.append((engine.answer(decoded), decoded.defaults, decoded.faults))

    assert found[0] == found[1]


def test_bodies_are_not_read_on_the_event_loop_where_a_store_may_keep_them_waiting():
    _, quick = looking_here_and_there(MemoryLookups({}))
    here, slow = looking_here_and_there(MemoryLookups({}, waits=True))

    assert (quick.pace.reads_quickly, slow.pace.reads_quickly) == (True, False)
    assert not here.pace.reads_quickly
