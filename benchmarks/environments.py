"""The environments of the peers: one each, in the user's cache, used again until it changes."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.progress import say

__all__ = ["ROOT", "Environment", "InstallFailedError", "versions_of"]

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 1500


class InstallFailedError(Exception):
    """A peer cannot be installed here; the message is what pip said."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment that holds what a peer needs.

    Attributes:
        name: What to call it in messages.
        requirements: What pip is asked for.
    """

    name: str
    requirements: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it lies in the cache, named after what is in it."""
        digest = hashlib.sha256("\n".join(self.requirements).encode()).hexdigest()[:12]
        return _cache() / f"{self.name}-{digest}-{platform.python_version()}"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def ensure(self) -> Path:
        """Make it unless it is there; its interpreter.

        Raises:
            InstallFailedError: pip cannot install the requirements here.
        """
        with _locked(self.folder.with_name(f"{self.folder.name}.lock")):
            done = self.folder / ".made"
            if not done.exists():
                self._make()
                done.touch()
        return self.python

    def _make(self) -> None:
        say(f"installing {self.name} into {self.folder}")
        shutil.rmtree(self.folder, ignore_errors=True)
        venv.create(self.folder, with_pip=True)
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        try:
            done = subprocess.run(
                [*pip, *self.requirements],
                capture_output=True,
                text=True,
                check=False,
                timeout=_PATIENCE,
            )
        except subprocess.TimeoutExpired as error:
            raise InstallFailedError(f"pip was not done after {_PATIENCE} s") from error
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise InstallFailedError(lines[0] if lines else done.stderr.strip()[-300:])


def versions_of(python: Path, packages: tuple[str, ...]) -> dict[str, str]:
    """The versions of those packages that an environment has."""
    code = (
        "import importlib.metadata as m, json, sys\n"
        "found = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
        "print(json.dumps({n: found[n.lower()] for n in sys.argv[1:] if n.lower() in found}))"
    )
    command = [str(python), "-c", code, *packages]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    versions: dict[str, str] = json.loads(listed)
    return versions


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "golive-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Wait until no other process holds the file."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
