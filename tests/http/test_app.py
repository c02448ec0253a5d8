"""The ASGI application, driven without a server."""

import asyncio
import threading

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.engine.answers import Answer
from golive.http.app import AppLimits
from golive.service.served import ServedModel
from golive.testing.engines import FakeEngine
from golive.testing.services import fake_model, fake_service

JSON = {"content-type": "application/json"}
RECORDS = st.one_of(
    st.builds(lambda x: {"x": x}, st.integers(-1000, 1000)),
    st.just({}),
    st.just({"x": "a"}),
    st.none(),
)
BATCHES = st.lists(st.lists(RECORDS, max_size=8), min_size=64, max_size=64)


def ask(site, *args, **kwargs):
    async def main():
        async with site.client() as client:
            return await client.request(*args, **kwargs)

    return asyncio.run(main())


def scope(method="POST", path="/predict", query=b"", headers=()):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), *headers],
    }


async def call(app, scope_, messages, *, forever=False):
    """Run the application over the messages; gives status, headers and body."""
    sent = []
    waiting = list(messages)

    async def receive():
        if not waiting and forever:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    await app(scope_, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, msgspec.json.decode(sent[1]["body"])


def blocking_model():
    """A model that waits until its event is set."""
    event = threading.Event()

    def wait(record):
        event.wait(30)
        return Answer(score=record["x"])

    return event, ServedModel(name="sum", version="v", engine=FakeEngine(model=wait))


def test_a_prediction_goes_through(make_site):
    response = ask(make_site(), "POST", "/predict", json=[{"x": 1}, {}])

    assert response.status_code == 200
    assert msgspec.json.decode(response.content)["predictions"][0] == {"score": 1.0}


def test_a_query_goes_through_decoded(make_site):
    response = ask(make_site(), "GET", "/predict?x=2%2E5&_id=a%20b+c%C3%A9")

    assert response.json()["predictions"] == [{"id": "a b cé", "score": 2.5}]


@pytest.mark.parametrize("query", [b"x=%ff", b"x=%C3", b"x=\xc3\xa9"])
def test_a_query_that_is_not_utf_8_is_400(make_site, query):
    ended = [{"type": "http.request"}]

    status, headers, body = asyncio.run(call(make_site().app, scope("GET", query=query), ended))

    assert (status, body["code"]) == (400, "bad_query")
    assert headers["content-type"] == "application/problem+json"


def test_a_body_declared_too_large_is_413_before_it_is_sent(make_site):
    site = make_site(limits=AppLimits(body_bytes=10))
    headers = [(b"content-length", b"11"), (b"expect", b"100-continue")]

    status, sent, body = asyncio.run(call(site.app, scope(headers=headers), []))

    assert (status, body["code"]) == (413, "body_too_large")
    assert sent["connection"] == "close"


def test_a_body_found_too_large_is_413_and_not_kept(make_site):
    site = make_site(limits=AppLimits(body_bytes=10))
    chunks = [{"type": "http.request", "body": b"x" * 8, "more_body": True}] * 4

    status, _, body = asyncio.run(call(site.app, scope(), chunks))

    assert (status, body["code"]) == (413, "body_too_large")


def test_a_body_of_exactly_the_limit_is_read(make_site):
    site = make_site(limits=AppLimits(body_bytes=7))

    assert ask(site, "POST", "/predict", content=b'{"x":1}', headers=JSON).status_code == 200


def test_a_body_that_does_not_arrive_is_408(make_site):
    site = make_site(limits=AppLimits(read_seconds=0.01))
    begun = [{"type": "http.request", "body": b"[", "more_body": True}]

    status, headers, body = asyncio.run(call(site.app, scope(), begun, forever=True))

    assert (status, body["code"]) == (408, "read_time_limit")
    assert headers["connection"] == "close"


def test_a_client_that_goes_away_while_sending_is_noted(make_site):
    site = make_site()
    begun = {"type": "http.request", "body": b"[", "more_body": True}

    asyncio.run(call(site.app, scope(), [begun, {"type": "http.disconnect"}]))

    assert site.log()[0]["status"] == 499
    assert site.log()[0]["codes"] == {"client_disconnected": 1}


def test_a_client_that_goes_away_before_the_answer_harms_nothing(make_site):
    site = make_site()

    async def receive():
        return {"type": "http.request", "body": b'{"x":1}'}

    async def send(message):
        raise OSError("gone")

    asyncio.run(site.app(scope(), receive, send))

    assert site.log()[0]["status"] == 200


def test_a_client_that_goes_away_while_it_waits_is_noted_and_gets_nothing(make_site):
    event, model = blocking_model()
    site = make_site(model)
    messages = [{"type": "http.request", "body": b'{"x":1}'}, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(site.app(scope(), receive, send))
    event.set()

    assert (sent, messages) == ([], [])
    assert [(line["status"], line["codes"]) for line in site.log()] == [
        (499, {"client_disconnected": 1})
    ]


def test_heads_are_admitted_once_and_again_when_the_service_is_another(make_site):
    site = make_site()
    ended = {"type": "http.request", "body": b'{"x":1}'}

    async def ask_twice():
        return [await call(site.app, scope(), [ended]) for _ in range(2)]

    first = asyncio.run(ask_twice())
    site.app.service = fake_service(fake_model("other"))
    second = asyncio.run(ask_twice())

    assert [body["model"] for _, _, body in first + second] == ["sum", "sum", "other", "other"]
    assert len(site.app._admissions) == 1


def test_heads_that_are_large_or_never_the_same_are_not_kept(make_site):
    site = make_site()
    ended = {"type": "http.request"}

    async def ask(heads):
        for headers in heads:
            await call(site.app, scope("GET", "/healthz", headers=headers), [ended])

    asyncio.run(ask([(b"x-request-id", b"%d" % number)] for number in range(1100)))
    kept = len(site.app._admissions)
    asyncio.run(ask([[(b"cookie", b"x" * 5000)]]))

    assert kept == len(site.app._admissions) <= 1024


def test_an_answer_that_takes_too_long_is_504(make_site):
    event, model = blocking_model()
    site = make_site(model, limits=AppLimits(answer_seconds=0.01))

    response = ask(site, "POST", "/predict", json={"x": 1})
    event.set()

    assert response.status_code == 504
    assert response.json()["code"] == "time_limit"
    assert response.json()["request_id"] == site.log()[0]["request_id"]


def test_more_than_threads_and_queue_is_503_while_health_still_answers(make_site):
    event, model = blocking_model()
    site = make_site(model, limits=AppLimits(threads=1, queue=1))

    async def main():
        async with site.client() as client:
            taken = [asyncio.create_task(client.post("/predict", json={"x": n})) for n in (1, 2)]
            await until(lambda: site.app.gateway.saturation == 1)
            refused = await client.post("/predict", json={"x": 3})
            health = await client.get("/healthz")
            event.set()
            return refused, health, [(await task).json() for task in taken]

    refused, health, answered = asyncio.run(main())

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.headers["retry-after"] == "1"
    assert health.status_code == 200
    assert [body["predictions"][0]["score"] for body in answered] == [1.0, 2.0]


def test_a_task_that_outlived_its_limit_keeps_its_place(make_site):
    event, model = blocking_model()
    site = make_site(model, limits=AppLimits(threads=1, queue=0, answer_seconds=0.05))

    async def main():
        async with site.client() as client:
            late = await client.post("/predict", json={"x": 1})
            refused = await client.post("/predict", json={"x": 2})
            event.set()
            await until(lambda: site.app.gateway.saturation == 0)
            return [late.status_code, refused.status_code]

    assert asyncio.run(main()) == [504, 503]


def test_a_websocket_is_refused(make_site):
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    asyncio.run(make_site().app({"type": "websocket"}, receive, send))

    assert sent == [{"type": "websocket.close", "code": 1000}]


def test_a_header_of_the_caller_cannot_add_headers(make_site):
    injected = [(b"x-request-id", b"a\r\nset-cookie: b"), (b"traceparent", b"\n")]
    ended = [{"type": "http.request"}]

    _, headers, _ = asyncio.run(
        call(make_site().app, scope("GET", "/healthz", headers=injected), ended)
    )

    assert "x-request-id" not in headers
    assert "traceparent" not in headers


async def until(is_so):
    while not is_so():  # noqa: ASYNC110 (another thread makes it so)
        await asyncio.sleep(0)


def expected(record):
    if record is None:
        return "not_an_object"
    if "x" not in record:
        return "missing_column"
    return "wrong_type" if record["x"] == "a" else float(record["x"])


@settings(max_examples=20, deadline=None)
@given(batches=BATCHES)
def test_order_and_ids_hold_for_64_requests_at_once(module_site, batches):
    envelopes = [
        {"records": batch, "ids": [f"{number}-{index}" for index in range(len(batch))]}
        for number, batch in enumerate(batches)
    ]

    async def main():
        async with module_site.client() as client:
            asked = [client.post("/predict", json=envelope) for envelope in envelopes]
            return await asyncio.gather(*asked)

    bodies = [msgspec.json.decode(response.content) for response in asyncio.run(main())]

    assert len({body["request_id"] for body in bodies}) == 64
    assert [[p["id"] for p in body["predictions"]] for body in bodies] == [
        envelope["ids"] for envelope in envelopes
    ]
    assert [
        [p["score"] if "score" in p else p["error"]["code"] for p in body.get("predictions")]
        for body in bodies
    ] == [[expected(record) for record in batch] for batch in batches]


def test_the_application_starts_and_stops(make_site):
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message["type"])

    asyncio.run(make_site().app({"type": "lifespan"}, receive, send))

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_drifted_model_shows_on_what_the_transport_refuses(make_site):
    site = make_site(fake_model(drifted=True), limits=AppLimits(body_bytes=1))

    response = ask(site, "POST", "/predict", json={"x": 1})

    assert (response.status_code, response.headers["golive-environment"]) == (413, "drifted")
