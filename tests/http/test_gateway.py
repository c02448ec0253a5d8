"""The gateway around a service: batches, time limits, clients that go, and what it tells."""

import asyncio
import threading
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.http.gateways import ask, make_gateway, read, until

from golive.engine.answers import Answer
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.pace import Pace
from golive.http.limits import AppLimits
from golive.http.protocols import Head
from golive.service.exchange import Request
from golive.service.served import ServedModel
from golive.service.service import Service
from golive.signature.model import Column, Output, Signature
from golive.testing.backends import FakeBackend
from golive.testing.engines import FakeEngine
from golive.testing.models import FakeModel
from golive.testing.services import fake_model

HEADERS = {"host": "localhost", "content-type": "application/json"}
PREDICT = Head(method="POST", path="/predict", headers=HEADERS)
SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="x", type="integer", dtype="int64", minimum=0, maximum=50),
        Column(name="s", type="category", dtype="object", categories=("a", "b"), on_null="pass"),
    ),
    output=Output(kind="binary", classes=("no", "yes"), positive="yes", threshold=0.5),
)


def of_pace(manner):
    return Pace(manner=manner, call_seconds=1e-5, record_seconds=1e-4)


def real_model(manner, model=None, *, slice_seconds=1e-4):
    fake = model or FakeModel(SIGNATURE.output, fails_on=lambda record: record[0] == 13)
    pace = Pace(manner=manner, call_seconds=1e-5, record_seconds=slice_seconds)
    engine = Engine(SIGNATURE, fake, decoder=Decoder(SIGNATURE), pace=pace)
    return ServedModel(name="m", version="v", engine=engine)


def ask_all(gateway, requests, gaps=()):
    """The responses to heads and bodies that come together, but for the gaps between them."""

    async def main():
        given = [[] for _ in requests]
        for at, ((head, body), responses) in enumerate(zip(requests, given, strict=True)):
            ask(gateway, gateway.admit(head), body, responses.append, started=time.perf_counter())
            if at in gaps:
                await asyncio.sleep(0)
        await until(lambda: all(given))
        return [responses[0] for responses in given]

    return asyncio.run(main())


def plain(response):
    """What is the same each time: all but the request's id."""
    headers = {k: v for k, v in response.headers.items() if k != "golive-request-id"}
    body = response.body.replace(response.facts.request_id.encode(), b"<id>")
    facts = response.facts
    counted = (facts.records, facts.failed, facts.codes, facts.extra_columns, facts.out_of_range)
    return response.status, headers, body, counted


RECORDS = st.one_of(
    st.builds(lambda x, s: {"x": x, "s": s}, st.integers(0, 60), st.sampled_from(["a", "b", None])),
    st.sampled_from([{}, {"x": "7", "s": "a"}, {"x": 1, "s": "z"}, {"x": 13, "s": "a"}, None, 5]),
    st.just({"x": 1, "s": "a", "more": 2}),
)
BODIES = st.one_of(
    RECORDS,
    st.lists(RECORDS, max_size=6),
    st.builds(
        lambda records, threshold: {
            "records": records,
            "threshold": threshold,
            "ids": list(range(len(records))),
        },
        st.lists(RECORDS, max_size=40),
        st.sampled_from([None, 0.1, 0.9, 2]),
    ),
)
V1 = Head(method="POST", path="/v1/models/m:predict", headers=HEADERS)
V2 = Head(method="POST", path="/v2/models/m/infer", headers=HEADERS)
TENSORS = {
    "inputs": [
        {"name": "x", "shape": [2], "datatype": "INT64", "data": [1, 13]},
        {"name": "s", "shape": [2], "datatype": "BYTES", "data": ["a", "b"]},
    ]
}
REQUESTS = st.one_of(
    st.tuples(st.just(PREDICT), BODIES),
    st.tuples(st.just(V1), st.builds(lambda r: {"instances": r}, st.lists(RECORDS, max_size=5))),
    st.tuples(st.just(V2), st.just(TENSORS)),
    st.tuples(st.just(PREDICT), st.just({"records": 7})),
)


