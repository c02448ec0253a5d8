"""Load a staged bundle in a clean process, in another directory, and answer with it there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError
from golive.signature.model import JsonValue, Signature
from golive.signature.toml_format import dumps

__all__ = ["Cause", "CleanRun", "MissingModuleError", "ProbeResult", "ProbeTask", "run_clean"]

_BOOT = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from golive.packing.probe import main; main(sys.argv[2], sys.argv[3])"
)


class MissingModuleError(ModelLoadError):
    """A module that the model needs is not importable in the clean process.

    Attributes:
        module: Its dotted name.
    """

    code = "missing_module"

    def __init__(self, message: str, *, module: str) -> None:
        super().__init__(
            message,
            hint=f"pass --code FILE (the file or folder that holds {module!r}), or install it",
        )
        self.module = module


class ProbeTask(msgspec.Struct, frozen=True, kw_only=True):
    """What the clean process is asked: load this, answer these rows, and again if `edited`."""

    root: str
    spec: ModelSpec
    signature: str
    rows: list[JsonValue]
    edited: str | None = None


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why the model failed on a row there: its error, and the module that was missing if any."""

    error: str
    missing_module: str | None = None


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the clean process found; `failure` is None where it answered."""

    outputs: list[JsonValue] = []
    edited: list[JsonValue] = []
    causes: dict[int, Cause] = {}
    requirements: list[str] = []
    failure: str | None = None
    hint: str | None = None
    missing_module: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRun:
    """A successful run.

    Attributes:
        outputs: One prediction a row.
        edited: The same with the edited signature; empty where there was none.
        causes: Position of a row to why the model failed on it; not with the edited signature.
        requirements: `name==version` of every distribution that was really imported, sorted.
    """

    outputs: tuple[JsonValue, ...]
    edited: tuple[JsonValue, ...]
    causes: dict[int, Cause]
    requirements: tuple[str, ...]


def run_clean(
    root: Path,
    spec: ModelSpec,
    signature: Signature,
    rows: list[JsonValue],
    *,
    edited: Signature | None = None,
    seconds: float = 600,
) -> CleanRun:
    """Load the staged model in a new process of this interpreter and answer rows there.

    The process starts in an empty directory, without PYTHONPATH, and sees installed packages and
    the staged `code/` only.

    Args:
        root: The staging directory, or that of a bundle.
        spec: How its model is loaded.
        signature: What it takes and gives.
        rows: What is asked, each row alone.
        edited: Another signature, with which all rows are asked again of the model loaded again.
        seconds: How long all of it may take.

    Raises:
        MissingModuleError: A module is not importable there.
        ModelLoadError: The model does not load or the process ended.
    """
    with tempfile.TemporaryDirectory(prefix="golive-clean-") as scratch:
        task, result = Path(scratch, "task.json"), Path(scratch, "result.json")
        empty = Path(scratch, "elsewhere")
        empty.mkdir()
        probe = ProbeTask(
            root=str(root.resolve()),
            spec=spec,
            signature=dumps(signature),
            rows=rows,
            edited=None if edited is None else dumps(edited),
        )
        task.write_bytes(msgspec.json.encode(probe))
        done = _run(task, result, empty, seconds)
        if not result.exists():
            raise ModelLoadError(
                f"The process that loads the model again ended with code {done.returncode}: "
                f"{_last_lines(done.stderr)}"
            )
        return _read(msgspec.json.decode(result.read_bytes(), type=ProbeResult))


def _run(
    task: Path, result: Path, folder: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    package_home = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-E", "-P", "-c", _BOOT, package_home, str(task), str(result)]
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter, our own program
            command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelLoadError(
            f"The model did not load and answer in a clean process within {seconds:.0f} s."
        ) from error


def _read(result: ProbeResult) -> CleanRun:
    if result.missing_module is not None:
        raise MissingModuleError(
            result.failure or f"The module {result.missing_module!r} is missing.",
            module=result.missing_module,
        )
    if result.failure is not None:
        raise ModelLoadError(
            f"The model does not load in a clean process: {result.failure}", hint=result.hint
        )
    return CleanRun(
        outputs=tuple(result.outputs),
        edited=tuple(result.edited),
        causes=result.causes,
        requirements=tuple(result.requirements),
    )


def _last_lines(text: str, count: int = 5) -> str:
    return "\n".join(text.strip().splitlines()[-count:]) or "it printed nothing"
