"""Compile: microseconds a row of the original, of ONNX Runtime and of golive's compiled scorer.

`make bench-compile` runs it over all exporters, with batches of 1, 8, 64 and 1,024 rows, and takes
the time from the start of a process to its first answer. It takes some minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.environments import ROOT
from benchmarks.machine import this_machine
from benchmarks.pipelines import Pipeline, asked_for, dump, pipelines, signature_for
from benchmarks.progress import say
from benchmarks.quantities import ABSENT, table
from benchmarks.report import between_markers
from benchmarks.results import Machine
from golive.bundle.layout import PROGRAM_FOLDER
from golive.compiling.compile import write_program
from golive.compiling.exporting import NotExportableError
from golive.runtimes.compiled import load_compiled
from golive.runtimes.protocols import Batch

__all__ = ["Measured", "Measurements", "compile_table"]

SIZES = (1, 8, 64, 1024)
_WAYS = ("original", "onnx", "compiled")
_RESULTS = ROOT / "benchmarks" / "results" / "compile.json"
_LEAST = 0.05
_Call = Callable[[int], Callable[[], object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One pipeline.

    Attributes:
        name: Of it.
        microseconds: A row, by way and size of the batch; no way that could not be made.
        cold_seconds: From the start of a process to its first answer, by way.
        problems: Why a way could not be made.
    """

    name: str
    microseconds: dict[str, dict[int, float]]
    cold_seconds: dict[str, float]
    problems: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """All of a run.

    Attributes:
        machine: Where.
        pipelines: What was measured.
        left_out: Exporters that have no example here.
    """

    machine: Machine
    pipelines: tuple[Measured, ...]
    left_out: tuple[str, ...]


def compile_table(measurements: Measurements) -> str:
    """A table in Markdown: a row each pipeline, µs a row by way and batch, and the start."""
    sizes = [f"{size:,}" for size in SIZES]
    head = ["µs a row, in batches of", *sizes, "start, s"]
    rows = [_row(each) for each in measurements.pipelines]
    note = "Original / ONNX Runtime / compiled."
    problems = [
        f"- {each.name}, {way}: {text}"
        for each in measurements.pipelines
        for way, text in each.problems.items()
        if way == "compiled"
    ]
    problems += [f"- {name}: no example here" for name in measurements.left_out]
    parts = [note, table(head, rows)]
    return "\n\n".join([*parts, "Not compiled:\n\n" + "\n".join(problems)] if problems else parts)


def _row(measured: Measured) -> list[str]:
    cells = []
    for size in SIZES:
        values = [measured.microseconds.get(way, {}).get(size) for way in _WAYS]
        cells.append(" / ".join(ABSENT if v is None else _micro(v) for v in values))
    starts = [measured.cold_seconds.get(way) for way in _WAYS]
    cells.append(" / ".join(ABSENT if v is None else f"{v:.2f}" for v in starts))
    return [measured.name, *cells]


