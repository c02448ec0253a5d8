"""The page `/docs` in a headless Chromium."""

import pytest
from tests.service.served_models import RECORDS, real_model

from golive.service.served import Example
from golive.testing.services import fake_model, fake_service

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.slow]


def example_model():
    from msgspec.structs import replace

    model = real_model()
    return replace(model, examples=(Example(RECORDS[0], {"label": "no"}),))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_operation_is_shown_and_nothing_comes_from_elsewhere(serve, visit, scheme):
    page = visit(serve(fake_service()).url + "/docs", color_scheme=scheme)

    page.wait_for_selector("#operations-golive-predict")

    assert page.title() == "API documentation"
    assert page.locator(".opblock").count() > 10
    assert page.locator(".errors-wrapper").count() == 0


def test_several_models_are_on_one_page(serve, visit):
    page = visit(serve(fake_service(fake_model("a"), fake_model("b"))).url + "/docs")

    page.wait_for_selector("#operations-golive-predict_a")

    assert page.locator("#operations-golive-predict_b").count() == 1


def test_the_prefilled_example_is_answered(serve, visit):
    page = visit(serve(fake_service(example_model())).url + "/docs")

    page.locator("#operations-golive-predict .opblock-summary").click()
    operation = page.locator("#operations-golive-predict")
    assert '"city": "Oslo"' in operation.locator("textarea.body-param__text").input_value()
    operation.locator("button.execute").click()

    answer = operation.locator(".live-responses-table .response-col_status").nth(1)
    answer.wait_for()
    assert "200" in answer.inner_text()
    assert '"predictions"' in operation.locator(".live-responses-table").inner_text()
