import subprocess
import sys

import pytest

from golive.building.trimming import trim

METADATA = "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: b\n\n# A\n\nLong prose.\n"


@pytest.fixture
def site(tmp_path):
    """A directory with one installed package, as a wheel leaves it."""
    files = {
        "a/__init__.py": "from a import core\nVALUE = core.VALUE\n",
        "a/core.py": "VALUE = 7\n",
        "a/core.pyi": "VALUE: int\n",
        "a/py.typed": "",
        "a/fast.pyx": "cdef int x\n",
        "a/include/a.h": "int a;\n",
        "a/tests/__init__.py": "",
        "a/tests/test_core.py": "import a\n",
        "a/sub/tests/test_sub.py": "import a\n",
        "a/docs/index.rst": "A\n=\n",
        "a/conftest.py": "import pytest\n",
        "a/data/table.csv": "1,2\n",
        "a/__pycache__/core.cpython-311.pyc": "x",
        "bin/a": "#!/usr/bin/python\n",
        ".lock": "",
        "a-1.0.dist-info/METADATA": METADATA,
        "a-1.0.dist-info/RECORD": "a/__init__.py,,\n",
        "a-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n",
        "a-1.0.dist-info/INSTALLER": "pip\n",
        "a-1.0.dist-info/licenses/LICENSE": "Free.\n",
        "a-1.0.dist-info/entry_points.txt": "[a]\nb = a:VALUE\n",
    }
    for path, text in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def names(site):
    return sorted(p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file())


def test_what_answering_reads_stays_and_nothing_else(site):
    saved = trim(site)

    assert names(site) == [
        "a-1.0.dist-info/METADATA",
        "a-1.0.dist-info/entry_points.txt",
        "a-1.0.dist-info/licenses/LICENSE",
        "a/__init__.py",
        "a/core.py",
        "a/data/table.csv",
    ]
    assert set(saved) == {
        "tests",
        "documents",
        "sources",
        "stubs",
        "scripts",
        "metadata",
        "bytecode",
    }
    assert saved["tests"] == len("import a\n") * 2 + len("import pytest\n")


def test_no_empty_folder_stays(site):
    trim(site)

    assert [p for p in site.rglob("*") if p.is_dir() and not any(p.iterdir())] == []


def test_a_trimmed_package_still_imports_and_knows_its_version(site):
    trim(site)

    code = "import a, importlib.metadata as m; print(a.VALUE, m.version('a'), m.requires('a'))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "7 1.0 ['b']\n"


def test_tests_that_a_module_imports_stay(site):
    (site / "a" / "core.py").write_text("from a.tests import shared\n")

    trim(site)

    assert "a/tests/test_core.py" in names(site)
    assert "a/sub/tests/test_sub.py" not in names(site)


def test_stubs_by_which_a_package_loads_itself_stay(site):
    (site / "a" / "__init__.py").write_text(
        "import lazy_loader as lazy\n__getattr__, *_ = lazy.attach_stub(__name__, __file__)\n"
    )

    trim(site)

    assert "a/core.pyi" in names(site)


def test_a_package_that_is_named_bin_stays(site):
    (site / "bin" / "__init__.py").write_text("")

    trim(site)

    assert "bin/__init__.py" in names(site)


def test_a_file_that_is_linked_to_a_cache_is_left_as_it_was_there(site, tmp_path_factory):
    cached = tmp_path_factory.mktemp("cache") / "METADATA"
    cached.hardlink_to(site / "a-1.0.dist-info" / "METADATA")

    trim(site)

    assert cached.read_text() == METADATA
