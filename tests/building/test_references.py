import pytest

from golive.building.references import names_imported_from


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import a.tests", "a.tests"),
        ("from a.tests import shared", "a.tests.shared"),
        ("from a.tests.shared import number", "a.tests.shared"),
        ("from . import tests", "a.tests"),
        ("from .tests import shared", "a.tests.shared"),
        ("from a import (\n    other,\n    tests,\n)", "a.tests"),
        ("def late():\n    from .tests import shared", "a.tests.shared"),
    ],
)
def test_an_import_is_found_however_it_is_written(tmp_path, line, name):
    write(tmp_path, "a/__init__.py", line)

    assert name in names_imported_from(tmp_path, ["tests"])


def test_a_relative_import_counts_from_its_package(tmp_path):
    write(tmp_path, "a/b/c.py", "from ..tests import shared")

    assert "a.tests.shared" in names_imported_from(tmp_path, ["tests"])


def test_a_word_in_a_text_is_no_import(tmp_path):
    write(tmp_path, "a/__init__.py", '"""The tests are elsewhere: from here import nothing."""')

    assert names_imported_from(tmp_path, ["tests"]) == frozenset()


def test_what_tests_import_of_each_other_does_not_count(tmp_path):
    write(tmp_path, "a/tests/test_a.py", "from a.tests import shared")

    found = names_imported_from(tmp_path, ["tests"], inside=[tmp_path / "a" / "tests"])

    assert found == frozenset()


def test_a_file_that_is_no_python_of_today_imports_nothing(tmp_path):
    write(tmp_path, "a/old.py", "import tests\nprint 'hello'")

    assert names_imported_from(tmp_path, ["tests"]) == frozenset()