@pytest.mark.parametrize("manner", ["at_once", "on_loop", "in_thread", "apart"])
@settings(max_examples=25, deadline=None)
@given(
    requests=st.lists(REQUESTS, min_size=1, max_size=20),
    gaps=st.sets(st.integers(0, 19)),
    slice_seconds=st.sampled_from([1e-6, 1e-3]),
)
def test_answers_are_the_same_however_requests_come_together(manner, requests, gaps, slice_seconds):
    model = real_model(manner, slice_seconds=slice_seconds)
    gateway, _ = make_gateway(model)
    encoded = [(head, msgspec.json.encode(body)) for head, body in requests]

    responses = ask_all(gateway, encoded, gaps)

    alone = Service({"m": real_model("apart")}, gateway.service.context)
    assert list(map(plain, responses)) == [
        plain(alone.handle(Request(method="POST", path=h.path, headers=h.headers, body=body)))
        for h, body in encoded
    ]
    gateway.close()


def test_what_comes_together_is_one_call_of_a_fast_model():
    fake = FakeModel(SIGNATURE.output)
    gateway, _ = make_gateway(real_model("on_loop", fake, slice_seconds=1e-5))
    bodies = [msgspec.json.encode({"x": n, "s": "a"}) for n in range(30)]

    ask_all(gateway, [(PREDICT, body) for body in bodies])

    assert fake.sizes == [30]


def test_a_batch_is_no_larger_than_the_loop_can_spare():
    fake = FakeModel(SIGNATURE.output)
    gateway, _ = make_gateway(real_model("on_loop", fake, slice_seconds=1e-4))
    bodies = [msgspec.json.encode({"x": n, "s": "a"}) for n in range(30)]

    ask_all(gateway, [(PREDICT, body) for body in bodies])

    assert (fake.sizes[0], sum(fake.sizes)) == (20, 30)


def held_model():
    """A model of a thread that waits until its event is set, and what it was asked."""
    event, asked = threading.Event(), []

    class Held(FakeEngine):
        def answer_all(self, requests):
            asked.append(sum(request.size for request in requests))
            event.wait(30)
            return super().answer_all(requests)

    engine = Held(pace=of_pace("in_thread"))
    return event, asked, ServedModel(name="sum", version="v", engine=engine)


def test_what_comes_while_a_slow_model_works_is_its_next_batch():
    event, asked, model = held_model()
    gateway, _ = make_gateway(model)

    async def main():
        given = []
        for n in range(5):
            ask(gateway, gateway.admit(PREDICT), b'{"x":%d}' % n, given.append, started=0.0)
            await until(lambda: asked)
        event.set()
        await until(lambda: len(given) == 5)
        return [msgspec.json.decode(r.body)["predictions"][0]["score"] for r in given]

    assert asyncio.run(main()) == [0, 1, 2, 3, 4]
    assert asked == [1, 4]


def test_a_large_request_is_cut_so_that_others_have_their_turn():
    event, asked, model = held_model()
    gateway, _ = make_gateway(model)

    async def main():
        given = []
        large = msgspec.json.encode([{"x": n} for n in range(600)])
        ask(gateway, gateway.admit(PREDICT), large, given.append, started=0.0)
        await until(lambda: asked)
        ask(gateway, gateway.admit(PREDICT), b'{"x":7}', given.append, started=0.0)
        event.set()
        await until(lambda: len(given) == 2)
        return [len(msgspec.json.decode(r.body)["predictions"]) for r in given]

    assert asyncio.run(main()) == [1, 600]
    assert (asked[0], sum(asked)) == (200, 601)


def test_a_client_that_goes_costs_a_slow_model_nothing():
    event, asked, model = held_model()
    gateway, lines = make_gateway(model)

    async def main():
        given = []
        tickets = [
            ask(gateway, gateway.admit(PREDICT), b'{"x":%d}' % n, given.append, started=0.0)
            for n in range(4)
        ]
        await until(lambda: asked)
        tickets[1].cancel()
        tickets[2].cancel()
        event.set()
        await until(lambda: len(given) == 2 and gateway.saturation == 0)
        return [msgspec.json.decode(r.body)["predictions"][0]["score"] for r in given]

    assert asyncio.run(main()) == [0, 3]
    assert asked in ([1, 1], [4])
    assert sorted(line["status"] for line in read(lines)) == [200, 200, 499, 499]


def test_a_client_that_goes_costs_a_fast_model_nothing():
    fake = FakeModel(SIGNATURE.output)
    gateway, lines = make_gateway(real_model("on_loop", fake))

    async def main():
        given = []
        bodies = [b'{"x":%d,"s":"a"}' % n for n in range(3)]
        tickets = [
            ask(gateway, gateway.admit(PREDICT), body, given.append, started=0.0) for body in bodies
        ]
        tickets[0].cancel()
        tickets[0].cancel()
        await until(lambda: len(given) == 2)

    asyncio.run(main())

    assert fake.sizes == [2]
    assert [line["status"] for line in read(lines)] == [499, 200, 200]


