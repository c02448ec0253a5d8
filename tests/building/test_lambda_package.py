"""Packages for AWS Lambda: made, run under AWS's own client, and looked at."""

import hashlib
import os
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

import golive
from golive.building.errors import NotProvenError
from golive.building.interpreters import find_interpreter
from golive.building.lambda_package import build_lambda
from golive.building.proving import prove
from golive.errors import UsageError

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="session")
def lambda_cache(tmp_path_factory):
    """Where AWS's client is installed once; kept between runs where a cache is named."""
    named = os.environ.get("GOLIVE_TEST_LAMBDA_CACHE")
    return Path(named) if named else tmp_path_factory.mktemp("lambda-cache")


@pytest.fixture(scope="session")
def package(compiled, lambda_cache, tmp_path_factory):
    """The package of a compiled bundle, proven."""
    output = tmp_path_factory.mktemp("packages") / "deploy.zip"
    return build_lambda(compiled.source, output=output, cache=lambda_cache, today=TODAY)


def names_in(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


@pytest.mark.slow
@pytest.mark.requires("python3.13")
class TestOfACompiledBundle:
    def test_it_has_less_than_a_megabyte_and_a_half_beside_the_model(self, package, compiled):
        model = sum(entry.size for entry in compiled.manifest.files.values())

        assert package.zipped < 1.5 * 10**6
        assert package.zipped - model < 1.5 * 10**6

    def test_it_answers_the_golden_records_under_awss_client(self, package, compiled):
        assert package.proving is not None
        assert package.proving.records == len(compiled.golden)

    def test_it_is_for_python_3_13_and_says_why(self, package):
        assert package.platform.version == "3.13"
        assert package.python_because == "A compiled program answers alike with every Python."
        assert package.delivery.way == "direct"

    def test_everything_stands_at_the_root(self, package):
        tops = {name.partition("/")[0] for name in names_in(package.path)}

        assert {top for top in tops if not top.startswith("msgspec-")} == {
            "__pycache__",
            "bundle",
            "golive",
            "handler.py",
            "msgspec",
        }

    def test_no_original_model_and_nothing_of_its_libraries_is_in_it(self, package, compiled):
        names = names_in(package.path)

        assert f"bundle/{compiled.manifest.model.file}" not in names
        assert not [n for n in names if n.startswith(("golive/cli", "golive/packing", "numpy"))]

    def test_every_module_has_bytecode_that_nobody_checks(self, package):
        with zipfile.ZipFile(package.path) as archive:
            names = set(archive.namelist())
            flags = {archive.read(n)[4] for n in names if n.endswith(".pyc")}
        modules = {n for n in names if n.endswith(".py") and not n.startswith("bundle/")}
        without = {
            name
            for name in modules
            if f"{_folder(name)}__pycache__/{Path(name).stem}.cpython-313.pyc" not in names
        }

        assert without == set()
        assert flags == {0b01}
        assert "golive/entry/aws_lambda.pyc" in names
        assert not [n for n in modules if n.startswith("golive/")]

    def test_the_same_bundle_gives_the_same_bytes(self, package, compiled, lambda_cache, tmp_path):
        again = build_lambda(
            compiled.source, output=tmp_path / "b.zip", cache=lambda_cache, today=TODAY
        )

        assert again.sha256 == package.sha256
        assert again.sha256 == hashlib.sha256(package.path.read_bytes()).hexdigest()

    def test_its_parts_are_told_with_why_they_are_there(self, package):
        told = {part.name: part.because for part in package.contents.parts}

        assert told["golive"] == "It answers the requests."
        assert told["msgspec"] == "golive needs it."
        assert told["bundle"] == "The model, its signature and its golden records."
        sizes = [part.size for part in package.contents.parts]
        assert sizes == sorted(sizes, reverse=True)
        assert sum(sizes) <= package.unzipped

    def test_one_that_answers_otherwise_is_not_proven(
        self, package, compiled, lambda_cache, pack_small
    ):
        other = pack_small("games", compile=True)
        golden = tuple(
            type(g)(g.record, {**g.output, "score": 0.123}) if "score" in g.output else g
            for g in other.golden
        )
        other.__dict__.update(golden=golden)

        with pytest.raises(NotProvenError, match="otherwise"):
            prove(package.path, other, python=lambda_cache / "lambda/python3.13/bin/python")

    def test_one_without_its_handler_is_not_proven(self, package, compiled, lambda_cache, tmp_path):
        broken = tmp_path / "broken.zip"
        with zipfile.ZipFile(package.path) as old, zipfile.ZipFile(broken, "w") as new:
            for info in old.infolist():
                if info.filename != "bundle/scorer/program.json":
                    new.writestr(info, old.read(info))

        with pytest.raises(NotProvenError, match="does not start"):
            prove(broken, compiled, python=lambda_cache / "lambda/python3.13/bin/python")


FUNCTION = """
from dataclasses import dataclass

import numpy as np


@dataclass
class Request:
    values: list[float]


def middle(request: Request) -> float:
    return float(np.median(np.array(request.values)))
"""


@pytest.fixture(scope="session")
def function(tmp_path_factory):
    """A bundle of a function that needs NumPy."""
    folder = tmp_path_factory.mktemp("function")
    (folder / "middle.py").write_text(FUNCTION)
    (folder / "requests.jsonl").write_text('{"values": [1, 2, 9]}\n{"values": [3.5]}\n')
    return golive.pack(
        f"{folder}/middle.py:middle",
        folder / "requests.jsonl",
        name="middle",
        output=folder / "middle.bundle",
    )


@pytest.mark.slow
@pytest.mark.requires("python3.13")
def test_a_model_that_is_not_compiled_gets_its_exact_wheels_trimmed_and_answers(
    function, lambda_cache, tmp_path
):
    made = build_lambda(
        function.source,
        output=tmp_path / "deploy.zip",
        python="3.13",
        cache=lambda_cache,
        today=TODAY,
    )

    names = names_in(made.path)
    parts = {part.name: part for part in made.contents.parts}
    assert made.proving is not None
    assert f"numpy=={parts['numpy'].version}" in function.requirements
    assert parts["numpy"].because == "The model imported it when it was packed."
    assert "bundle/code/middle.py" in names
    assert not [n for n in names if n.startswith("numpy/") and "/tests/" in n]
    assert not [n for n in names if n.endswith((".pyi", ".pxd", ".h", ".a"))]
    assert [n for n in names if n.startswith("numpy.libs/")]
    assert made.contents.saved["tests"] > 1_000_000


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.requires("python3.13")
@pytest.mark.timeout(900)
def test_an_original_model_is_packaged_with_its_exact_wheels_and_answers(
    original, lambda_cache, tmp_path
):
    made = build_lambda(
        original.source,
        output=tmp_path / "deploy.zip",
        python="3.13",
        cache=lambda_cache,
        today=TODAY,
    )

    names = names_in(made.path)
    versions = {part.name: part.version for part in made.contents.parts}
    locked = dict(line.split("==") for line in original.requirements)
    assert made.proving is not None
    assert versions["scikit-learn"] == locked["scikit-learn"]
    assert versions["numpy"] == locked["numpy"]
    assert "needs it" in next(p.because for p in made.contents.parts if p.name == "threadpoolctl")
    assert not [name for name in names if "/tests/" in name and "sklearn" in name]
    assert not [name for name in names if name.endswith((".pyi", ".pxd", ".h"))]
    assert made.contents.saved["tests"] > 0
    assert "pyarrow" not in versions


def test_a_python_that_is_not_here_is_refused_with_what_can_be_done(
    compiled, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    if find_interpreter((3, 14)) is not None:
        pytest.skip("python3.14 is here")

    with pytest.raises(NotProvenError, match=r"no python3\.14 is here") as caught:
        build_lambda(compiled.source, output=tmp_path / "a.zip", python="3.14", today=TODAY)

    assert "--unproven" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_another_processor_is_refused(compiled, tmp_path):
    other = "x86_64" if os.uname().machine == "aarch64" else "arm64"
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    python = here if sys.version_info >= (3, 12) else "3.13"
    if find_interpreter(tuple(map(int, python.split(".")))) is None:
        pytest.skip(f"no python{python} is here")

    with pytest.raises(NotProvenError, match=f"{other} cannot be run on this machine"):
        build_lambda(
            compiled.source,
            output=tmp_path / "a.zip",
            python=python,
            architecture=other,
            today=TODAY,
        )


@pytest.mark.slow
def test_what_cannot_be_run_is_written_where_one_says_so(compiled, tmp_path):
    made = build_lambda(
        compiled.source,
        output=tmp_path / "a.zip",
        python="3.12",
        architecture="arm64",
        unproven=True,
        today=TODAY,
    )

    names = names_in(made.path)
    assert made.proving is None
    assert "handler.py" in names
    assert [n for n in names if n.startswith("msgspec/") and "aarch64" in n]


def test_a_directory_is_no_zip_file(compiled, tmp_path):
    with pytest.raises(UsageError, match="is a directory"):
        build_lambda(compiled.source, output=tmp_path, unproven=True, today=TODAY)


def test_the_output_stays_as_it_was_where_nothing_could_be_made(compiled, tmp_path):
    output = tmp_path / "deploy.zip"
    output.write_bytes(b"the one before")

    with pytest.raises(UsageError):
        build_lambda(compiled.source, output=output, python="2.7", today=TODAY)

    assert output.read_bytes() == b"the one before"


def _folder(name):
    return name.rpartition("/")[0] + "/" if "/" in name else ""
