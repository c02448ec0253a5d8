"""What runs in the clean process: load the staged model, answer rows, list what was imported."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from golive.engine.golden import answer_rows
from golive.engine.loading import engine_for
from golive.errors import GoliveError
from golive.packing.clean_process import ProbeResult, ProbeTask
from golive.packing.code import missing_module
from golive.packing.requirements import imported_requirements
from golive.signature.toml_format import loads

__all__ = ["main"]


def main(task_file: str, result_file: str) -> None:
    """Do the task of one file and write what was found into another."""
    task = msgspec.json.decode(Path(task_file).read_bytes(), type=ProbeTask)
    before = frozenset(sys.modules)
    Path(result_file).write_bytes(msgspec.json.encode(_probe(task, before)))


def _probe(task: ProbeTask, before: frozenset[str]) -> ProbeResult:
    try:
        engine = engine_for(Path(task.root), task.spec, loads(task.signature))
        outputs = answer_rows(engine, task.rows)
    except Exception as error:  # noqa: BLE001 - the edge of the process: reported, not handled
        return _failure(error)
    return ProbeResult(
        outputs=outputs,
        requirements=list(imported_requirements(before, code=Path(task.root, "code"))),
    )


def _failure(error: BaseException) -> ProbeResult:
    missing = missing_module(error)
    hint = error.hint if isinstance(error, GoliveError) else None
    message = (
        error.message if isinstance(error, GoliveError) else f"{type(error).__name__}: {error}"
    )
    return ProbeResult(failure=message, hint=hint, missing_module=missing)
