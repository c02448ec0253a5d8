"""Trying a model: the form, the answer as one types, and what goes wrong."""

import re
import threading

import pytest
from msgspec.structs import replace
from tests.browser.models import (
    LOAN,
    echo_model,
    loan_model,
    pets_model,
    rooms_model,
    wide_model,
)
from tests.browser.visits import asks

from golive.service.context import ServiceContext
from golive.service.served import Example, Readiness
from golive.service.service import Service
from golive.testing.services import counted_ids, fake_service

pytestmark = pytest.mark.requires("chromium")


LOAN_OF_OTHER_TERMS = replace(
    loan_model(),
    examples=tuple(Example({**LOAN, "term": term}, {"label": "lost"}) for term in (18, 2024)),
)


def headline(page):
    return page.locator(".headline")


def test_the_form_is_filled_with_a_golden_record_and_answered(open_model, expect):
    page = open_model(loan_model())

    expect(headline(page)).to_have_text("lost")
    expect(page.locator(".headline-detail")).to_have_text("40.0% probability of paid")
    expect(page.get_by_role("heading", level=1)).to_have_text("loans")
    expect(page.get_by_label("age", exact=True)).to_have_value("40")
    expect(page.get_by_label("purpose", exact=True)).to_have_value("0")
    expect(page.get_by_label("since")).to_have_value("2020-05-06T07:08:09")
    expect(page.get_by_label("history")).to_have_value("[1,2,3.5]")
    expect(page.get_by_role("radio", name="yes")).to_be_checked()


def test_typing_changes_the_answer(open_model, expect):
    page = open_model(loan_model())

    page.get_by_label("age", exact=True).fill("88")

    expect(headline(page)).to_have_text("paid")
    expect(page.locator(".bars li").first).to_contain_text("paid88.0%")


def test_the_record_that_is_sent_is_the_golden_one(serve, visit):
    page = visit(serve(fake_service(loan_model())).url + "/")

    with page.expect_request("**/predict") as sent:
        page.reload()

    assert sent.value.post_data_json == LOAN


def test_empty_fields_are_null(serve, visit, expect):
    page = visit(serve(fake_service(loan_model())).url + "/")
    expect(headline(page)).to_have_text("lost")

    with page.expect_request("**/predict") as sent:
        page.get_by_role("button", name="Next example").click()

    record = sent.value.post_data_json
    assert [record[name] for name in ("income", "purpose", "owner", "employer")] == [None] * 4
    expect(headline(page)).to_have_text("paid")
    expect(page.get_by_label("employer has no value")).to_be_checked()


def test_reset_brings_the_example_back(open_model, expect):
    page = open_model(loan_model())
    page.get_by_label("age", exact=True).fill("88")

    page.get_by_role("button", name="Reset").first.click()

    expect(page.get_by_label("age", exact=True)).to_have_value("40")


def test_arrow_keys_step_a_number(open_model, expect):
    page = open_model(loan_model())

    page.get_by_label("age", exact=True).press("ArrowUp")

    expect(page.get_by_label("age", exact=True)).to_have_value("41")
    expect(page.locator(".headline-detail")).to_contain_text("41.0%")


def test_a_number_outside_the_samples_range_gets_a_note_and_an_answer(open_model, expect):
    page = open_model(loan_model())

    page.get_by_label("age", exact=True).fill("95")

    expect(page.get_by_text("Outside the sample's range, 18 to 90.")).to_be_visible()
    expect(headline(page)).to_have_text("paid")


def test_another_category_can_be_typed(open_model, expect):
    page = open_model(loan_model())

    page.get_by_label("purpose", exact=True).select_option("other …")
    with page.expect_request(asks(purpose="boat")):
        page.get_by_label("purpose: another value").fill("boat")

    expect(page.get_by_text("Not among the categories")).to_be_visible()


def test_errors_stand_beside_their_fields(open_model, expect):
    page = open_model(loan_model())
    age, history = page.get_by_label("age", exact=True), page.get_by_label("history")

    age.fill("forty")
    history.fill("[1, 2]")

    expect(age).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field .error:visible")).to_have_text(
        [re.compile('^"age" must be an integer'), re.compile('^"history" must be a list of 3')]
    )
    expect(page.locator(".problem-title")).to_have_text("2 fields do not fit")
    described = age.get_attribute("aria-describedby").split()
    texts = [page.locator(f"[id='{each}']").text_content() for each in described]
    assert any("must be an integer" in text for text in texts)

    age.fill("45")
    history.fill("[1, 2, 3]")

    expect(headline(page)).to_have_text("lost")
    expect(age).not_to_have_attribute("aria-invalid", "true")


def test_a_decimal_comma_is_not_misread(open_model, expect):
    page = open_model(loan_model(), locale="de-DE")

    page.get_by_label("income", exact=True).fill("1,5")

    expect(page.get_by_text('"income" must be a number')).to_be_visible()


