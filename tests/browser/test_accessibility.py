"""Every view at two widths, light and dark: clean for axe-core, and no wider than the screen."""

import pytest
from tests.browser.models import digit_model, loan_model, pets_model, rooms_model
from tests.browser.views import SCREENS, faults_of_views

from golive.testing.services import fake_service

pytestmark = pytest.mark.requires("chromium")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_view_of_a_model_is_accessible(open_model, accessibility_faults, screen):
    page = open_model(loan_model(threshold=0.6), **SCREENS[screen])

    assert faults_of_views(page, accessibility_faults) == []


@pytest.mark.parametrize("model", [pets_model, rooms_model, digit_model])
def test_every_kind_of_answer_is_accessible(open_model, expect, accessibility_faults, model):
    page = open_model(model(), **SCREENS["phone, dark"])
    expect(page.locator(".headline")).not_to_have_text("")

    assert accessibility_faults(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_errors_are_accessible(open_model, expect, accessibility_faults, screen):
    page = open_model(loan_model(), **SCREENS[screen])
    page.get_by_label("age", exact=True).fill("forty")
    page.get_by_label("purpose", exact=True).select_option("other …")
    expect(page.locator(".problem-title")).to_have_text("One field does not fit")

    assert accessibility_faults(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_the_list_of_models_is_accessible(serve, visit, expect, accessibility_faults, screen):
    live = serve(fake_service(loan_model(), pets_model()))
    page = visit(live.url + "/", **SCREENS[screen])
    expect(page.get_by_role("heading", level=2)).to_have_count(2)

    assert accessibility_faults(page) == []
