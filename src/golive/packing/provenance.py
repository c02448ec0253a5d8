"""Where a model came from: the commit of the working directory, the hash of the data."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

__all__ = ["git_commit"]


def git_commit(folder: Path) -> str | None:
    """The commit checked out in `folder`, with `-dirty` where tracked files have changes.

    None outside a repository, before its first commit, or without git.
    """
    git = shutil.which("git")
    if git is None:
        return None
    commit = _git(git, folder, "rev-parse", "HEAD")
    if not commit:
        return None
    changes = _git(git, folder, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}-dirty" if changes else commit


def _git(git: str, folder: Path, *arguments: str) -> str | None:
    done = subprocess.run(  # noqa: S603 - git itself, found on the PATH, with fixed arguments
        [git, "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None
