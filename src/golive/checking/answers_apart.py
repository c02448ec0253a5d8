"""Answers of a bundle's model, given in a process of its own."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from golive.bundle.reading import Bundle, open_bundle
from golive.checking.child import command
from golive.engine.answers import entry_to_json
from golive.engine.engine import Engine
from golive.engine.loading import answering_engine
from golive.errors import GoliveError
from golive.signature.model import JsonValue

__all__ = ["Answers", "answers_apart", "main"]

_BOOT = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from golive.settings import limit_numeric_threads; limit_numeric_threads(1); "
    "from golive.checking.answers_apart import main; main(*sys.argv[2:])"
)
_SECONDS = 600.0


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle answered.

    Attributes:
        outputs: One a record, as `predictions` holds them; empty if it did not answer.
        failure: Why it did not, or an empty text.
    """

    outputs: list[JsonValue] = []
    failure: str = ""


def answers_apart(bundle: Bundle, records: Sequence[JsonValue], *, together: int = 1) -> Answers:
    """Let a bundle's model answer records in another process; what ends that one is a failure.

    Args:
        bundle: The bundle.
        records: The records, also such as JSON cannot say (infinities).
        together: How many records the model is given at once.
    """
    with tempfile.TemporaryDirectory(prefix="golive-answers-") as folder:
        asked, answered = Path(folder, "records.json"), Path(folder, "answers.json")
        asked.write_text(json.dumps(records))
        words = command(_BOOT, str(bundle.source), str(asked), str(answered), str(together))
        try:
            done = subprocess.run(  # noqa: S603  # our own interpreter, our own program
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answers(failure=f"it did not answer within {_SECONDS:.0f} s")
        if answered.exists():
            return msgspec.json.decode(answered.read_bytes(), type=Answers)
        said = done.stderr.strip().splitlines()[-1:] or ["it printed nothing"]
        return Answers(failure=f"its process ended with code {done.returncode}: {said[0]}")


def main(path: str, records_file: str, answers_file: str, together: str) -> None:
    """Answer the records of one file with a bundle, into another file."""
    records = json.loads(Path(records_file).read_text())
    try:
        engine = answering_engine(open_bundle(Path(path)))
        answers = Answers(outputs=_outputs(engine, records, int(together)))
    except GoliveError as error:
        answers = Answers(failure=error.message)
    Path(answers_file).write_bytes(msgspec.json.encode(answers))


def _outputs(engine: Engine, records: list[JsonValue], together: int) -> list[JsonValue]:
    return [
        entry_to_json(entry)
        for start in range(0, len(records), together)
        for entry in engine.answer(engine.decoder.decode_rows(records[start : start + together]))
    ]
