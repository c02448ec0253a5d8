"""Every example, trained in a copy of its folder."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True)
class Trained:
    """A copy of an example's folder in which `train.py` has run."""

    folder: Path
    printed: str

    def score(self, name: str) -> float:
        """Return the held-out score that was printed under this name."""
        lines = dict(line.split(": ") for line in self.printed.splitlines())
        return float(lines[f"held-out {name}"].split()[0])


@pytest.fixture(scope="session")
def train(tmp_path_factory):
    """Return a function that trains an example, once a session."""
    done: dict[str, Trained] = {}

    def run(name: str) -> Trained:
        if name not in done:
            folder = tmp_path_factory.mktemp("examples") / name
            unwanted = shutil.ignore_patterns("*.joblib", "*.bundle", "__pycache__")
            shutil.copytree(EXAMPLES / name, folder, ignore=unwanted)
            command = [sys.executable, "-W", "error", "train.py"]
            ran = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
            )
            assert (ran.returncode, ran.stderr) == (0, "")
            done[name] = Trained(folder, ran.stdout)
        return done[name]

    return run


@pytest.fixture
def matching(train, monkeypatch):
    """The module `match` of the matching example, beside its trained model."""
    for name in ("match", "features"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(train("matching").folder)
    import match

    yield match
    for name in ("match", "features"):
        sys.modules.pop(name, None)
