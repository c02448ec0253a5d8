"""Lambda: how large packages are, and how long their first answer takes, in fresh processes.

`make bench-lambda` packages three models three ways: compiled, the original trimmed, and the
original as pip installs it. Each is run read-only, under AWS's own client, by the Python that it is
for. The games and newsgroups need the data that GOLIVE_TEST_DATA points to.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

import golive
from benchmarks.environments import ROOT
from benchmarks.machine import this_machine
from benchmarks.progress import say
from benchmarks.quantities import table
from benchmarks.report import between_markers
from benchmarks.results import Machine
from golive.building.deterministic_zip import write_zip
from golive.building.function_process import FunctionProcess, unpacked
from golive.building.installed import size_of
from golive.building.interpreters import find_interpreter
from golive.building.lambda_contents import place_golive
from golive.building.lambda_files import place_all
from golive.building.lambda_package import build_lambda
from golive.building.lambda_settings import LambdaSettings
from golive.building.proving import prediction_event
from golive.building.proving_environment import make_proving_environment
from golive.bundle.reading import Bundle

__all__ = ["Measured", "Measurements", "lambda_table"]

WAYS = ("compiled", "original, trimmed", "original, as pip installs it")
_PYTHON = (3, 13)
_RESULTS = ROOT / "benchmarks" / "results" / "lambda.json"
_DOCUMENT = ROOT / "docs" / "aws.md"
_MARKER = "lambda start"
_STARTS = 5
_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One model, packaged one way.

    Attributes:
        model: Its name.
        way: One of `WAYS`.
        model_bytes: Of the files that answer.
        zip_bytes: Of the package.
        unzipped_bytes: Of its files.
        init_seconds: From the start of the process until it asked for an event, each time.
        first_seconds: From the start of the process to its first answer, each time.
    """

    model: str
    way: str
    model_bytes: int
    zip_bytes: int
    unzipped_bytes: int
    init_seconds: tuple[float, ...]
    first_seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """All of a run.

    Attributes:
        machine: Where.
        day: When.
        measured: What was measured.
    """

    machine: Machine
    day: str
    measured: tuple[Measured, ...]


def lambda_table(measurements: Measurements) -> str:
    """A table in Markdown: a row each model and way."""
    head = ["model, and what answers", "zip, MB", "unzipped, MB", "init, s", "first answer, s"]
    rows = [
        [
            f"{each.model}: {each.way}",
            _megabytes(each.zip_bytes),
            _megabytes(each.unzipped_bytes),
            f"{statistics.median(each.init_seconds):.2f}",
            f"{statistics.median(each.first_seconds):.2f}",
        ]
        for each in measurements.measured
    ]
    machine = measurements.machine
    note = (
        f"Medians of {_STARTS} starts, files in the disk's cache; {machine.cores} cores, "
        f"{machine.processor}, {measurements.day}."
    )
    return f"{table(head, rows)}\n\n{note}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}" if size >= 10e6 else f"{size / 1e6:,.2f}"


def _games(data: Path, folder: Path, *, compile: bool) -> Bundle:  # noqa: A002 - golive's word
    from sklearn.linear_model import LogisticRegression

    frame = pd.read_csv(data / "games" / "games-expand.csv.gz")
    model = LogisticRegression().fit(frame.drop(columns="label"), frame["label"])
    return _packed(model, frame, folder, target="label", name="games", compile=compile)


def _income(_: Path, folder: Path, *, compile: bool) -> Bundle:  # noqa: A002 - golive's word
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    frame = pd.read_csv(ROOT / "examples" / "income" / "train.csv")
    inputs = frame.drop(columns="income")
    columns = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
        remainder="passthrough",
    )
    model = make_pipeline(columns, HistGradientBoostingClassifier(max_iter=100, random_state=0))
    model.fit(inputs, frame["income"])
    return _packed(model, frame, folder, target="income", name="income", compile=compile)


def _newsgroups(data: Path, folder: Path, *, compile: bool) -> Bundle:  # noqa: A002
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, groups = [], []
    with tarfile.open(data / "newsgroups" / "20news-bydate.tar.xz") as archive:
        for member in archive:
            if member.isfile() and "train" in member.name:
                file = archive.extractfile(member)
                if file is not None:
                    texts.append(file.read().decode("latin-1"))
                    groups.append(member.name.split("/")[-2])
    words = TfidfVectorizer(max_df=0.5, min_df=2, stop_words="english")
    model = make_pipeline(words, LogisticRegression(C=100, max_iter=1000)).fit(texts, groups)
    sample = pd.DataFrame({"text": texts[::10], "group": groups[::10]})
    return _packed(model, sample, folder, target="group", name="newsgroups", compile=compile)


MODELS: dict[str, Callable[..., Bundle]] = {
    "games": _games,
    "income": _income,
    "newsgroups": _newsgroups,
}


def _packed(
    model: Any,
    frame: pd.DataFrame,
    folder: Path,
    *,
    target: str,
    name: str,
    compile: bool,  # noqa: A002
) -> Bundle:
    output = folder / f"{name}-{'compiled' if compile else 'original'}.bundle"
    return golive.pack(model, frame, target=target, name=name, output=output, compile=compile)