def test_what_is_no_json_yet_is_said_and_not_sent(open_model, expect):
    page = open_model(loan_model())
    expect(headline(page)).to_have_text("lost")

    page.get_by_label("history").fill("[1,")

    expect(page.get_by_text("This is not JSON yet")).to_be_visible()
    expect(page.get_by_text("Fill in what is missing")).to_be_visible()


def test_a_late_answer_to_an_old_question_is_not_shown(serve, visit, expect):
    is_asked, may_answer = threading.Event(), threading.Event()

    def before(record):
        if record[0] == 77:
            is_asked.set()
            may_answer.wait(20)

    page = visit(serve(fake_service(loan_model(before=before))).url + "/")
    age = page.get_by_label("age", exact=True)
    age.fill("77")
    assert is_asked.wait(10)
    expect(page.locator(".answer")).to_have_class("card answer busy")
    age.fill("21")
    expect(page.locator(".headline-detail")).to_contain_text("21.0%")

    may_answer.set()
    page.wait_for_timeout(400)

    expect(page.locator(".headline-detail")).to_contain_text("21.0%")
    expect(page.locator(".answer")).to_have_class("card answer")


def test_another_threshold_changes_the_label_and_the_request(open_model, expect):
    page = open_model(loan_model(threshold=0.7))
    expect(page.get_by_text("“paid” from 70.0% on, as packed.")).to_be_visible()
    slider = page.get_by_role("slider", name="Threshold")

    with page.expect_request(asks(threshold=0.3)) as sent:
        slider.fill("0.3")

    assert sent.value.post_data_json == {"records": [LOAN], "threshold": 0.3}
    expect(headline(page)).to_have_text("paid")
    expect(page.locator(".threshold output")).to_have_text("30.0%")
    line, track = page.locator(".bar-threshold").bounding_box(), page.locator(".bar-track").first
    box = track.bounding_box()
    assert abs((line["x"] + 1 - box["x"]) / box["width"] - 0.3) < 0.01

    page.locator(".threshold button").click()

    expect(headline(page)).to_have_text("lost")


def test_of_many_classes_the_likeliest_are_shown_until_all_are_asked_for(open_model, expect):
    page = open_model(pets_model())
    bars = page.locator(".bars li")
    expect(bars).to_have_count(10)
    expect(bars.first).to_contain_text("pet_0471.0%")

    page.get_by_role("button", name="Show all 30 classes").click()

    expect(bars).to_have_count(30)


def test_an_example_of_a_text_model_is_a_click_away(open_model, expect):
    page = open_model(pets_model())

    page.get_by_role("button", name="woof woof").click()

    expect(page.get_by_label("story")).to_have_value("woof woof")
    expect(headline(page)).to_have_text("pet_09")


def test_a_regression_shows_its_number_and_where_it_lies(open_model, expect):
    page = open_model(rooms_model())

    page.get_by_label("rooms").fill("5")

    expect(headline(page)).to_have_text("5,000")
    expect(page.locator(".headline-detail")).to_have_text("monthly rent")
    expect(page.get_by_text("Higher than about 49% of the answers")).to_be_visible()


def test_a_record_of_very_many_columns_is_edited_as_json(open_model, expect):
    page = open_model(wide_model())

    expect(page.get_by_role("textbox")).to_have_count(1)
    expect(headline(page)).to_have_text("250")


def test_a_request_of_a_function_keeps_its_digits(open_model, expect):
    page = open_model(echo_model(more={"type": "array"}))
    expect(page.locator(".custom tbody td")).to_have_text(["9007199254740993", "1.0", "2", "a\nb"])
    request = page.get_by_role("textbox", name="As JSON")
    expect(request).to_have_value(re.compile(r'"id": 9007199254740993,\s+"share": 1\.0,'))

    with page.expect_request("**/predict") as sent:
        request.fill('{"id": -9223372036854775808, "share": 0.10000000000000000555, "kind": 1e400}')

    text = '{"id":-9223372036854775808,"share":0.10000000000000000555,"kind":1e400}'
    assert sent.value.post_data == text


def test_an_answer_may_have_a_number_that_is_called_error(open_model, expect):
    page = open_model(echo_model(error={"type": "array"}))
    request = page.get_by_role("textbox", name="As JSON")

    request.fill('{"id": 2024, "error": 0.1234567}')

    expect(page.locator(".custom thead th")).to_have_text(["id", "error"])
    expect(page.locator(".custom tbody td")).to_have_text(["2024", "0.123457"])


def test_a_flat_request_of_a_function_has_a_form(open_model, expect):
    page = open_model(echo_model())
    expect(page.locator(".custom tbody td").first).to_have_text("9007199254740993")
    expect(page.get_by_label("note", exact=True)).to_have_value("a\nb")

    with page.expect_request("**/predict") as sent:
        page.get_by_label("kind", exact=True).select_option("3")

    text = '{"id":9007199254740993,"share":1,"kind":3,"note":"a\\nb"}'
    assert sent.value.post_data == text


