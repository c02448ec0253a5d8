"""The page `/docs` and its files."""

import re

import pytest

from golive.service.context import ServiceContext
from golive.service.served import Readiness
from golive.service.service import Service
from golive.testing.services import counted_ids, fake_service, get


def test_the_page_loads_only_files_that_are_served_here():
    service = fake_service()

    page = service.handle(get("/docs", accept="text/html"))

    links = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert {service.handle(get(f"/{link}")).status for link in links} == {200}
    assert len(links) == 6


def test_the_page_has_no_inline_code_and_forbids_what_it_does_not_need():
    page = fake_service().handle(get("/docs"))

    assert re.findall(r"<script>|<style| style=| on[a-z]+=", page.body.decode()) == []
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("swagger-ui.css", "text/css; charset=utf-8"),
        ("initializer.js", "text/javascript; charset=utf-8"),
        ("favicon-32x32.png", "image/png"),
    ],
)
def test_an_unchanged_file_is_not_sent_again(name, content_type):
    service = fake_service()

    first = service.handle(get(f"/docs/{name}"))
    again = service.handle(get(f"/docs/{name}", if_none_match=f'"x", {first.headers["etag"]}'))

    assert (first.status, first.headers["content-type"]) == (200, content_type)
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.facts.route == "/docs/{file}"


def test_the_page_is_there_while_the_models_are_being_loaded():
    context = ServiceContext(new_id=counted_ids(), readiness=Readiness("starting"))

    assert Service({}, context).handle(get("/docs")).status == 200


def test_no_other_file_of_the_package_is_served():
    assert fake_service().handle(get("/docs/../__init__.py")).status == 404
    assert fake_service().handle(get("/docs/swagger-editor.js")).status == 404
