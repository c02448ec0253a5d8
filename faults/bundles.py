"""The bundles that the faults are tried on, packed as a user packs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["make_bundles"]

_MODELS = Path(__file__).resolve().parent / "models"
_ROUGH = ["--data", "sample.csv", "--include", "rough.py", "--name", "linear"]
_PACKED = {
    "echo": ["echo.py:echo", "--data", "questions.jsonl"],
    "linear": ["linear.joblib", "--data", "sample.csv"],
    "other": ["other.joblib", "--data", "sample.csv", "--name", "linear"],
    "third": ["third.joblib", "--data", "sample.csv", "--name", "linear"],
    "moody": ["moody.joblib", "--data", "sample.csv", "--include", "moody.py"],
    "crashing": ["crashing.joblib", *_ROUGH],
    "holding": ["holding.joblib", *_ROUGH],
}


def make_bundles(folder: Path) -> dict[str, Path]:
    """Train and pack the models into a new folder; their paths by name.

    `linear`, `other` and `third` are versions of one model: they answer 3n + 1, 5n + 2 and 7n + 3.
    So are `crashing` and `holding`, 11n + 4 and 13n + 5, which do not survive every n.
    """
    work = folder / "models"
    shutil.copytree(_MODELS, work, ignore=shutil.ignore_patterns("__pycache__"))
    _run(work, sys.executable, "train.py")
    bundles = {}
    for name, arguments in _PACKED.items():
        bundles[name] = folder / f"{name}.bundle"
        _run(work, sys.executable, "-m", "golive", "pack", *arguments, "-o", str(bundles[name]))
    return bundles


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ}, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
