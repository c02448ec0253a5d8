"""The page of each example, trained, packed and loaded as `golive serve` does."""

import pytest
from tests.browser.views import SCREENS, faults_of_views

from golive.http.plan import ServePlan
from golive.service.context import ServiceContext
from golive.service.service import Service
from golive.settings import ServeSettings
from golive.testing.services import counted_ids
from golive.wiring.models import load_models

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.slow]

EXAMPLES = ("income", "births", "banking", "matching")


@pytest.fixture(scope="module")
def model_of(prepared_examples):
    """A function that gives the model of an example as it is served; loaded once."""
    done = {}

    def load(name):
        if name not in done:
            bundle = str(prepared_examples.packed(name))
            settings = ServeSettings.load({})
            done.update(load_models(ServePlan(bundles=(bundle,), settings=settings)))
        return done[name]

    return load


@pytest.fixture
def open_example(model_of, serve, visit):
    def open_page(name, **options):
        service = Service({name: model_of(name)}, ServiceContext(new_id=counted_ids()))
        return visit(serve(service).url + "/", **options)

    return open_page


@pytest.mark.parametrize(
    "screen",
    [
        "wide, light",
        "phone, dark",
        *(pytest.param(each, marks=pytest.mark.soak) for each in ("wide, dark", "phone, light")),
    ],
)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_view_of_an_example_is_accessible(open_example, accessibility_faults, name, screen):
    page = open_example(name, **SCREENS[screen])

    assert faults_of_views(page, accessibility_faults) == []


def test_the_income_example_answers_as_it_did_when_packed(model_of, open_example, expect):
    page = open_example("income")

    for number, example in enumerate(model_of("income").examples[:5], start=1):
        expect(page.get_by_text(f"Example {number} of")).to_be_visible()
        expect(page.locator(".headline")).to_have_text(example.output["label"])
        page.get_by_role("button", name="Next example").click()


def test_the_births_example_shows_where_the_weight_lies(open_example, expect):
    page = open_example("births")

    expect(page.locator(".headline-detail")).to_have_text("weight pounds")
    expect(page.locator(".scale .hint")).to_contain_text("of the answers on the held-out sample")


def test_the_banking_example_answers_what_is_typed(open_example, expect):
    page = open_example("banking")

    page.get_by_label("text", exact=True).fill("My card has not arrived yet, where is it?")

    expect(page.locator(".headline")).to_have_text("card_arrival")
    expect(page.locator(".bars li")).to_have_count(10)


def test_the_matching_example_is_asked_in_json(open_example, expect):
    page = open_example("matching")
    expect(page.locator(".custom tbody tr").first).to_be_visible()
    request = page.get_by_role("textbox", name="As JSON")

    request.fill('{"budgets": 1}')
    expect(page.locator(".problem-title")).to_have_text("No answer for this record")
    request.fill('{"budgets": [')
    expect(page.locator(".field .error")).to_contain_text("This is not JSON yet.")
    request.fill('{"budgets": [], "all_user_expense_lineitems": []}')

    expect(page.locator(".custom pre")).to_have_text("[]")
