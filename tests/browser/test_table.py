"""Many records at once: what is pasted, answered and downloaded."""

import csv
import io

import pytest
from tests.browser.models import HOSTILE, hostile_model, loan_model, pets_model

from golive.testing.services import fake_service

pytestmark = pytest.mark.requires("chromium")

PASTED = (
    "age\tincome\tpurpose\tterm\towner\tsince\temployer\thistory\tnote\r\n"
    '40\t\tcar\t12\ttrue\t2020-01-02 03:04:05\t"A ""quoted""\nname"\t[1, 2, 3]\t=1+1\r\n'
    "old\t1.5\tboat\t13\t\t2020-01-02T03:04:05\t\t[1, 2]\t-5\r\n"
    "88\tNA\thouse\t36\tfalse\t2020-01-02T03:04:05\tx\t[1, 2, 3]\t@cmd\r\n"
)


def download_of(page):
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Download CSV").click()
    text = downloaded.value.path().read_text(encoding="utf-8-sig")
    return downloaded.value.suggested_filename, list(csv.reader(io.StringIO(text, newline="")))


def test_pasted_rows_are_answered_row_by_row(open_model, expect):
    page = open_model(loan_model(), "table")

    page.get_by_role("textbox", name="Rows").fill(PASTED)
    expect(page.get_by_text("3 rows")).to_be_visible()
    expect(page.get_by_text("Not sent, since the model has no such column: note")).to_be_visible()
    with page.expect_request("**/predict") as sent:
        page.get_by_role("button", name="Answer all rows").click()

    assert sent.value.post_data_json["records"][0] == {
        "age": "40",
        "income": None,
        "purpose": "car",
        "term": "12",
        "owner": "true",
        "since": "2020-01-02 03:04:05",
        "employer": 'A "quoted"\nname',
        "history": [1, 2, 3],
    }
    expect(page.get_by_text("2 answered, 1 with an error").first).to_be_visible()
    rows = page.locator(".results tbody tr")
    expect(rows.nth(0)).to_contain_text("lost40.0%")
    expect(rows.nth(2)).to_contain_text("paid88.0%")
    expect(rows.nth(1)).to_contain_text('"age" must be an integer')
    expect(rows.nth(1).locator(".faulty-cell")).to_have_text(["old", "13", "[1, 2]"])


def test_the_download_has_the_answers_and_no_formulas(open_model, expect):
    page = open_model(loan_model(), "table")
    page.get_by_role("textbox", name="Rows").fill(PASTED)
    page.get_by_role("button", name="Answer all rows").click()

    name, rows = download_of(page)

    assert name == "loans-answers.csv"
    assert rows[0][-6:] == ["note", "label", "score", "error_code", "error_field", "error"]
    assert rows[1][-6:] == ["'=1+1", "lost", "0.4", "", "", ""]
    assert rows[1][6] == 'A "quoted"\nname'
    assert rows[2][-6:-1] == ["-5", "", "", "wrong_type", "age"]
    assert "must be an integer" in rows[2][-1]
    assert rows[3][-6:] == ["'@cmd", "paid", "0.88", "", "", ""]


def test_a_missing_column_is_said_before_anything_is_sent(open_model, expect):
    page = open_model(loan_model(), "table")

    page.get_by_role("textbox", name="Rows").fill("age;income\n40;1\n")

    expect(
        page.get_by_text("Missing: purpose, term, owner, since, employer, history")
    ).to_be_visible()


def test_examples_can_be_filled_in_and_answered(open_model, expect):
    page = open_model(loan_model(), "table")

    page.get_by_role("button", name="Use examples").click()
    page.get_by_role("button", name="Answer all rows").click()

    expect(page.locator(".results")).to_contain_text("2 answered, 0 with an error")


def test_texts_need_no_header(open_model, expect):
    page = open_model(pets_model(), "table")

    page.get_by_role("textbox", name="Rows").fill("meow\nwoof woof\n")
    page.get_by_role("button", name="Answer all rows").click()

    expect(page.locator(".results .strong")).to_have_text(["pet_04", "pet_09"])


def test_a_file_is_read(open_model, expect):
    page = open_model(pets_model(), "table")

    content = "\ufefftext\n" + "purr\n" * 1201
    page.get_by_label("Open a file").set_input_files(
        {"name": "pets.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Answer all rows").click()

    expect(page.locator(".results")).to_contain_text("1,201 answered, 0 with an error")
    expect(page.locator(".results tbody tr")).to_have_count(200)
    expect(page.get_by_text("The first 200 rows are shown")).to_be_visible()
    _, rows = download_of(page)
    assert len(rows) == 1202


def test_fewer_are_sent_at_once_where_the_server_takes_fewer(serve, visit, expect):
    from golive.engine.decode import Decoder

    model = pets_model()
    model.engine.decoder = Decoder(model.engine.signature, max_records=100)
    page = visit(serve(fake_service(model)).url + "/#table")

    page.get_by_role("textbox", name="Rows").fill("text\n" + "purr\n" * 300)
    page.get_by_role("button", name="Answer all rows").click()

    expect(page.locator(".results")).to_contain_text("300 answered, 0 with an error")


def test_hostile_cells_stay_texts(open_model, expect):
    page = open_model(hostile_model(), "table")

    page.get_by_role("textbox", name="Rows").fill(
        f"{HOSTILE},__proto__\n{HOSTILE},b\n1,{HOSTILE}\n"
    )
    page.get_by_role("button", name="Answer all rows").click()

    expect(page.locator(".results")).to_contain_text("1 answered, 1 with an error")
    assert page.locator("img").count() == 0
    _, rows = download_of(page)
    assert rows[2][2] == HOSTILE
