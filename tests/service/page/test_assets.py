"""The files of the page."""

import re

import pytest

from golive.service.page.assets import page_assets

ASSETS = page_assets()
MODULES = {asset.name: asset.body.decode() for asset in ASSETS.files if asset.name.endswith(".js")}


def test_every_kind_of_file_has_its_type():
    types = {asset.name.rpartition(".")[2]: asset.content_type for asset in ASSETS.files}

    assert types == {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }


def test_the_directory_is_named_by_the_content():
    assert re.fullmatch(r"static/[0-9a-f]{16}", ASSETS.directory)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_what_is_there(name):
    imported = re.findall(r'from "\./([^"]+)"', MODULES[name])

    assert set(imported) <= MODULES.keys()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_used(name):
    users = [text for text in MODULES.values() if f'"./{name}"' in text]

    assert users or name == "app.js"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_short_and_says_what_it_is(name):
    lines = MODULES[name].splitlines()

    assert len(lines) <= 200
    assert lines[0].startswith("// ")


@pytest.mark.parametrize("name", MODULES)
def test_no_module_makes_markup_of_text(name):
    ways = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser"]

    assert [way for way in ways if way in MODULES[name]] == []


def test_the_document_holds_no_script_or_style_of_its_own():
    assert re.findall(r"<style|<script>| style=| on[a-z]+=", ASSETS.document) == []


def test_nothing_is_loaded_from_elsewhere():
    texts = [ASSETS.document, *(asset.body.decode() for asset in ASSETS.files)]
    addresses = {address for text in texts for address in re.findall(r"https?://[\w./]+", text)}

    assert addresses == {"http://www.w3.org/2000/svg"}