def test_a_category_outside_the_list_can_be_chosen_again(open_model, expect):
    page = open_model(LOAN_OF_OTHER_TERMS)
    term = page.get_by_label("term", exact=True)
    expect(term).to_have_value("unlisted 18")
    with page.expect_request(asks(term=2024)):
        page.get_by_role("button", name="Next example").click()
    expect(term).to_have_value("unlisted 2024")

    with page.expect_request(asks(term=18)):
        term.select_option("18")

    expect(term.get_by_role("option", name="2024", exact=True)).to_be_attached()


def test_a_busy_server_is_asked_again(serve, visit, expect):
    live = serve(fake_service(loan_model()))
    page = visit(live.url + "/")
    expect(headline(page)).to_have_text("lost")
    refusals = [503]

    def answer(route):
        if refusals:
            route.fulfill(
                status=refusals.pop(),
                headers={"retry-after": "1", "content-type": "application/problem+json"},
                body='{"code": "overloaded", "detail": "Too many requests wait."}',
            )
        else:
            route.continue_()

    page.route("**/predict", answer)
    page.get_by_label("age", exact=True).fill("88")

    expect(page.locator(".problem-title")).to_have_text("The server is busy")
    expect(headline(page)).to_have_text("paid")


def test_a_server_that_is_away_is_said_and_waited_for(serve, visit, expect):
    page = visit(serve(fake_service(loan_model())).url + "/")
    expect(headline(page)).to_have_text("lost")

    page.route("**/predict", lambda route: route.abort())
    page.get_by_label("age", exact=True).fill("88")
    expect(page.locator(".problem-title")).to_have_text("The server cannot be reached")
    page.unroute("**/predict")

    expect(headline(page)).to_have_text("paid")


def test_the_page_says_at_once_that_the_server_is_away(serve, visit, expect):
    page = visit(serve(fake_service(loan_model())).url + "/")
    expect(page.locator("header .health")).to_have_text("Ready")

    page.route("**/*", lambda route: route.abort())
    page.get_by_label("age", exact=True).fill("88")
    expect(page.locator("header .health")).to_have_text("Unreachable", timeout=3000)
    page.unroute("**/*")

    expect(page.locator("header .health")).to_have_text("Ready", timeout=6000)


def test_the_page_says_whether_the_service_is_ready(serve, visit, expect):
    readiness = Readiness()
    context = ServiceContext(new_id=counted_ids(), readiness=readiness)
    live = serve(fake_service(loan_model(), context=context))
    page = visit(live.url + "/")
    expect(page.locator("header .health")).to_have_text("Ready")

    readiness.drain()
    page.reload()

    expect(page.locator("header .health")).to_have_text("Ending")


def test_a_page_that_comes_too_early_waits_for_the_models(serve, visit, expect):
    context = ServiceContext(new_id=counted_ids(), readiness=Readiness("starting"))
    live = serve(Service({}, context))
    page = visit(live.url + "/")
    expect(page.get_by_text("The models are being loaded")).to_be_visible()

    context.readiness.start_serving()
    live.app.service = fake_service(loan_model())

    expect(headline(page)).to_have_text("lost")


def test_a_new_version_is_noticed(serve, visit, expect):
    live = serve(fake_service(loan_model()))
    page = visit(live.url + "/")
    expect(headline(page)).to_have_text("lost")
    live.app.service = fake_service(replace(loan_model(), version="fedcba987654"))
    page.get_by_label("age", exact=True).fill("88")

    expect(page.get_by_text("Version fedcba987654 answers now.")).to_be_visible()


def test_several_models_are_listed_and_each_has_its_page(serve, visit, expect):
    live = serve(fake_service(loan_model(), pets_model()))
    page = visit(live.url + "/")
    expect(page.get_by_role("heading", level=2)).to_have_text(["loans", "pets"])

    page.get_by_role("link", name="pets").click()

    expect(page).to_have_url(live.url + "/models/pets")
    expect(headline(page)).to_have_text("pet_04")
    page.get_by_role("link", name="All models").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")


def test_answers_are_told_to_screen_readers(open_model, expect):
    page = open_model(loan_model())

    page.get_by_label("age", exact=True).fill("88")

    expect(page.locator("#announcer")).to_have_text(
        "Answer: paid. 88.0% probability of paid", timeout=10_000
    )


def test_everything_can_be_reached_with_the_keyboard(open_model, expect):
    page = open_model(loan_model())
    expect(headline(page)).to_have_text("lost")
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
            " || document.activeElement.getAttribute('aria-label')"
        )
        seen.append(name)

    assert seen[:2] == ["Skip to the content", "Try"]
    names = ["age", "income", "purpose", "term", "yes", "since", "employer", "history", "Threshold"]
    assert [name for name in names if name not in seen] == []

    page.get_by_role("tab", name="Try").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Table")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Table")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("tabpanel", name="About")).to_be_visible()
    assert page.url.endswith("#about")
