"""Tokens of running servers, whose issuer changes its keys, hangs and goes."""

import asyncio
import time

import httpx
import pytest
from tests.access.issuing import AUDIENCE, Issuer
from tests.http.gateways import make_gateway

from golive.access.gatekeeper import Gatekeeper
from golive.access.issuer import Issuer as Source
from golive.access.key_ring import KeyRing
from golive.access.tokens import TokenRules, TokenVerifier
from golive.http.app import App
from golive.http.key_ring_watch import watch_key_ring
from golive.testing.services import fake_model


class Site:
    """An application that takes tokens, whose issuer is asked again after a fifth of a second."""

    def __init__(self, issuer):
        self.issuer = issuer
        ring = KeyRing(Source(issuer.url).fetch, clock=time.monotonic, every=0.4, pause=0.2)
        rules = TokenRules(issuer=issuer.url, audience=AUDIENCE)
        gatekeeper = Gatekeeper(None, clock=time.time, tokens=TokenVerifier(rules, ring))
        gateway, self.lines = make_gateway(fake_model("sum"), gatekeeper=gatekeeper)
        self.app = App(gateway)
        self.watch = watch_key_ring(ring, gateway.renew)

    def status(self, token):
        async def main():
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                headers = {"authorization": f"Bearer {token}"}
                return (await http.get("/models", headers=headers)).status_code

        return asyncio.run(main())

    def until(self, token, status):
        deadline = time.monotonic() + 20
        while self.status(token) != status:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def issuer():
    running = Issuer("ES256")
    yield running
    running.close()


@pytest.fixture
def site(issuer):
    made = Site(issuer)
    yield made
    made.watch.close()


def test_rotated_keys_are_fetched_and_those_before_end(site):
    first = site.issuer.token(time.time())
    site.until(first, 200)

    site.issuer.rotate("second")
    second = site.issuer.token(time.time())

    site.until(second, 200)
    assert site.status(first) in (401, 503)
    site.until(first, 401)


def test_an_issuer_that_is_gone_takes_nothing_away(site):
    token = site.issuer.token(time.time())
    site.until(token, 200)
    site.issuer.close()

    time.sleep(1)

    assert site.status(token) == 200


def test_nobody_waits_for_an_issuer_that_hangs(issuer):
    issuer.gate.clear()
    site = Site(issuer)
    token = issuer.token(time.time())
    while not issuer.asked:
        time.sleep(0.01)

    assert [site.status(token) for _ in range(3)] == [503, 503, 503]

    issuer.gate.set()
    site.until(token, 200)
    site.watch.close()


def test_the_log_names_the_subject_and_never_the_token(site):
    token = site.issuer.token(time.time())
    site.until(token, 200)

    log = "".join(site.lines)

    assert '"key":"somebody"' in log
    assert not any(part in log for part in token.split("."))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_token_ends_on_a_connection_that_is_known(start_server, issuer, workers):
    server = start_server(
        oidc_issuer=issuer.url,
        oidc_audience=AUDIENCE,
        workers=workers,
    )
    lasting = issuer.token(time.time())

    with server.client() as client:

        def status(token):
            headers = {} if token is None else {"authorization": f"Bearer {token}"}
            return client.post("/predict", json={"x": 2}, headers=headers).status_code

        def until(token, wanted):
            deadline = time.monotonic() + 20
            while status(token) != wanted:
                assert time.monotonic() < deadline
                time.sleep(0.02)

        until(lasting, 200)
        ending = issuer.token(time.time(), exp=int(time.time()) - 5)
        assert status(ending) == 200
        until(ending, 401)
        assert (status(lasting), status(None), status("a.b.c")) == (200, 401, 401)
        health = client.get("/healthz").status_code
    server.signal()
    _, log = server.end()

    assert health == 200
    assert not any(part in log for part in lasting.split("."))
