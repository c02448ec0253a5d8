"""What runs in the clean process: load the staged model, answer rows, list what was imported."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import msgspec

from golive.engine.engine import Engine
from golive.engine.golden import answer_rows
from golive.engine.loading import engine_for
from golive.errors import GoliveError
from golive.packing.clean_process import Cause, ProbeResult, ProbeTask
from golive.packing.code import missing_module
from golive.packing.requirements import imported_requirements
from golive.signature.model import JsonValue
from golive.signature.toml_reading import loads

__all__ = ["main"]


def main(task_file: str, result_file: str) -> None:
    """Do the task of one file and write what was found into another."""
    task = msgspec.json.decode(Path(task_file).read_bytes(), type=ProbeTask)
    before = frozenset(sys.modules)
    Path(result_file).write_bytes(msgspec.json.encode(_probe(task, before)))


def _probe(task: ProbeTask, before: frozenset[str]) -> ProbeResult:
    try:
        outputs, causes = _answers(_engine(task, task.signature), task.rows)
        edited = [] if task.edited is None else _answers(_engine(task, task.edited), task.rows)[0]
    except Exception as error:  # noqa: BLE001 - the edge of the process: reported, not handled
        return _failure(error)
    return ProbeResult(
        outputs=outputs,
        edited=edited,
        causes=causes,
        requirements=list(imported_requirements(before, code=Path(task.root, "code"))),
    )


def _engine(task: ProbeTask, signature: str) -> Engine:
    return engine_for(Path(task.root), task.spec, loads(signature))


def _answers(engine: Engine, rows: list[JsonValue]) -> tuple[list[JsonValue], dict[int, Cause]]:
    """Answer the rows and listen to what the engine says of those that the model failed on."""
    heard = _Heard()
    logging.getLogger("golive.engine").addHandler(heard)
    outputs: list[JsonValue] = []
    causes: dict[int, Cause] = {}
    for index, row in enumerate(rows):
        outputs += answer_rows(engine, [row])
        for error in heard.taken():
            text = f"{type(error).__name__}: {error}"
            causes[index] = Cause(error=text, missing_module=missing_module(error))
    return outputs, causes


class _Heard(logging.Handler):
    """Keeps the exceptions that were logged."""

    def __init__(self) -> None:
        super().__init__()
        self._errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's exception, if it has one."""
        if record.exc_info and record.exc_info[1] is not None:
            self._errors.append(record.exc_info[1])

    def taken(self) -> list[BaseException]:
        """What was kept since the last time."""
        taken, self._errors = self._errors, []
        return taken


def _failure(error: BaseException) -> ProbeResult:
    missing = missing_module(error)
    hint = error.hint if isinstance(error, GoliveError) else None
    message = (
        error.message if isinstance(error, GoliveError) else f"{type(error).__name__}: {error}"
    )
    return ProbeResult(failure=message, hint=hint, missing_module=missing)
