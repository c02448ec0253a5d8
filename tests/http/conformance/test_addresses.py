"""Addresses: an answer that was decided for one is never given to another."""

from datetime import UTC, datetime

import pytest
from tests.http.conformance.wire import get, request
from tests.http.gateways import make_gateway

from golive.access.addresses import AddressPolicy, read_networks
from golive.access.gatekeeper import Gatekeeper
from golive.access.key_desk import KeyDesk, KeyWish
from golive.testing.gateways import EchoGateway
from golive.testing.keys import MemoryKeys
from golive.testing.services import fake_model

HERE, THERE = "127.0.0.1", "127.0.0.2"


def networks(*texts):
    return read_networks(texts, source="a test")


def gateway(*, allowed=(), trusted=(), **context):
    policy = AddressPolicy(allowed=networks(*allowed), trusted=networks(*trusted))
    return make_gateway(fake_model("sum"), addresses=policy, **context)[0]


def statuses(server, sent, *sources):
    found = []
    for source in sources:
        with server.wire(source=source) as wire:
            wire.send(sent)
            found.append(wire.answer().status)
    return found


def test_a_transport_says_where_a_request_comes_from_where_that_counts(make_server):
    server = make_server(EchoGateway(tells_clients_apart=True))

    with server.wire(source=HERE) as one, server.wire(source=THERE) as two:
        for _ in range(2):
            for wire, address in ((one, HERE), (two, THERE)):
                wire.send(get("/a"))
                assert wire.answer().json["client"] == address

    assert len(server.gateway.admitted) == 2


def test_elsewhere_it_does_not_and_heads_are_shared(make_server):
    server = make_server(EchoGateway())

    with server.wire(source=HERE) as one, server.wire(source=THERE) as two:
        for wire in (one, two):
            wire.send(get("/a"))
            assert wire.answer().json["client"] is None

    assert len(server.gateway.admitted) == 1


@pytest.mark.parametrize("first", [HERE, THERE])
@pytest.mark.parametrize(
    "sent",
    [
        get("/healthz"),
        request("POST", "/predict", "Content-Type: application/json", body=b'{"x":1}'),
    ],
    ids=["health", "predict"],
)
def test_the_same_bytes_are_answered_by_where_they_come_from(make_server, first, sent):
    server = make_server(gateway(allowed=[HERE]))
    sources = [HERE, THERE, THERE, HERE] if first == HERE else [THERE, HERE, HERE, THERE]

    found = statuses(server, sent, *sources, *sources)

    assert found == [200 if source == HERE else 403 for source in (*sources, *sources)]


def test_open_connections_keep_their_own_answers(make_server):
    server = make_server(gateway(allowed=[HERE]))

    with server.wire(source=HERE) as allowed, server.wire(source=THERE) as other:
        for _ in range(3):
            for wire, status in ((allowed, 200), (other, 403)):
                wire.send(get("/readyz"))
                assert wire.answer().status == status


def test_the_refusal_has_a_stable_code(make_server):
    with make_server(gateway(allowed=["192.0.2.0/24"])).wire() as wire:
        wire.send(get("/readyz"))
        answer = wire.answer()

    assert (answer.status, answer.code) == (403, "address_not_allowed")


def test_behind_a_trusted_proxy_the_client_counts(make_server):
    server = make_server(gateway(allowed=["192.0.2.0/24"], trusted=[THERE]))

    def ask(source, *lines):
        return statuses(server, get("/readyz", *lines), source)

    assert ask(THERE, "X-Forwarded-For: 192.0.2.7") == [200]
    assert ask(HERE, "X-Forwarded-For: 192.0.2.7") == [403]
    assert ask(THERE, "X-Forwarded-For: 192.0.2.7, 198.51.100.1") == [403]
    assert ask(THERE, "X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 192.0.2.7") == [200]
    assert ask(THERE, "Forwarded: for=192.0.2.7") == [200]
    assert ask(THERE) == [403]


def test_a_key_may_be_good_for_some_addresses_only(make_server):
    store, now = MemoryKeys(), datetime.now(UTC)
    desk = KeyDesk(store, clock=lambda: now)
    _, text = desk.create(KeyWish(name="a", networks=[HERE]))
    server = make_server(gateway(gatekeeper=Gatekeeper(store, clock=now.timestamp)))

    sent = get("/models", f"X-Api-Key: {text}")

    assert statuses(server, sent, HERE, THERE, HERE, THERE) == [200, 403, 200, 403]