def test_a_slow_model_has_a_time_limit_and_keeps_its_places():
    event, _, model = held_model()
    gateway, _ = make_gateway(model, limits=AppLimits(threads=1, queue=0, answer_seconds=0.05))

    async def main():
        given = []
        for expected in (1, 2):
            ask(gateway, gateway.admit(PREDICT), b'{"x":1}', given.append, started=0.0)
            await until(lambda expected=expected: len(given) == expected)
        event.set()
        await until(lambda: gateway.saturation == 0)
        return [response.status for response in given]

    assert asyncio.run(main()) == [504, 503]


class PanicError(BaseException):
    """As extensions in Rust raise it."""


def test_the_metrics_tell_when_a_thread_is_done_with_what_took_too_long():
    event, _, model = held_model()
    gateway, _ = make_gateway(model, limits=AppLimits(threads=1, queue=0, answer_seconds=0.05))

    def told():
        _, text = gateway.telemetry.metrics.expose()
        [line] = [line for line in text.splitlines() if line.startswith(b"golive_queue_saturation")]
        return float(line.split()[1])

    async def main():
        given = []
        ask(gateway, gateway.admit(PREDICT), b'{"x":1}', given.append, started=0.0)
        await until(lambda: given)
        full = told()
        event.set()
        await until(lambda: gateway.saturation == 0)
        await asyncio.sleep(0)
        return full, told()

    assert asyncio.run(main()) == (1.0, 0.0)


def hanging_model(name, may_go):
    def hang(_):
        may_go.wait(30)
        return Answer(score=1.0)

    return replace(fake_model(name), engine=FakeEngine(model=hang))


def of_model(name):
    return Head(method="POST", path=f"/models/{name}/predict", headers=HEADERS)


def test_models_that_hang_in_processes_of_their_own_take_no_thread_and_no_place():
    may_go = threading.Event()
    limits = AppLimits(threads=1, queue=0, answer_seconds=20)
    hanging = [replace(hanging_model(n, may_go), backend=FakeBackend()) for n in ("a", "b")]
    gateway, _ = make_gateway(*hanging, fake_model("works"), limits=limits)

    async def main():
        held, refused, answered = [], [], []
        for name in ("a", "b"):
            ask(gateway, gateway.admit(of_model(name)), b'{"x":1}', held.append, started=0.0)
            ask(gateway, gateway.admit(of_model(name)), b'{"x":1}', refused.append, started=0.0)
        ask(gateway, gateway.admit(of_model("works")), b'{"x":1}', answered.append, started=0.0)
        await until(lambda: answered)
        assert gateway.saturation == 1.0
        may_go.set()
        await until(lambda: len(held) == 2 and gateway.saturation == 0.0)
        return [[response.status for response in given] for given in (held, refused, answered)]

    assert asyncio.run(main()) == [[200, 200], [503, 503], [200]]


def test_the_end_of_a_gateway_is_that_of_the_processes_of_its_models():
    backend = FakeBackend()
    gateway, _ = make_gateway(replace(fake_model(), backend=backend))

    gateway.close()

    assert backend.is_closed


@pytest.mark.parametrize("threads", [2, 4])
def test_a_model_that_hangs_leaves_a_thread_to_the_others(threads):
    may_go = threading.Event()
    limits = AppLimits(threads=threads, queue=20, answer_seconds=20)
    models = hanging_model("hangs", may_go), fake_model("works")
    gateway, _ = make_gateway(*models, limits=limits)

    async def main():
        given, hung = [], []
        admission = gateway.admit(of_model("hangs"))
        for _ in range(2 * threads):
            ask(gateway, admission, b'{"x": 1}', hung.append, started=time.perf_counter())
        for _ in range(3):
            works = gateway.admit(of_model("works"))
            ask(gateway, works, b'{"x": 2}', given.append, started=time.perf_counter())
            about = gateway.admit(Head(method="GET", path="/models/works", headers=HEADERS))
            ask(gateway, about, b"", given.append, started=time.perf_counter())
        await until(lambda: len(given) == 6)
        before = len(hung)
        may_go.set()
        await until(lambda: len(hung) == 2 * threads)
        return before, {response.status for response in [*given, *hung]}

    before, statuses = asyncio.run(main())

    assert (before, statuses) == (0, {200})
    assert gateway.saturation == 0


