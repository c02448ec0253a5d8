"""Origins, and what they vary."""

import pytest

from golive.errors import UsageError
from golive.service.context import ServiceContext
from golive.service.cors import read_origins
from golive.service.exchange import Request
from golive.testing.services import counted_ids, fake_service, get, post

APP = "https://app.example.com"


def service(*origins):
    context = ServiceContext(new_id=counted_ids(), origins=read_origins(origins))
    return fake_service(context=context)


def preflight(names):
    headers = {
        "origin": APP,
        "access-control-request-method": "POST",
        "access-control-request-headers": names,
    }
    return Request(method="OPTIONS", path="/predict", headers=headers)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://App.Example.com", APP),
        ("https://app.example.com:443", APP),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:443", "http://localhost:443"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ("*", "*"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(text, origin):
    assert read_origins((text,)).allowed == {origin}


@pytest.mark.parametrize(
    "text",
    ["app.example.com", f"{APP}/", f"{APP}/path", "https://*.example.com", "null", "https://a b"],
)
def test_what_is_no_origin_is_misuse(text):
    with pytest.raises(UsageError, match="is no origin"):
        read_origins((text,))


def test_without_any_there_is_no_policy():
    assert read_origins(()) is None


@pytest.mark.parametrize("names", ["", "x-api-key,", "a b", "x:y", "a" * 2001, "é"])
def test_names_of_headers_that_are_none_are_not_given_back(names):
    response = service(APP).handle(preflight(names))

    assert response.status == 204
    assert "access-control-allow-headers" not in response.headers


def test_a_page_that_varies_otherwise_varies_by_origin_too():
    page = service(APP).handle(get("/", accept="text/html", origin=APP))
    small = service(APP).handle(get("/", accept="application/json"))

    assert page.headers["vary"] == "origin, accept, accept-encoding"
    assert small.headers["vary"].startswith("origin, accept")


def test_a_large_answer_varies_by_both():
    response = service(APP).handle(post([{"x": n} for n in range(2000)], origin=APP))

    assert response.status == 200
    assert response.headers["vary"] == "origin, accept-encoding"


def test_options_without_what_browsers_add_are_no_preflight():
    request = Request(method="OPTIONS", path="/predict", headers={"origin": APP})

    assert service(APP).handle(request).status == 405
