"""Commands of other programs: run without input, what they print is kept."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence

__all__ = ["Run", "last_lines", "run_command"]

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
"""Runs a command and gives what it printed, standard error with it."""


def run_command(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command, whatever its exit code.

    Raises:
        OSError: There is no such program.
    """
    return subprocess.run(  # noqa: S603 - golive's own words
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def last_lines(text: str, count: int = 5) -> str:
    """The last lines that are not empty."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-count:])
