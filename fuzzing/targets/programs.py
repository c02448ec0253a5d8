"""Programs: compiled models of strangers are refused, or answer; nothing in them is executed."""

from __future__ import annotations

import tempfile
from array import array
from pathlib import Path
from typing import Any

from fuzzing.seeds import SAMPLES
from fuzzing.target import Target, same_twice
from golive.scorer.format import ARRAYS, PROGRAM, ProgramError
from golive.scorer.loading import load_program
from golive.scorer.program import Program
from golive.scorer.writing import ProgramWriter

__all__ = ["TARGETS"]

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
_METHODS = ("probabilities", "label", "labelled", "value")
_ROWS: tuple[list[Any], ...] = (
    [1.5],
    ["a word and another word"],
    [None],
    [1.5, -2.0, 0.25],
    [1, 2.0, "Oslo", True],
    [30, "Private", "HS-grad", 9, "Divorced", None, "Husband", "x", "Male", 0, 0, 40, "Cuba"],
)
_SEPARATOR = b"\x00"


def check(data: bytes) -> None:
    """The steps come before a NUL, the arrays after it."""
    steps, _, arrays = data.partition(_SEPARATOR)
    with tempfile.TemporaryDirectory(dir=_MEMORY) as directory:
        folder = Path(directory)
        (folder / PROGRAM).write_bytes(steps)
        (folder / ARRAYS).write_bytes(arrays)
        same_twice(lambda: _answers(load_program(folder)), ProgramError)


def _answers(program: Program) -> list[str]:
    """What it says of some rows: an answer, or the error that a caller is told of."""
    for _ in program.warm():
        pass
    found = []
    for method in _METHODS:
        if program.gives(method):
            found += [_answer(program, method, row) for row in _ROWS]
    return found


def _answer(program: Program, method: str, row: list[Any]) -> str:
    try:
        return repr(program.single(method)(row))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the engine makes an answer of each of them
        return type(error).__name__


def _packed(*steps: dict[str, Any], **arrays: array[Any]) -> bytes:
    """A pipeline as an input; the names of arrays in its steps are those given here."""
    writer = ProgramWriter()
    names = {name: writer.add(each.tobytes(), each.typecode) for name, each in arrays.items()}
    for step in steps:
        if "arrays" in step:
            step["arrays"] = {name: names[name] for name in step["arrays"]}
    root = {"op": "composing.pipeline", "gives": "estimator", "width": 1, "children": list(steps)}
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        writer.write(folder, root, classes=None)
        return _joined(folder)


def _joined(folder: Path) -> bytes:
    return (folder / PROGRAM).read_bytes() + _SEPARATOR + (folder / ARRAYS).read_bytes()


def _regressor(**more: Any) -> dict[str, Any]:
    arrays = ["weights", "intercepts"]
    return {"op": "linear.regressor", "gives": "estimator", "width": 1, "arrays": arrays, **more}


_LINE = _packed(
    {"op": "inputs.numbers", "gives": "dense", "width": 1},
    _regressor(),
    weights=array("d", [2.0]),
    intercepts=array("d", [1.0]),
)
_FOREST = _packed(
    {"op": "inputs.numbers", "gives": "dense", "width": 1},
    {
        "op": "boosting.regressor", "gives": "estimator", "width": 1,
        "args": {"depth": 2, "largest_kind": 0, "link": "identity"},
        "arrays": ["features", "thresholds", "lefts", "rights", "roots", "start"],
    },
    features=array("i", [0, -1, -1]),
    thresholds=array("d", [0.5, 1.0, 2.0]),
    lefts=array("i", [1, 0, 0]),
    rights=array("i", [2, 0, 0]),
    roots=array("i", [0]),
    start=array("d", [0.0]),
)  # fmt: skip
_TEXTS = _packed(
    {"op": "inputs.text", "gives": "text", "width": 1},
    {
        "op": "text.counts", "gives": "sparse", "width": 1,
        "args": {
            "analyzer": "word", "ngrams": [1, 2], "lowercase": True, "strip_accents": "unicode",
            "pattern": r"(?u)\b\w\w+\b", "stop_words": ["and"], "is_binary": False,
        },
        "arrays": ["table", "bytes", "offsets"],
    },
    _regressor(args={"takes": "sparse"}),
    table=array("I", [1, 0]),
    bytes=array("B", b"word"),
    offsets=array("I", [0, 4]),
    weights=array("d", [2.0]),
    intercepts=array("d", [1.0]),
)  # fmt: skip
_FLAGS = _packed(
    {"op": "inputs.table", "gives": "table", "width": 1, "args": {"kinds": ["nan"]}},
    {
        "op": "encoding.flags", "gives": "dense", "width": 1,
        "args": {
            "columns": [
                {
                    "values": ["a", "b"], "places": [0, -1], "nan": None, "unseen": None,
                    "is_float": False,
                }
            ]
        },
    },
    _regressor(),
    weights=array("d", [2.0]),
    intercepts=array("d", [1.0]),
)  # fmt: skip

TARGETS = {
    "program": Target(
        about="compiled programs: steps and arrays, loaded and asked",
        check=check,
        seeds=(_LINE, _FOREST, _TEXTS, _FLAGS, _joined(SAMPLES / "format-2" / "scorer")),
        words=(
            b'"op"', b'"gives"', b'"width"', b'"args"', b'"arrays"', b'"children"', b'"dense"',
            b'"sparse"', b'"table"', b'"text"', b'"estimator"', b'"composing.union"',
            b'"composing.columns"', b'"scaling.standard"', b'"imputing.simple"',
            b'"linear.logistic"', b'"combining.voting"', b'"trees.regressor"',
            b'"neighbors.regressor"', b'"svm.regressor"', b'"neural.regressor"', b'"vectors.',
            b"1000000000", b"-1", b"null", b"[0, 1000000, ", b'"d"]', b"NaN", b"1e400",
        ),
        longest=32_768,
    )
}  # fmt: skip
