"""Names, labels and cards that are markup stay texts; modules tested by themselves."""

import json

import pytest
from tests.browser.models import HOSTILE, hostile_model, loan_model

from golive.service.page.assets import page_assets

pytestmark = pytest.mark.requires("chromium")


@pytest.fixture
def run(open_model):
    """A function that runs JavaScript with a module of the page as `module`."""
    page = open_model(loan_model())

    def run_with(name, code, *arguments):
        path = f"/{page_assets().directory}/{name}"
        given = json.dumps(arguments)
        return page.evaluate(
            f"async () => {{ const module = await import({path!r}); return ({code})(...{given}); }}"
        )

    return run_with


@pytest.mark.parametrize("view", ["try", "table", "code", "card", "about"])
def test_markup_in_data_is_shown_as_text(open_model, expect, view):
    page = open_model(hostile_model(), view)
    panel = page.locator(f"#panel-{view}")

    expect(panel).to_be_visible()
    if view != "table":
        expect(panel).to_contain_text(HOSTILE)
    assert page.locator("main img, main script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


def test_a_column_with_the_name_of_a_prototype_is_sent(open_model, expect):
    page = open_model(hostile_model())
    expect(page.locator(".headline")).to_have_text(HOSTILE)

    with page.expect_request("**/predict") as sent:
        page.get_by_label("__proto__", exact=True).select_option("b")

    assert json.loads(sent.value.post_data) == {HOSTILE: 1, "__proto__": "b"}


def test_csv_is_read_as_spreadsheets_write_it(run):
    tables = {
        "a,b\n1,2\n": [["a", "b"], ["1", "2"]],
        "a;b\r\n1,5;2": [["a", "b"], ["1,5", "2"]],
        "a\tb\r1\t": [["a", "b"], ["1", ""]],
        '"a\n,""x""",b\n': [['a\n,"x"', "b"]],
        "a\n\n\n1\n": [["a"], ["1"]],
        'a\n""\n': [["a"], [""]],
        'a,b\n5" pipe,x\n': [["a", "b"], ['5" pipe', "x"]],
        'a\n"open, never closed\n': [["a"], ["open, never closed\n"]],
        "": [],
    }

    read = run("csv.js", "(texts) => texts.map((text) => module.parseCsv(text))", list(tables))

    assert read == list(tables.values())


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(run):
    cells = {
        "=1+1": "'=1+1",
        "+49 30": "'+49 30",
        "-5": "-5",
        "-5e3": "-5e3",
        "-": "'-",
        " =x": "' =x",
        "@x": "'@x",
        "\t=x": '"\'\t=x"',
        -5.5: "-5.5",
        None: "",
        'a"b,c': '"a""b,c"',
    }

    written = run("csv.js", "(cells) => module.writeCsv(cells.map((cell) => [cell]))", list(cells))

    assert written == "".join(f"{text}\r\n" for text in cells.values())


def test_numbers_are_read_the_same_in_every_language(run):
    numbers = {
        "1": 1,
        " -1.5e3 ": -1500,
        "": None,
        ".5": 0.5,
        "1,5": "1,5",
        "0x10": "0x10",
        "1e400": "1e400",
        "9007199254740993": "9007199254740993",
        "Infinity": "Infinity",
    }

    read = run("number_field.js", "(texts) => texts.map(module.readNumber)", list(numbers))

    assert read == list(numbers.values())


def test_percents_claim_no_certainty(run):
    shares = {0: "0%", 0.0001: "<0.1%", 0.123456: "12.3%", 0.9999: ">99.9%", 1: "100%"}

    shown = run("format.js", "(shares) => shares.map(module.formatPercent)", list(shares))

    assert shown == list(shares.values())


def test_a_card_is_rendered(open_model, expect):
    page = open_model(loan_model(), "card")
    card = page.get_by_role("article", name="Model card")

    expect(card).not_to_contain_text("license")
    expect(card.locator("p strong").first).to_have_text("who")
    expect(card.get_by_role("link", name="the paper")).to_have_attribute(
        "href", "https://example.org/p"
    )
    expect(card.locator("tbody td")).to_have_text(["age", "in years | whole"])
    expect(card.locator("li")).to_have_text(["one", "two"])
    expect(card.locator("pre")).to_have_text("golive serve")
    expect(card.get_by_role("heading")).to_have_text(["Owner"])


def test_what_is_known_of_the_bundle_is_told(open_model, expect):
    page = open_model(loan_model(), "about")
    panel = page.locator("#panel-about")

    expect(panel).to_contain_text("January 2, 2026 at 3:04 AM UTC")
    expect(panel).to_contain_text("golive 0.1.0, Python 3.11.7")
    expect(panel).to_contain_text("The compiled model. It is faster.")
    expect(panel).to_contain_text("scikit-learn==1.5.2")
    expect(panel.locator("tbody tr").first).to_have_text("accuracy0.910.6")
    expect(panel.get_by_role("link", name="OpenAPI document")).to_be_visible()
