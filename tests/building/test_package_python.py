import sys
import zipfile

import pytest

from golive.building.errors import NotProvenError
from golive.building.package_python import built_for, python_for


@pytest.fixture
def package_with(tmp_path):
    """A zip file with empty files of these names."""

    def make(*names):
        with zipfile.ZipFile(tmp_path / "deploy.zip", "w") as archive:
            for name in names:
                archive.writestr(name, "")
        return tmp_path / "deploy.zip"

    return make


def test_bytecode_tells_which_python_a_package_is_for(package_with):
    package = package_with("handler.py", "golive/a.pyc", "msgspec/__pycache__/a.cpython-313.pyc")

    assert built_for(package) == (3, 13)


def test_without_bytecode_the_python_of_golive_runs_it(package_with):
    package = package_with("handler.py")

    assert built_for(package) is None
    assert python_for(package, tell=print) == sys.executable


def test_what_is_no_zip_file_is_for_none(tmp_path):
    (tmp_path / "deploy.zip").write_bytes(b"zip")

    assert built_for(tmp_path / "deploy.zip") is None


def test_a_python_that_is_not_here_is_told(package_with):
    package = package_with("__pycache__/handler.cpython-399.pyc")

    with pytest.raises(NotProvenError, match=r"no python3\.99 is here"):
        python_for(package, tell=print)
