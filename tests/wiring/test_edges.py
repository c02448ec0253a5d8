"""Origins and addresses, as whatever serves bundles finds them in the settings."""

import asyncio

import httpx
import pytest

import golive
from golive.errors import UsageError
from golive.http.plan import ServePlan
from golive.service.exchange import Request
from golive.settings import ServeSettings
from golive.wiring.answering import open_service
from golive.wiring.serving import serve

WRONG = [
    ({"cors_origins": "app.example.com"}, "--cors-origins 'app.example.com' is no origin"),
    ({"allow_ips": "10.0.0.5/8"}, "--allow-ips '10.0.0.5/8' is an address within a network"),
    ({"trusted_proxies": "proxy"}, "--trusted-proxies 'proxy' is no address and no network"),
]
TOKENS = [
    ({"oidc_issuer": "https://login.example.com"}, "for other services"),
    ({"oidc_issuer": "http://login.example.com", "oidc_audience": "a"}, "is no https:// URL"),
    ({"oidc_issuer": "https://a", "oidc_audience": "a", "oidc_jwks": "keys"}, "is no URL"),
    ({"oidc_audience": "a"}, "no issuer"),
]
ORIGIN = {"origin": "https://app.example.com"}


def asked(app, *, client=("192.0.2.7", 5000), **headers):
    async def main():
        transport = httpx.ASGITransport(app=app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as session:
            return await session.get("/healthz", headers=headers)

    return asyncio.run(main())


@pytest.mark.parametrize(("settings", "message"), WRONG)
def test_a_mistake_in_them_is_told_before_anything_is_served(bundle, settings, message):
    loaded = ServeSettings.load({}, **settings)

    with pytest.raises(UsageError, match=message):
        serve(ServePlan(bundles=(str(bundle.path),), settings=loaded), announce=print)
    with pytest.raises(UsageError, match=message):
        open_service(bundle.path, settings=loaded)
    with pytest.raises(UsageError, match=message):
        golive.asgi_app(bundle.path, **settings)


@pytest.mark.parametrize(("settings", "message"), TOKENS)
def test_settings_of_tokens_that_do_not_fit_are_told_as_well(bundle, settings, message):
    loaded = ServeSettings.load({}, **settings)

    with pytest.raises(UsageError, match=message):
        serve(ServePlan(bundles=(str(bundle.path),), settings=loaded), announce=print)
    with pytest.raises(UsageError, match=message):
        golive.asgi_app(bundle.path, **settings)


def test_a_service_without_a_server_takes_no_tokens(bundle):
    settings = ServeSettings.load({}, oidc_issuer="https://a", oidc_audience="a")

    with pytest.raises(UsageError, match="takes no tokens"):
        open_service(bundle.path, settings=settings)


def test_an_application_looks_at_the_address_that_its_server_tells(bundle):
    app = golive.asgi_app(bundle.path, allow_ips="192.0.2.0/24", trusted_proxies="10.0.0.0/8")

    def status(client, **headers):
        return asked(app, client=client, **headers).status_code

    proxied = {"x-forwarded-for": "198.51.100.1, 192.0.2.7"}
    assert [status((host, 1)) for host in ("192.0.2.7", "198.51.100.1") * 2] == [200, 403] * 2
    assert [status((host, 1), **proxied) for host in ("10.0.0.1", "198.51.100.1")] == [200, 403]
    assert status(None) == 403
    assert status(("testclient", 1)) == 403


def test_an_application_lets_pages_of_the_origins_read(bundle):
    app = golive.asgi_app(bundle.path, cors_origins=ORIGIN["origin"])

    answer = asked(app, **ORIGIN)

    assert answer.headers["access-control-allow-origin"] == ORIGIN["origin"]


def test_a_service_without_a_server_is_told_where_a_request_comes_from(bundle):
    service = open_service(bundle.path, settings=ServeSettings.load({}, allow_ips="192.0.2.7"))

    found = [
        service.handle(Request(method="GET", path="/healthz", client=client)).status
        for client in ("192.0.2.7", "192.0.2.8", None)
    ]

    assert found == [200, 403, 403]
