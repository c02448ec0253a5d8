"""Environments: a directory with the packages of some models, made once for the same packages."""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from golive.commands import Run, last_lines, run_command
from golive.errors import GoliveError
from golive.files import private_directory, temporary_sibling

__all__ = [
    "EnvironmentNotMadeError",
    "commands_making",
    "environment_key",
    "make_environment",
    "own_requirements",
    "python_of",
]

_SHOWN_LINES = 5
_OWN = ("msgspec",)
"""What golive itself imports in a process that holds models; golive needs no installation there."""


class EnvironmentNotMadeError(GoliveError):
    """The packages of some models cannot be installed."""

    code = "environment_not_made"


def own_requirements() -> tuple[str, ...]:
    """What golive itself needs there, as it is here."""
    return tuple(f"{name}=={version(name)}" for name in _OWN)


def environment_key(requirements: Sequence[str], python: tuple[int, int]) -> str:
    """The name of the directory for these requirements and this Python: the same for the same.

    Args:
        requirements: In any order.
        python: Its version, such as `(3, 11)`.
    """
    lines = sorted({requirement.lower() for requirement in requirements})
    text = "\n".join([f"python=={python[0]}.{python[1]}", *lines])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def make_environment(
    requirements: Sequence[str],
    *,
    models: Sequence[str],
    cache: Path,
    tell: Callable[[str], object],
    run: Run | None = None,
) -> Path:
    """The Python of an environment with these packages; it is made if it is not there yet.

    It is made with uv, where that is installed, else with venv and pip; either asks the package
    index that its own settings say.

    Args:
        requirements: What has to be installed, such as `scikit-learn==1.5.2`.
        models: Whose they are, for what is told.
        cache: Where environments are kept.
        tell: Is told what takes long.
        run: Runs a command and gives what it printed, standard error with it.

    Raises:
        EnvironmentNotMadeError: A package cannot be installed, or the directory cannot be made.
    """
    wanted = sorted({*requirements, *own_requirements()}, key=str.lower)
    label = ", ".join(models)
    try:
        folder = private_directory(cache / "environments")
        root = folder / environment_key(wanted, sys.version_info[:2])
        if not python_of(root).exists():
            tell(f"Installing {len(wanted)} packages for {label}, once, into {root} …")
            started = time.monotonic()
            _make(root, wanted, label=label, run=run or run_command)
            tell(f"Installed in {time.monotonic() - started:.0f} s.")
    except OSError as error:
        raise EnvironmentNotMadeError(
            f"The packages of {label} cannot be installed: {error}",
            hint="Set GOLIVE_CACHE_DIR to a directory of your own, or give an environment that has "
            f"them: --python {models[0]}=/path/to/python",
        ) from error
    return python_of(root)


def _make(root: Path, wanted: Sequence[str], *, label: str, run: Run) -> None:
    """Make an environment beside its place, and move it there when it is whole."""
    with temporary_sibling(root) as scratch:
        made = scratch / "environment"
        listed = scratch / "requirements.txt"
        listed.write_text("".join(f"{line}\n" for line in wanted))
        for command in commands_making(made, sys.executable, install=["-r", str(listed)]):
            done = run(command)
            if done.returncode != 0:
                raise _not_made(done.stdout, wanted, label=label)
        try:
            made.rename(root)
        except OSError:
            if not python_of(root).exists():  # else another process was faster
                raise


def _not_made(output: str, wanted: Sequence[str], *, label: str) -> EnvironmentNotMadeError:
    first = label.partition(",")[0]
    return EnvironmentNotMadeError(
        f"The packages of {label} ({', '.join(wanted)}) cannot be installed:\n"
        + last_lines(output, _SHOWN_LINES),
        hint=f"Give an environment that has them: --python {first}=/path/to/python",
    )


def commands_making(
    made: Path, interpreter: str, *, install: Sequence[str], for_pip: Sequence[str] = ()
) -> list[list[str]]:
    """What makes an environment: uv, where that is installed, else venv and pip.

    Args:
        made: Its directory, which is not there yet.
        interpreter: The Python that it is of.
        install: What is installed, as uv and pip take it.
        for_pip: Options for pip where there is no uv.
    """
    python = str(python_of(made))
    uv = shutil.which("uv")
    if uv is not None:
        installing = [uv, "pip", "install", "--python", python, *install]
        return [[uv, "venv", "--python", interpreter, str(made)], installing]
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    return [[interpreter, "-m", "venv", str(made)], [*pip, *for_pip, *install]]


def python_of(root: Path) -> Path:
    """The Python of an environment."""
    return root / "bin" / "python"
