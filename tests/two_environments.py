"""Two environments that hold different versions of one package, and a model packed in each."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from functools import cached_property
from pathlib import Path

__all__ = ["SOURCE", "TwoEnvironments"]

SOURCE = Path(__file__).resolve().parents[1] / "src"

MODEL = '''
import ctypes
import os
import time
from dataclasses import dataclass

import tiny_rules


@dataclass
class Question:
    n: int
    fault: str | None = None


def score(question: Question) -> int:
    """The number times the factor of the rules, or what was asked for."""
    if question.fault == "abort":
        os.abort()
    if question.fault == "exit":
        os._exit(7)
    if question.fault == "raise":
        raise ValueError("it was asked to")
    if question.fault == "hang":
        time.sleep(question.n)
    if question.fault == "hold":  # the interpreter
        ctypes.PyDLL(None).sleep(question.n)
    return tiny_rules.FACTOR * question.n
'''
REQUESTS = '{"n": 1}\n{"n": 2}\n{"n": 10, "fault": null}\n'


class TwoEnvironments:
    """`games` needs tiny-rules 1.0 and answers 3n; `chess` needs 2.0 and answers 5n.

    Neither environment has golive; beside tiny-rules they see what is installed for the tests.

    Args:
        folder: Where they are made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def python_of_games(self) -> Path:
        """The Python of the environment with tiny-rules 1.0."""
        return self._python("games", version="1.0", factor=3)

    @cached_property
    def python_of_chess(self) -> Path:
        """The Python of the environment with tiny-rules 2.0."""
        return self._python("chess", version="2.0", factor=5)

    @cached_property
    def games(self) -> Path:
        """The bundle of the model `games`."""
        return self._packed("games", self.python_of_games)

    @cached_property
    def chess(self) -> Path:
        """The bundle of the model `chess`."""
        return self._packed("chess", self.python_of_chess)

    @property
    def options(self) -> tuple[str, ...]:
        """Options with which each model is served in its own environment."""
        return (
            *("--isolate", "environment", "--python", f"games={self.python_of_games}"),
            *("--python", f"chess={self.python_of_chess}"),
        )

    def _python(self, name: str, *, version: str, factor: int) -> Path:
        root = self._folder / f"{name}-environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
        major, minor = sys.version_info[:2]
        packages = root / "lib" / f"python{major}.{minor}" / "site-packages"
        (packages / "tiny_rules.py").write_text(f"FACTOR = {factor}\n")
        about = packages / f"tiny_rules-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: tiny-rules\nVersion: {version}\n"
        )
        (about / "top_level.txt").write_text("tiny_rules\n")
        (packages / "of_the_tests.pth").write_text("\n".join(site.getsitepackages()) + "\n")
        return root / "bin" / "python"

    def _packed(self, name: str, python: Path) -> Path:
        work = self._folder / name
        work.mkdir()
        (work / f"{name}.py").write_text(MODEL)
        (work / "requests.jsonl").write_text(REQUESTS)
        output = work / f"{name}.bundle"
        subprocess.run(
            [
                *(str(python), "-m", "golive", "pack", f"{name}.py:score"),
                *("--data", "requests.jsonl", "--name", name, "--output", str(output)),
            ],
            cwd=work,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            check=True,
            capture_output=True,
        )
        return output
