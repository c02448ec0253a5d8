"""Many records at once: what is pasted, answered and downloaded."""

import csv
import io

import pytest
from tests.browser.models import HOSTILE, echo_model, hostile_model, loan_model, pets_model
from tests.browser.visits import asks

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
    with page.expect_request(asks(records=...)) as sent:
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


def test_a_line_is_a_whole_text_whatever_is_in_it(open_model, expect):
    page = open_model(pets_model(), "table")

    page.get_by_role("textbox", name="Rows").fill('story\nmeow, meow; "m"\n"purr,\nhiss"\n')
    expect(page.get_by_text("2 rows, a text each")).to_be_visible()
    with page.expect_request(asks(records=...)) as sent:
        page.get_by_role("button", name="Answer all rows").click()

    records = sent.value.post_data_json["records"]
    assert [record["story"] for record in records] == ['meow, meow; "m"', "purr,\nhiss"]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("age,income,age\n1,2,3\n", "Named more than once, the last one counts: age"),
        ("age,income\n1,2\n1,2,3\n1\n", "Rows with more or fewer cells than the first line: 2, 3"),
        ('age,income\n1,"2\n3,4\n', "A quote is opened and never closed"),
    ],
)
def test_a_table_that_is_probably_not_what_was_meant_is_warned_of(
    open_model, expect, text, warning
):
    page = open_model(loan_model(), "table")

    page.get_by_role("textbox", name="Rows").fill(text)

    expect(page.locator(".notes")).to_contain_text(warning)


def test_rows_without_a_header_are_not_sent(open_model, expect):
    page = open_model(loan_model(), "table")

    page.get_by_role("textbox", name="Rows").fill("40,1,car\n41,2,house\n")

    expect(page.get_by_text("The first line names none of the model's columns")).to_be_visible()
    expect(page.get_by_role("button", name="Answer all rows")).to_be_disabled()


@pytest.mark.parametrize(
    ("encoding", "note"),
    [("cp1252", "2 rows, a text eachThe file is not in UTF-8; it was read as Windows-1252."),
     ("utf-16", "2 rows, a text each")],
)  # fmt: skip
def test_a_file_of_another_encoding_is_read(open_model, expect, encoding, note):
    page = open_model(pets_model(), "table")

    page.get_by_label("Open a file").set_input_files(
        {"name": "pets.txt", "mimeType": "text/plain", "buffer": "Müller\n5 €\n".encode(encoding)}
    )

    expect(page.get_by_role("textbox", name="Rows")).to_have_value("Müller\n5 €\n")
    expect(page.locator(".notes")).to_have_text(note)


def test_a_flat_request_of_a_function_is_a_row(open_model, expect):
    page = open_model(echo_model(), "table")

    page.get_by_role("textbox", name="Rows").fill(
        "id,share,kind,note,is_new\n9007199254740993,1.0,1,,TRUE\nx,2,4,5,no\n"
    )
    with page.expect_request(asks(records=...)) as sent:
        page.get_by_role("button", name="Answer all rows").click()

    records = '{"id":9007199254740993,"share":1.0,"kind":1,"is_new":true}'
    faulty = '{"id":"x","share":2,"kind":"4","note":"5","is_new":"no"}'
    assert sent.value.post_data == f'{{"records":[{records},{faulty}]}}'
    expect(page.locator(".results")).to_contain_text('"id":9007199254740993,"share":1.0')


def test_a_server_that_stays_away_is_not_asked_for_every_row(open_model, expect):
    page = open_model(pets_model(), "table")
    page.route("**/predict", lambda route: route.abort())
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))

    page.get_by_role("textbox", name="Rows").fill("purr\n" * 1500)
    page.get_by_role("button", name="Answer all rows").click()

    expect(page.locator(".results")).to_contain_text("0 answered, 1,500 with an error")
    assert len([body for body in asked if body.startswith('{"records":')]) == 5


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
