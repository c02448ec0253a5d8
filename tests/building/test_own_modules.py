import pytest

from golive.building.own_modules import own_modules


@pytest.fixture
def home(tmp_path):
    """A package `golive` in which one module imports another in every way."""
    files = {
        "golive/__init__.py": "",
        "golive/entry/__init__.py": "",
        "golive/entry/start.py": (
            "from typing import TYPE_CHECKING\n"
            "import msgspec\n"
            "from golive.engine import answers\n"
            "from golive.errors import GoliveError\n"
            "if TYPE_CHECKING:\n"
            "    import pandas\n"
            "    from golive.only_types import Name\n"
            "def later():\n"
            "    import numpy\n"
            "    from golive.late import value\n"
            "    from golive.cli.main import run\n"
        ),
        "golive/engine/__init__.py": "",
        "golive/engine/answers.py": "import golive.engine.deep\n",
        "golive/engine/deep.py": "",
        "golive/engine/unused.py": "",
        "golive/errors.py": "class GoliveError(Exception): ...\n",
        "golive/only_types.py": "",
        "golive/late.py": "from golive.scorer.rows import building\nvalue = 1\n",
        "golive/scorer/__init__.py": "",
        "golive/scorer/rows/__init__.py": "",
        "golive/scorer/rows/building.py": "from importlib import import_module\n",
        "golive/scorer/rows/linear.py": "OPS = {}\n",
        "golive/cli/__init__.py": "",
        "golive/cli/main.py": "import click\n",
    }
    for path, text in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_what_is_imported_at_once_or_later_is_found_with_its_packages(home):
    found = own_modules("golive.entry.start", home=home, left_out=["golive.cli"])

    assert list(found.modules) == [
        "golive",
        "golive.engine",
        "golive.engine.answers",
        "golive.engine.deep",
        "golive.entry",
        "golive.entry.start",
        "golive.errors",
        "golive.late",
        "golive.scorer",
        "golive.scorer.rows",
        "golive.scorer.rows.building",
        "golive.scorer.rows.linear",
    ]
    assert found.modules["golive.late"] == home / "golive" / "late.py"


def test_other_packages_are_told_with_the_modules_that_need_them_at_once(home):
    found = own_modules("golive.entry.start", home=home, left_out=["golive.cli"])

    assert found.others["msgspec"] == ("golive.entry.start",)
    assert found.others["numpy"] == ()
    assert "pandas" not in found.others
    assert "click" not in found.others


def test_what_was_left_out_is_told_where_something_names_it(home):
    found = own_modules("golive.entry.start", home=home, left_out=["golive.cli", "golive.absent"])

    assert found.cut == {"golive.cli.main"}


def test_an_entry_that_is_not_there_is_refused(home):
    with pytest.raises(ModuleNotFoundError, match=r"golive\.entry\.nowhere"):
        own_modules("golive.entry.nowhere", home=home)
