"""The fixtures of this folder see what goes wrong on a page."""

import pytest
from tests.browser.visits import Visit

pytestmark = pytest.mark.requires("chromium")


def test_what_a_page_throws_is_noted(browser):
    visit = Visit(browser.new_page())
    visit.page.set_content("<script>console.error('so'); throw new Error('bad')</script>")

    assert visit.errors == ["so", "bad"]


def test_a_page_that_asks_elsewhere_is_noted(browser):
    visit = Visit(browser.new_page())
    visit.page.set_content("<img src='http://127.0.0.1:9/x.png'>")

    assert visit.foreign_requests("http://127.0.0.1:8") == ["http://127.0.0.1:9/x.png"]


def test_a_picture_without_a_text_is_an_accessibility_fault(browser, accessibility_faults):
    page = browser.new_page()
    page.set_content("<html lang=en><title>t</title><main><h1>t</h1><img src='data:,'></main>")

    assert [fault.split(":")[0] for fault in accessibility_faults(page)] == ["image-alt"]
