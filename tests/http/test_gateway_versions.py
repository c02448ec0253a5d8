"""A gateway that answers with several versions: who asks for one gets it."""

import asyncio
import json
from ipaddress import ip_network
from time import perf_counter, time

import pytest
from tests.http.gateways import ask, make_gateway, read

from golive.access.addresses import AddressPolicy
from golive.access.gatekeeper import Gatekeeper
from golive.http.protocols import Head
from golive.service.version_choice import chosen, not_served
from golive.testing.keys import MemoryKeys
from golive.testing.services import fake_service
from golive.testing.sources import fake_version


def version(number, *names, whole="0123456789abcdef"):
    model = fake_version(number)
    return type(model)(
        name="sum",
        version=f"v{number}",
        engine=model.engine,
        examples=model.examples,
        names=names,
        facts={"id": f"{number}{whole}"},
    )


def head(wanted=None, path="/predict", query=b""):
    headers = {"content-type": "application/json"}
    if wanted is not None:
        headers["golive-version"] = wanted
    return Head(method="POST", path=path, headers=headers, query=query)


def answer(gateway, asked, body=b'{"x": 3}'):
    """The response to one request, whichever way it comes."""

    async def run():
        found = asyncio.get_running_loop().create_future()
        ask(gateway, gateway.admit(asked), body, found.set_result, started=perf_counter())
        return await asyncio.wait_for(found, 30)

    return asyncio.run(run())


@pytest.fixture
def gateway():
    """Serves version 8 as `prod`; version 7, which stood for it before, is kept."""
    new, old = version(8, "8", "prod"), version(7, "7", "prod")
    made, lines = make_gateway(new)
    made.serve(made.service, also=(fake_service(old, context=made.service.context),))
    made.lines = lines
    return made


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (None, 8), ("8", 8), ("prod", 8), ("v8", 8), ("80123456789abcdef", 8), ("80123456", 8),
        ("7", 7), ("v7", 7), ("70123456789abcdef", 7), ("70123456", 7), (" 7 ", 7),
    ],
)  # fmt: skip
def test_a_request_gets_the_version_that_it_asks_for(gateway, wanted, number):
    response = answer(gateway, head(wanted))

    body = json.loads(response.body)
    assert (body["version"], body["predictions"]) == (f"v{number}", [{"score": 3.0 * number}])
    assert response.headers["golive-model-version"] == f"v{number}"
    assert read(gateway.lines)[0]["version"] == f"v{number}"


@pytest.mark.parametrize("wanted", ["6", "staging", "7012345", "", "9" * 500])
def test_a_version_that_is_not_served_is_a_problem_that_names_those_that_are(gateway, wanted):
    response = answer(gateway, head(wanted))

    problem = json.loads(response.body)
    assert (response.status, problem["code"]) == (409, "version_not_served")
    assert problem["served"] == [["v8", "8", "prod"], ["v7", "7", "prod"]]
    assert problem["detail"] == (
        f"The header golive-version asks for version {wanted[:100]!r} of sum, which is not served "
        "here; served are: v8 or 8 or prod, v7 or 7 or prod."
    )
    assert read(gateway.lines)[0]["codes"] == {"version_not_served": 1}


def test_what_is_about_no_model_heeds_no_version(gateway):
    asked = Head(method="GET", path="/readyz", headers={"golive-version": "6"})

    assert answer(gateway, asked, b"").status == 200


def test_a_query_that_cannot_be_read_is_told_first(gateway):
    assert json.loads(answer(gateway, head("6", query=b"%ff")).body)["code"] == "bad_query"


def test_what_is_kept_no_more_is_not_served(gateway):
    before = gateway.admit(head("7"))

    gateway.serve(gateway.service)

    assert before.epoch is not gateway.epoch
    assert answer(gateway, head("7")).status == 409
    assert json.loads(answer(gateway, head()).body)["version"] == "v8"


def test_the_lanes_of_a_service_that_goes_on_are_kept(gateway):
    usual, kept = gateway._served.ways

    gateway.serve(kept.service, also=(usual.service,))

    assert gateway._served.ways == (kept, usual)
    assert gateway._served.ways[0] is kept


def test_of_two_versions_that_have_a_name_the_usual_one_is_chosen():
    new, old = version(8, "8", "prod"), version(7, "7", "prod")

    assert [chosen(name, [new, old]) for name in ("prod", "7", "6")] == [0, 1, None]
    assert not_served("6", [new]).members == {"served": [["v8", "8", "prod"]]}


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"gatekeeper": Gatekeeper(MemoryKeys(), clock=time, is_locked=True)}, 401),
        ({"addresses": AddressPolicy(allowed=(ip_network("192.0.2.0/24"),))}, 403),
    ],
)
@pytest.mark.parametrize(
    "asked", [head("9"), head("7"), head(query=b"%ff=1"), head("9", query=b"%ff=1")]
)
def test_who_is_not_let_in_is_not_told_what_else_is_wrong(settings, status, asked):
    made, _ = make_gateway(version(8, "8", "prod"), **settings)
    old = version(7, "7", "prod")
    made.serve(made.service, also=(fake_service(old, context=made.service.context),))

    response = answer(made, asked)

    assert response.status == status
    assert response.headers["golive-model-version"] == "v8"
    assert b"v7" not in response.body
