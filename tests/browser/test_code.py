"""The snippets, each really run, and copying them."""

import json
import subprocess
import sys

import pytest
from tests.browser.models import digit_model, loan_model, pets_model, png

pytestmark = pytest.mark.requires("chromium")

TEXT = "it's 'q' \"d\" $HOME `id` !! \\n \u2028 naïve ☃ 🚀\ta\nb --data @/etc/passwd; $(id) \x00"
SPY = """import json
import requests
post = requests.post
def spy(url, json, **options):
    print(dumps(json))
    return post(url, json=json, **options)
dumps, requests.post = json.dumps, spy
"""


def snippet(page, name):
    return page.locator(f"#snippet-{name}").text_content()


@pytest.fixture
def hostile_request(open_model, expect):
    """A page with a hostile text in its form, the body that it sent, and the answer."""
    page = open_model(pets_model())
    expect(page.locator(".headline")).to_have_text("pet_04")
    with page.expect_response("**/predict") as response:
        page.get_by_label("story").fill(TEXT)
    answer = response.value.json()["predictions"][0]
    return page, response.value.request.post_data_json, answer


@pytest.mark.requires("curl")
def test_curl_sends_the_same_request(hostile_request, tmp_path):
    page, body, answer = hostile_request
    code = snippet(page, "curl")

    sent = code.replace("curl ", "curl -sS ", 1)
    done = subprocess.run(["bash", "-euc", sent], capture_output=True, check=True, cwd=tmp_path)
    echoed = subprocess.run(
        ["bash", "-euc", 'curl() { printf %s "${@: -1}"; }\n' + code],
        capture_output=True,
        check=True,
    )

    assert json.loads(done.stdout)["predictions"][0] == answer
    assert json.loads(echoed.stdout) == body


def test_python_sends_the_same_request(hostile_request):
    page, body, answer = hostile_request
    code = snippet(page, "python")
    spied = code.replace("import requests\n", SPY, 1)

    done = subprocess.run([sys.executable, "-c", spied], capture_output=True, check=True, text=True)

    sent, printed = done.stdout.splitlines()
    assert json.loads(sent) == body
    assert printed == repr(answer)


def test_javascript_sends_the_same_request(hostile_request):
    page, body, answer = hostile_request
    code = snippet(page, "javascript").replace("console.log(", "return (")

    with page.expect_request("**/predict") as sent:
        printed = page.evaluate(f"async () => {{ {code} }}")

    assert sent.value.post_data_json == body
    assert printed == answer


def test_the_snippets_follow_the_form_and_the_threshold(open_model):
    page = open_model(loan_model())
    with page.expect_response("**/predict"):
        page.get_by_label("age", exact=True).fill("61")
    with page.expect_response("**/predict"):
        page.get_by_role("slider", name="Threshold").fill("0.9")

    assert '"age": 61' in snippet(page, "curl")
    assert '"threshold": 0.9' in snippet(page, "curl")
    assert '"owner": True' in snippet(page, "python")


def test_a_snippet_is_copied(open_model, expect):
    page = open_model(loan_model(), "code", permissions=["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy Python").click()

    expect(page.locator("#announcer")).to_have_text("Python copied")
    assert page.evaluate("navigator.clipboard.readText()") == snippet(page, "python")


@pytest.mark.requires("curl")
def test_files_are_read_where_the_snippet_runs(open_model, expect, tmp_path):
    pytest.importorskip("PIL")
    page = open_model(digit_model())
    file = {"name": "it's dark.png", "mimeType": "image/png", "buffer": png(0)}
    (tmp_path / "it's dark.png").write_bytes(png(0))
    page.get_by_label("picture").set_input_files(file)
    expect(page.locator(".headline")).to_have_text("night")

    curl = subprocess.run(
        ["bash", "-euc", snippet(page, "curl").replace("curl ", "curl -sS ", 1)],
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    python = subprocess.run(
        [sys.executable, "-c", snippet(page, "python")],
        capture_output=True,
        check=True,
        text=True,
        cwd=tmp_path,
    )

    assert json.loads(curl.stdout)["predictions"][0]["label"] == "night"
    assert "'label': 'night'" in python.stdout
    assert len(snippet(page, "curl")) < 400
