"""A headless Chromium for pages that the service gives, and what must hold on every one of them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from tests.browser.live_service import serving
from tests.browser.visits import Visit

from golive.service.context import ServiceContext
from golive.service.service import Service
from golive.testing.services import counted_ids


@pytest.fixture(scope="module")
def browser(chromium):
    """A headless Chromium for the tests of one module.

    Not for the session: while Playwright runs, its thread has a running event loop, with which
    other modules' tests could not start theirs.
    """
    playwright_api = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def serve():
    """A function that serves a service until the test ends, and gives a `LiveService`."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(serving(service))


@pytest.fixture
def visit(browser):
    """A function that opens an address, and checks at the end that nothing went wrong there.

    Keywords are those of Playwright's `Browser.new_context`, such as `viewport`.
    """
    visits = []

    def open_address(url, **options):
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        opened = Visit(context.new_page())
        visits.append((url, opened))
        opened.page.goto(url)
        return opened.page

    yield open_address

    for url, opened in visits:
        origin = "/".join(url.split("/")[:3])
        outcome = (opened.errors, opened.violations(), opened.foreign_requests(origin))
        opened.page.context.close()
        assert outcome == ([], [], [])


@pytest.fixture
def accessibility_faults():
    """A function that runs axe-core on a page and gives what it finds, each as one text."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def check(page):
        violations = axe.run(page).response["violations"]
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]

    return check


@pytest.fixture
def expect():
    """Playwright's assertions, which wait for what they assert."""
    return pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def open_model(serve, visit):
    """A function that serves a model and opens its page, at `#try` or the fragment given."""

    def open_page(model, fragment="try", **options):
        service = Service({model.name: model}, ServiceContext(new_id=counted_ids()))
        return visit(f"{serve(service).url}/#{fragment}", **options)

    return open_page
