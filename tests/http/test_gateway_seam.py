"""What every gateway does, the real one in each manner of answering and the fake one."""

import asyncio
import time

import msgspec
import pytest
from tests.http.candidates import ShadowSite, SplitSite, version
from tests.http.gateways import ask, make_gateway, until

from golive.engine.pace import Pace
from golive.http.protocols import Head
from golive.service.problems import Problem
from golive.service.served import ServedModel
from golive.testing.engines import FakeEngine
from golive.testing.gateways import EchoGateway

HEADERS = {"host": "localhost", "content-type": "application/json"}
PREDICT = Head(method="POST", path="/predict", headers=HEADERS)
HEADS = [
    PREDICT,
    Head(method="GET", path="/predict", query=b"x=2", headers=HEADERS),
    Head(method="HEAD", path="/healthz"),
    Head(method="GET", path="/nowhere"),
    Head(method="", path=""),
    Head(method="POST", path="/predict", query=b"\xff", headers={"host": "evil.example"}),
]


def real(manner):
    def make():
        pace = Pace(manner=manner, call_seconds=1e-6, record_seconds=1e-6)
        model = ServedModel(name="sum", version="v", engine=FakeEngine(pace=pace))
        return make_gateway(model)[0]

    return make


def split():
    return SplitSite(0.5, candidate=version(1)).gateway


def shadowed():
    return ShadowSite().gateway


@pytest.fixture(
    params=[
        EchoGateway,
        *map(real, ("at_once", "on_loop", "in_thread", "apart")),
        split,
        shadowed,
    ],
    ids=["echo", "at_once", "on_loop", "in_thread", "apart", "split", "shadowed"],
)
def gateway(request):
    return request.param()


def answer_all(gateway, heads, body=b'{"x":1}'):
    """The response to each, in the order of the heads, and how often each was given."""

    async def main():
        given = [[] for _ in heads]
        tickets = [
            ask(gateway, gateway.admit(head), body, responses.append, started=time.perf_counter())
            for head, responses in zip(heads, given, strict=True)
        ]
        at_once = [bool(responses) for responses in given]
        await until(lambda: all(given))
        await asyncio.sleep(0.01)
        return tickets, at_once, given

    return asyncio.run(main())


@pytest.mark.parametrize("head", HEADS, ids=lambda head: f"{head.method} {head.path}")
def test_every_request_gets_one_reply(gateway, head):
    _, _, [responses] = answer_all(gateway, [head])

    assert len(responses) == 1


def test_a_ticket_is_given_exactly_where_the_reply_is_still_to_come(gateway):
    tickets, at_once, _ = answer_all(gateway, HEADS)

    assert [ticket is None for ticket in tickets] == at_once


def test_requests_at_the_same_time_get_each_their_own_reply(gateway):
    heads = [
        Head(method="GET", path="/predict", query=b"x=%d" % n, headers=HEADERS) for n in range(50)
    ]

    _, _, given = answer_all(gateway, heads)

    bodies = [msgspec.json.decode(response.body) for [response] in given]
    told = [b["predictions"][0]["score"] if "predictions" in b else b["query"] for b in bodies]
    assert told in ([float(n) for n in range(50)], [f"x={n}" for n in range(50)])


def test_an_admission_is_of_the_present_epoch_and_can_be_used_again(gateway):
    admission = gateway.admit(PREDICT)

    async def status():
        given = []
        ask(gateway, admission, b'{"x":1}', given.append, started=time.perf_counter())
        await until(lambda: given)
        return given[0].status

    assert admission.epoch is gateway.epoch
    assert [asyncio.run(status()) for _ in range(3)] == [200, 200, 200]


def test_the_length_is_that_of_the_body_but_after_head(gateway):
    _, _, given = answer_all(gateway, HEADS)

    for head, [response] in zip(HEADS, given, strict=True):
        if head.method == "HEAD":
            assert response.body == b""
        else:
            assert response.headers["content-length"] == str(len(response.body))


@pytest.mark.parametrize("head", [None, PREDICT])
def test_what_is_refused_gets_the_problem(gateway, head):
    problem = Problem(code="overloaded", detail="Busy.", headers={"retry-after": "3"})

    response = gateway.refuse(head, problem, started=time.perf_counter())

    assert (response.status, response.headers["retry-after"]) == (503, "3")
    assert msgspec.json.decode(response.body)["code"] == "overloaded"
