from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from golive.errors import PackError, UsageError
from golive.packing.code import add_code, add_module, is_local


def test_installed_and_standard_modules_are_not_local(tmp_path):
    assert not is_local(Path(json.__file__))
    assert not is_local(Path(np.__file__))
    assert is_local(tmp_path / "mine.py")


def test_a_module_beside_the_model_is_copied_with_its_package(tmp_path):
    package = tmp_path / "beside" / "cleaning"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "dates.py").write_text("YEAR = 2020\n")
    staging = tmp_path / "staging"

    added = add_module(staging, "cleaning.dates", [tmp_path / "beside"])

    assert added
    files = sorted(str(p.relative_to(staging)) for p in staging.rglob("*") if p.is_file())
    assert files == ["code/cleaning/__init__.py", "code/cleaning/dates.py"]


def test_an_installed_module_is_not_copied(tmp_path):
    assert not add_module(tmp_path, "numpy", [])
    assert not add_module(tmp_path, "no_such_module_anywhere", [tmp_path])


def test_a_module_that_is_there_and_still_missing_is_an_error(tmp_path):
    (tmp_path / "mine.py").write_text("")
    add_module(tmp_path / "staging", "mine", [tmp_path])

    with pytest.raises(PackError, match="cannot be imported from the bundle"):
        add_module(tmp_path / "staging", "mine", [tmp_path])


def test_naming_a_file_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(UsageError, match=r"no file or folder .*gone\.py"):
        add_code(tmp_path, [tmp_path / "gone.py"])
