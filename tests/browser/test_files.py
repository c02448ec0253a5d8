"""Images: chosen, dropped, pasted, and refused."""

import base64

import pytest
from tests.browser.models import digit_model, light_model, png

pytest.importorskip("PIL")
pytestmark = pytest.mark.requires("chromium")


def test_a_golden_image_is_shown_and_answered(open_model, expect):
    page = open_model(digit_model())

    expect(page.locator(".headline")).to_have_text("day")
    expect(page.get_by_role("img", name="picture: picture.png")).to_be_visible()


def test_a_chosen_image_is_answered(open_model, expect):
    page = open_model(digit_model())

    page.get_by_label("picture").set_input_files(
        {"name": "dark.png", "mimeType": "image/png", "buffer": png(0)}
    )

    expect(page.locator(".headline")).to_have_text("night")
    expect(page.get_by_role("img", name="picture: dark.png")).to_be_visible()


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_dropped_or_pasted_image_is_answered(open_model, expect, way):
    page = open_model(digit_model())
    expect(page.locator(".headline")).to_have_text("day")

    page.locator(".drop").evaluate(
        """(area, [way, bytes]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "dark.png", { type: "image/png" }));
          const event = way === "drop"
            ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
          area.dispatchEvent(event);
        }""",
        [way, list(png(0))],
    )

    expect(page.locator(".headline")).to_have_text("night")


def test_cells_pasted_from_a_spreadsheet_with_a_picture_of_them_are_no_image(open_model, expect):
    page = open_model(digit_model(), "table")
    expect(page.locator(".headline")).to_have_text("day")

    page.get_by_role("textbox", name="Rows").evaluate(
        """async (box, bytes) => {
          const data = new DataTransfer();
          const file = new File([new Uint8Array(bytes)], "cells.png", { type: "image/png" });
          data.setData("text/plain", "picture");
          data.items.add(file);
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
          await new Promise((done) => {
            const reader = new FileReader();
            reader.onload = () => setTimeout(done);
            reader.readAsDataURL(file);
          });
        }""",
        list(png(0)),
    )

    expect(page.locator(".file-caption")).to_contain_text("picture.png")


def test_what_is_no_image_gets_the_servers_error_beside_the_field(open_model, expect):
    page = open_model(digit_model())

    page.get_by_label("picture").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no image"}
    )

    expect(page.locator(".field .error")).to_contain_text('"picture"')
    expect(page.locator(".problem-title")).to_have_text("One field does not fit")


def test_a_removed_image_leaves_no_answer(open_model, expect):
    page = open_model(digit_model())
    expect(page.locator(".headline")).to_have_text("day")

    page.get_by_role("button", name="Remove").click()

    expect(page.get_by_text("Fill in what is missing")).to_be_visible()


def test_a_function_of_an_image_takes_a_file(open_model, expect):
    page = open_model(light_model())
    expect(page.locator(".custom")).to_have_text('{\n  "light": 7\n}')

    page.get_by_label("request", exact=True).set_input_files(
        {"name": "day.png", "mimeType": "image/png", "buffer": png(200)}
    )
    expect(page.locator(".custom")).to_have_text('{\n  "light": 200\n}')
    page.get_by_label("request", exact=True).set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no image"}
    )

    expect(page.locator(".field .error")).to_contain_text("image")


def test_many_images_are_answered_from_a_table(open_model, expect):
    page = open_model(digit_model(), "table")
    cells = [base64.b64encode(png(shade)).decode() for shade in (0, 255)]

    page.get_by_role("textbox", name="Rows").fill("\n".join(["picture", *cells, "no image"]))
    page.get_by_role("button", name="Answer all rows").click()

    expect(page.locator(".results .strong")).to_have_text(["night", "day"])
    expect(page.locator(".results .message")).to_contain_text('"picture" must be')