def _micro(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def measure(pipeline: Pipeline) -> Measured:
    """Measure one pipeline in all ways that it can be answered."""
    micro: dict[str, dict[int, float]] = {}
    cold: dict[str, float] = {}
    problems: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        makers = {"original": _original, "onnx": _onnx, "compiled": _compiled}
        for way, make in makers.items():
            try:
                call, start = make(pipeline, folder)
                micro[way] = {size: _microseconds(call(size), size) for size in SIZES}
                cold[way] = _cold_seconds(start, 3 if _is_served(pipeline) else 1)
            except NotExportableError as error:
                problems[way] = str(error)
            except Exception as error:  # noqa: BLE001 - what a converter raises is its business
                problems[way] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return Measured(name=pipeline.name, microseconds=micro, cold_seconds=cold, problems=problems)


def _original(pipeline: Pipeline, folder: Path) -> tuple[_Call, str]:
    estimator = pipeline.estimator
    method = asked_for(pipeline)
    answer = getattr(estimator, method)
    model, rows = dump(pipeline, folder), folder / "rows.joblib"
    import joblib

    joblib.dump(_rows(pipeline.data, 1), rows)
    start = f"import joblib; joblib.load({str(model)!r}).{method}(joblib.load({str(rows)!r}))"

    def call(size: int) -> Callable[[], object]:
        batch = _rows(pipeline.data, size)
        return lambda: answer(batch)

    return call, start


def _compiled(pipeline: Pipeline, folder: Path) -> tuple[_Call, str]:
    signature = signature_for(pipeline)
    (folder / PROGRAM_FOLDER).mkdir()
    write_program(pipeline.estimator, signature, folder / PROGRAM_FOLDER)
    model = load_compiled(folder, signature)
    records = _records(pipeline.data)
    model.settle(_batch(records, max(SIZES)))
    model.warm()
    start = (
        "from pathlib import Path; from golive.scorer.loading import load_program; "
        f"p = load_program(Path({str(folder / PROGRAM_FOLDER)!r})); r = {records[:1]!r}; "
        "(p.values if p.classes is None else p.labels)(r)"
    )

    def call(size: int) -> Callable[[], object]:
        batch = _batch(records, size)
        return lambda: model.predict(batch)

    return call, start


def _onnx(pipeline: Pipeline, folder: Path) -> tuple[_Call, str]:
    import onnxruntime
    from skl2onnx import to_onnx

    if not isinstance(pipeline.data, np.ndarray):
        raise NotExportableError("measured for matrices of numbers only")
    rows = pipeline.data.astype(np.float32)
    options = {id(pipeline.estimator): {"zipmap": False}} if _has_classes(pipeline) else None
    graph = to_onnx(pipeline.estimator, rows[:1], options=options).SerializeToString()
    file = folder / "model.onnx"
    file.write_bytes(graph)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    start = (
        "import onnxruntime as o, numpy as n; "
        f"s = o.InferenceSession({str(file)!r}, providers=['CPUExecutionProvider']); "
        f"s.run(None, {{{name!r}: n.array({rows[:1].tolist()!r}, n.float32)}})"
    )

    def call(size: int) -> Callable[[], object]:
        batch = {name: np.resize(rows, (size, rows.shape[1]))}
        return lambda: session.run(None, batch)

    return call, start


def _has_classes(pipeline: Pipeline) -> bool:
    return hasattr(pipeline.estimator, "predict_proba")


def _rows(data: Any, size: int) -> Any:
    places = [at % len(data) for at in range(size)]
    if isinstance(data, list):
        return [data[at] for at in places]
    return data[places] if isinstance(data, np.ndarray) else data.iloc[places]


def _records(data: Any) -> list[list[Any]]:
    if isinstance(data, list):
        return [[text] for text in data]
    if isinstance(data, np.ndarray):
        rows: list[list[Any]] = data.tolist()
        return rows
    columns = [
        [None if absent else v for v, absent in zip(data[n].tolist(), data[n].isna(), strict=True)]
        for n in data.columns
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def _batch(records: list[list[Any]], size: int) -> Batch:
    rows = [records[at % len(records)] for at in range(size)]
    return Batch(columns=tuple(map(list, zip(*rows, strict=True))), size=size)


def _microseconds(call: Callable[[], object], size: int) -> float:
    """The median over five measurements of the processor's time for a row."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call()
        calls, found = 1, _timed(call, 1)
        while found < _LEAST / 5 and calls < 100_000:
            calls, found = calls * 4, _timed(call, calls * 4)
        times = [_timed(call, calls) for _ in range(5)]
    return round(statistics.median(times) / calls / size * 1e6, 4)


def _timed(call: Callable[[], object], calls: int) -> float:
    begin = time.process_time()
    for _ in range(calls):
        call()
    return time.process_time() - begin


def _is_served(pipeline: Pipeline) -> bool:
    return pipeline.name.startswith("served")


def _cold_seconds(start: str, processes: int) -> float:
    """The median of some processes from their start to their end after the first answer."""
    paths = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    variables = {**os.environ, "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore"}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # it would measure Python's compiler
    times = []
    for _ in range(processes):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", start], env=variables, check=True, timeout=120)
        times.append(time.perf_counter() - begin)
    return round(statistics.median(times), 4)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="make bench-compile", description=__doc__)
    parser.add_argument("--only", default="", help="a regular expression of names; others stay")
    parser.add_argument("--report", action="store_true", help="only write the document again")
    parser.add_argument("--output", type=Path, default=_RESULTS, help="the JSON file")
    options = parser.parse_args()
    if options.report and not options.output.exists():
        say(f"nothing has been measured yet: there is no {options.output}")
        return 0
    if not options.report:
        _run(options.only, options.output)
    found = msgspec.json.decode(options.output.read_bytes(), type=Measurements)
    if options.output == _RESULTS:
        document = ROOT / "docs" / "benchmarks.md"
        text = between_markers(document.read_text("utf-8"), "compile", compile_table(found))
        document.write_text(text, "utf-8")
    return 0


def _run(only: str, output: Path) -> None:
    """Measure, and write what there is after each pipeline, so that no trouble costs all of it."""
    machine = this_machine()
    before = _measured_before(output) if only else ()
    found: dict[str, Measured] = {each.name: each for each in before}
    left_out: list[str] = []
    for name, make in pipelines():
        if not re.search(only, name):
            continue
        pipeline = make()
        if pipeline is None:
            left_out.append(name)
            continue
        say(pipeline.name)
        found[pipeline.name] = measure(pipeline)
        measured = Measurements(
            machine=machine, pipelines=tuple(found.values()), left_out=tuple(left_out)
        )
        _save(measured, output)


def _measured_before(output: Path) -> tuple[Measured, ...]:
    """What an earlier run measured; with `--only`, what is not measured again stays."""
    if not output.exists():
        return ()
    return msgspec.json.decode(output.read_bytes(), type=Measurements).pipelines


def _save(measurements: Measurements, output: Path) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(msgspec.json.format(msgspec.json.encode(measurements), indent=1) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
