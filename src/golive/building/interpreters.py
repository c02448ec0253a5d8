"""Interpreters: a Python of exactly one version, found where Pythons usually are."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from golive.commands import Run, run_command

__all__ = ["find_interpreter"]

_FOLDERS = (
    "~/.pyenv/versions/{version}.*/bin/python",
    "~/.local/share/uv/python/cpython-{version}.*/bin/python3",
    "/opt/python/{version}*/bin/python3",
    "/usr/local/bin/python{version}",
)
_QUESTION = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def find_interpreter(python: tuple[int, int], *, run: Run | None = None) -> Path | None:
    """The interpreter of a version that can make environments, or None.

    The one that runs golive counts first, then `python3.N` on the path, then pyenv's and uv's.
    """
    version = f"{python[0]}.{python[1]}"
    for candidate in _candidates(version):
        try:
            done = (run or run_command)([str(candidate), "-c", _QUESTION])
        except OSError:
            continue
        if done.returncode == 0 and done.stdout.strip() == version:
            return candidate
    return None


def _candidates(version: str) -> Iterator[Path]:
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        yield Path(sys.executable)
    found = shutil.which(f"python{version}")
    if found is not None:
        yield Path(found)
    for pattern in _FOLDERS:
        path = Path(pattern.format(version=version)).expanduser()
        root = Path(path.anchor)
        yield from sorted(root.glob(str(path.relative_to(root))), reverse=True)