def measure(name: str, data: Path, folder: Path, python: Path) -> Iterator[Measured]:
    """Measure a model in all ways."""
    pack = MODELS[name]
    version = f"{_PYTHON[0]}.{_PYTHON[1]}"
    for way in WAYS:
        say(f"{name}: {way}")
        bundle = pack(data, folder, compile=way == "compiled")
        if way == WAYS[2]:
            zipped = _as_pip_installs_it(bundle, folder / f"{name}-pip", python)
        else:
            zipped = folder / f"{name}-{way.split(',')[0]}.zip"
            build_lambda(bundle.source, output=zipped, python=version, progress=say)
        yield _measured(name, way, bundle, zipped, python)


def _measured(name: str, way: str, bundle: Bundle, zipped: Path, python: Path) -> Measured:
    record = next(g.record for g in bundle.golden if "error" not in g.output)
    event = json.dumps(prediction_event([record])).encode()
    folder = "scorer/" if way == "compiled" else "model/"
    with _running(zipped) as root:
        unzipped = size_of(root)
        starts = [_start(root, python, event) for _ in range(_STARTS)]
    return Measured(
        model=name,
        way=way,
        model_bytes=sum(e.size for p, e in bundle.manifest.files.items() if p.startswith(folder)),
        zip_bytes=zipped.stat().st_size if zipped.is_file() else _zip_size(zipped),
        unzipped_bytes=unzipped,
        init_seconds=tuple(init for init, _ in starts),
        first_seconds=tuple(first for _, first in starts),
    )


@contextmanager
def _running(package: Path) -> Iterator[Path]:
    """Where a package is run: unpacked, or where it was installed."""
    if package.is_dir():
        yield package
        return
    with unpacked(package) as root:
        yield root


def _start(root: Path, python: Path, event: bytes) -> tuple[float, float]:
    """Seconds until it asked for an event, and until its first answer."""
    with (
        tempfile.TemporaryFile() as log,
        FunctionProcess(root, python=str(python), logs=log) as function,
    ):
        began = time.perf_counter()
        if not function.wait(_SECONDS):
            log.seek(0)
            raise RuntimeError(f"it does not start: {log.read().decode()[-2000:]}")
        init = time.perf_counter() - began
        outcome = function.invoke(event, seconds=_SECONDS)
        first = time.perf_counter() - began
    if outcome.kind != "answered" or json.loads(outcome.body)["statusCode"] != 200:
        raise RuntimeError(f"it does not answer: {outcome.body[:500]!r}")
    return init, first


def _as_pip_installs_it(bundle: Bundle, root: Path, python: Path) -> Path:
    """What a person does by hand: pip's own directory, untouched, with golive and the bundle."""
    wanted = [*bundle.requirements, f"msgspec=={msgspec.__version__}"]
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--target", str(root), *wanted], check=True)
    place_golive(root, is_compiled=False)
    place_all(bundle, LambdaSettings(folder=root.parent), root)
    return root


def _zip_size(root: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "package.zip"
        write_zip(root, file)
        return file.stat().st_size


def main() -> None:
    """Measure, write the JSON and the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lambda_start", description=__doc__)
    parser.add_argument("--report", action="store_true", help="only write the table again")
    parser.add_argument("--only", nargs="*", choices=MODELS, default=list(MODELS))
    options = parser.parse_args()
    for measured in [] if options.report else _run(options.only):
        whole = msgspec.json.encode(_with_older(measured))
        _RESULTS.write_bytes(msgspec.json.format(whole) + b"\n")
    read = msgspec.json.decode(_RESULTS.read_bytes(), type=Measurements)
    text = between_markers(_DOCUMENT.read_text("utf-8"), _MARKER, lambda_table(read))
    _DOCUMENT.write_text(text, "utf-8")


def _with_older(new: Measurements) -> Measurements:
    """What was measured, and of the models that were not what was measured before."""
    if not _RESULTS.is_file():
        return new
    older = msgspec.json.decode(_RESULTS.read_bytes(), type=Measurements).measured
    names = {each.model for each in new.measured}
    whole = [*(each for each in older if each.model not in names), *new.measured]
    order = [*MODELS]
    whole.sort(key=lambda each: (order.index(each.model), WAYS.index(each.way)))
    return replace(new, measured=tuple(whole))


def _run(names: list[str]) -> Iterator[Measurements]:
    """The measurements of each model, as soon as they are there."""
    data = Path(os.environ.get("GOLIVE_TEST_DATA", "."))
    if {"games", "newsgroups"} & set(names) and not (data / "games").is_dir():
        raise SystemExit("GOLIVE_TEST_DATA does not point to the larger data sets")
    interpreter = find_interpreter(_PYTHON)
    if interpreter is None:
        raise SystemExit("no python3.13 is here, for which the packages are made")
    python = make_proving_environment(interpreter, "3.13", tell=say)
    machine, day = this_machine(), time.strftime("%Y-%m-%d", time.gmtime())
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            measured = tuple(measure(name, data, Path(folder), python))
            yield Measurements(machine=machine, day=day, measured=measured)


if __name__ == "__main__":
    main()
