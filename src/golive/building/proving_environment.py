"""Where packages for AWS Lambda are run: a Python with AWS's own client, made once a version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from golive import settings
from golive.backends.environments import commands_making, python_of
from golive.building.errors import BuildError
from golive.commands import Run, last_lines, run_command
from golive.files import locked, private_directory, temporary_sibling

__all__ = ["CLIENT", "make_proving_environment"]

CLIENT = "awslambdaric>=3.0"
"""The program that runs functions inside AWS Lambda."""


def make_proving_environment(
    interpreter: Path,
    version: str,
    *,
    cache: Path | None = None,
    tell: Callable[[str], object],
    run: Run | None = None,
) -> Path:
    """The Python of an environment with AWS's client; it is made if it is not there yet.

    Args:
        interpreter: A Python of the version.
        version: Such as `3.13`.
        cache: Where it is kept; None: `golive.settings.cache_dir()`.
        tell: Is told what takes long.
        run: Runs a command.

    Raises:
        BuildError: The client cannot be installed, or the directory cannot be made.
    """
    try:
        folder = private_directory((settings.cache_dir() if cache is None else cache) / "lambda")
        root = folder / f"python{version}"
        with locked(folder / f"python{version}.lock"):
            if not python_of(root).exists():
                tell(f"Installing AWS's client for Python {version}, once, into {root}")
                _make(root, interpreter, run or run_command)
    except OSError as error:
        raise BuildError(
            f"AWS's client cannot be installed: {error}",
            hint="Set GOLIVE_CACHE_DIR to a directory of your own, or pass --unproven.",
        ) from error
    return python_of(root)


def _make(root: Path, interpreter: Path, run: Run) -> None:
    with temporary_sibling(root) as scratch:
        made = scratch / "environment"
        wheels_only = ["--only-binary", ":all:"]
        for command in commands_making(
            made, str(interpreter), install=[CLIENT], for_pip=wheels_only
        ):
            done = run(command)
            if done.returncode != 0:
                raise BuildError(
                    f"AWS's client ({CLIENT}) cannot be installed for {interpreter}:\n"
                    + last_lines(done.stdout),
                    hint="Make the package index answer, or pass --unproven.",
                )
        made.rename(root)