def test_a_model_that_hangs_leaves_room_to_the_others():
    may_go = threading.Event()
    limits = AppLimits(threads=2, queue=8, answer_seconds=20)
    models = hanging_model("hangs", may_go), fake_model("works")
    gateway, _ = make_gateway(*models, limits=limits)

    async def main():
        given, hung = [], []
        for name, replies in [("hangs", hung)] * 12 + [("works", given)] * 5:
            admission = gateway.admit(of_model(name))
            ask(gateway, admission, b'{"x": 1}', replies.append, started=time.perf_counter())
        await until(lambda: len(given) == 5)
        may_go.set()
        await until(lambda: len(hung) == 12)
        return given, hung

    given, hung = asyncio.run(main())

    assert [response.status for response in given] == [200] * 5
    assert sorted(response.status for response in hung) == [200] * 5 + [503] * 7
    assert gateway.saturation == 0


def test_a_lone_model_has_all_threads_and_all_room():
    may_go, running = threading.Event(), []

    def hang(_):
        running.append(1)
        may_go.wait(30)
        return Answer(score=1.0)

    model = replace(fake_model(), engine=FakeEngine(model=hang))
    limits = AppLimits(threads=2, queue=1, answer_seconds=20)
    gateway, _ = make_gateway(model, limits=limits)

    async def main():
        given = []
        for _ in range(3):
            admission = gateway.admit(PREDICT)
            ask(gateway, admission, b'{"x": 1}', given.append, started=time.perf_counter())
        await until(lambda: len(running) == 2)
        may_go.set()
        await until(lambda: len(given) == 3)
        return [response.status for response in given]

    assert asyncio.run(main()) == [200] * 3


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, PanicError])
@pytest.mark.parametrize("manner", ["at_once", "on_loop", "in_thread", "apart"])
def test_what_a_model_should_not_raise_fails_one_request_alone(manner, raised):
    def explode(record):
        if record["x"] == 1:
            raise raised
        return Answer(score=record["x"])

    engine = FakeEngine(model=explode, pace=of_pace(manner))
    gateway, _ = make_gateway(ServedModel(name="sum", version="v", engine=engine))
    requests = [(PREDICT, b'{"x":%d}' % n) for n in range(3)]

    assert [response.status for response in ask_all(gateway, requests)] == [200, 500, 200]
    assert gateway.saturation == 0


def test_a_panic_does_not_end_the_threads_of_a_model():
    def panic(record):
        raise PanicError

    engine = FakeEngine(model=panic, pace=of_pace("in_thread"))
    gateway, _ = make_gateway(ServedModel(name="sum", version="v", engine=engine))
    asked = [
        [response.status for response in ask_all(gateway, [(PREDICT, b'{"x":1}')] * 3)]
        for _ in range(3)
    ]

    assert asked == [[500, 500, 500]] * 3


def test_a_service_that_comes_later_is_another_epoch():
    gateway, _ = make_gateway(stage="starting")
    before = gateway.admit(PREDICT)
    [starting] = ask_all(gateway, [(PREDICT, b'{"x":1}')])

    gateway.service = Service({"sum": fake_model()}, gateway.service.context)

    [ready] = ask_all(gateway, [(PREDICT, b'{"x":1}')])
    assert before.epoch is not gateway.epoch
    assert (starting.status, ready.status) == (503, 200)


def test_an_admission_does_not_remember_how_far_the_start_has_come():
    gateway, _ = make_gateway(fake_model())
    head = Head(method="GET", path="/readyz")
    admission = gateway.admit(head)

    first = gateway.answer(admission, b"", started=0.0)
    gateway.service.context.readiness.drain()
    second = gateway.answer(admission, b"", started=0.0)

    assert (first.status, second.status) == (200, 503)


def test_nothing_is_gathered_from_a_loop_that_has_ended():
    gateway, _ = make_gateway(real_model("on_loop"))
    lost = []

    async def leave():
        ask(gateway, gateway.admit(PREDICT), b'{"x":1,"s":"a"}', lost.append, started=0.0)
        asyncio.get_running_loop().stop()

    loop = asyncio.new_event_loop()
    task = loop.create_task(leave())
    loop.run_forever()
    loop.close()
    [response] = ask_all(gateway, [(PREDICT, b'{"x":2,"s":"a"}')])

    assert (task.done(), response.status) == (True, 200)
