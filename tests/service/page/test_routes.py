"""Who gets the page, and what comes with it."""

import re
from urllib.parse import urljoin

import pytest

from golive.service.context import ServiceContext
from golive.service.page.assets import page_assets
from golive.service.served import Readiness
from golive.service.service import Service
from golive.testing.services import counted_ids, fake_model, fake_service, get, strict_json

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SCRIPT = f"/{page_assets().directory}/app.js"


@pytest.mark.parametrize("path", ["/", "/models/sum"])
@pytest.mark.parametrize(
    "accept", [BROWSER, "text/html", "text/*", "application/json;q=0.5, text/html"]
)
def test_a_browser_gets_the_page(path, accept):
    response = fake_service().handle(get(path, accept=accept))

    assert response.status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "accept" in response.headers["vary"].split(", ")
    assert response.body.startswith(b"<!doctype html>")


@pytest.mark.parametrize("path", ["/", "/models/sum"])
@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "text/html, application/json", "text/html;q=0.1,*/*"]
)
def test_any_other_client_gets_json(path, accept):
    response = fake_service().handle(get(path, accept=accept))

    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert "accept" in response.headers["vary"].split(", ")


def test_who_takes_neither_html_nor_json_is_refused():
    response = fake_service().handle(get("/", accept="image/png"))

    assert response.status == 406
    assert strict_json(response)["code"] == "not_acceptable"


def test_the_page_may_load_and_ask_nothing_but_this_service():
    headers = fake_service().handle(get("/", accept=BROWSER)).headers

    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/models/sum"])
def test_what_the_page_loads_is_there(path):
    service = fake_service()
    document = service.handle(get(path, accept=BROWSER)).body.decode()
    addresses = re.findall(r'(?:src|href)="([^"#]*static[^"]*)"', document)

    paths = [urljoin(path, address) for address in addresses]

    assert [service.handle(get(each)).status for each in paths] == [200, 200, 200]


def test_a_file_of_the_page_may_be_kept_for_ever():
    response = fake_service().handle(get(SCRIPT))

    assert response.status == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.facts.route == "/static/{file}"


def test_a_file_is_given_whatever_is_accepted():
    assert fake_service().handle(get(SCRIPT, accept="text/css")).status == 200


@pytest.mark.parametrize(
    "path", ["/static/0000000000000000/app.js", f"{SCRIPT}/..", "/static/../secrets", "/static/"]
)
def test_there_is_nothing_else_below_static(path):
    response = fake_service().handle(get(path))

    assert response.status == 404
    assert [each for each in strict_json(response)["paths"] if "static" in each] == []


def test_several_models_have_a_page_each():
    service = fake_service(fake_model("a"), fake_model("b"))

    statuses = [
        service.handle(get(path, accept=BROWSER)).status for path in ("/", "/models/a", "/models/b")
    ]

    assert statuses == [200, 200, 200]


def test_while_the_models_are_loaded_a_browser_gets_the_page_and_others_are_told():
    context = ServiceContext(new_id=counted_ids(), readiness=Readiness("starting"))
    service = Service({}, context)

    page, json = (service.handle(get("/", accept=accept)) for accept in (BROWSER, "*/*"))

    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (json.status, strict_json(json)["code"]) == (503, "starting")
    assert json.headers["retry-after"] == "1"
