import subprocess
import sys
from pathlib import Path

import pytest

from golive.building.bytecode import compile_all
from golive.building.errors import BuildError

HERE = Path(sys.executable)
UNCHECKED = 0b01


@pytest.fixture
def site(tmp_path):
    return fill(tmp_path / "one")


def fill(root):
    (root / "a").mkdir(parents=True)
    (root / "a" / "__init__.py").write_text("NAMES = {'x', 'y', 'z'}\nIS = 'x' in {'x', 'y'}\n")
    (root / "a" / "b.py").write_text("def fail():\n    raise ValueError('b')\n")
    (root / "a" / "template.py").write_text("class {{ name }}:\n")
    (root / "bundle" / "code").mkdir(parents=True)
    (root / "bundle" / "code" / "steps.py").write_text("STEPS = 1\n")
    (root / "single.py").write_text("VALUE = 1\n")
    return root


def compiled(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*.pyc"))}


def test_every_module_is_compiled_but_what_is_no_python_and_what_is_left_out(site):
    compile_all(site, HERE, left_out=["bundle"])

    tag = sys.implementation.cache_tag
    assert sorted(compiled(site)) == [
        f"__pycache__/single.{tag}.pyc",
        f"a/__pycache__/__init__.{tag}.pyc",
        f"a/__pycache__/b.{tag}.pyc",
    ]


def test_nobody_checks_the_bytecode_against_its_source(site):
    compile_all(site, HERE)

    assert {data[4] for data in compiled(site).values()} == {UNCHECKED}


def test_the_same_sources_give_the_same_bytes_wherever_they_are(site, tmp_path):
    other = fill(tmp_path / "elsewhere" / "two")

    compile_all(site, HERE)
    compile_all(other, HERE)

    assert compiled(site) == compiled(other)
    assert not any(str(tmp_path).encode() in data for data in compiled(site).values())


def test_a_traceback_shows_the_lines_of_the_source(site):
    compile_all(site, HERE)

    done = subprocess.run(
        [sys.executable, "-B", "-c", "from a.b import fail; fail()"],
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "raise ValueError('b')" in done.stderr


def test_sources_give_way_to_bytecode_where_one_says_so(site):
    compile_all(site, HERE, sourceless=["a"])

    assert sorted(p.name for p in (site / "a").iterdir()) == [
        "__init__.pyc",
        "b.pyc",
        "template.py",
    ]
    done = subprocess.run(
        [sys.executable, "-B", "-c", "import a, a.b; print(a.IS, a.b.__file__)"],
        cwd=site,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", str(site / "a" / "b.pyc")]


def test_an_interpreter_that_does_not_compile_is_told(site):
    with pytest.raises(BuildError, match="does not compile modules"):
        compile_all(site, Path("/bin/false"))
