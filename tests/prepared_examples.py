"""The examples, trained and packed once for all processes of a session."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.once_a_run import OnceARun

__all__ = ["PreparedExamples", "Trained"]

_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_UNWANTED = shutil.ignore_patterns("*.joblib", "*.bundle", "__pycache__")
_SECONDS = 300

#: What one types between `golive pack` and `--name NAME -o NAME.bundle`, as in the documents.
_PACKED = {
    "income": "examples/income/model.joblib --data examples/income/train.csv "
    "--eval examples/income/held_out.csv --target income",
    "births": "examples/births/model.joblib --data examples/births/train.csv "
    "--target weight_pounds --eval examples/births/held_out.csv",
    "banking": "examples/banking/model.joblib --data examples/banking/train.csv "
    "--target category --eval examples/banking/held_out.csv",
    "matching": "examples/matching/match.py:match --data examples/matching/requests.jsonl "
    "--include examples/matching/model.joblib",
}


@dataclass(frozen=True)
class Trained:
    """A copy of an example's folder in which `train.py` has run; to be read only."""

    folder: Path
    printed: str

    def score(self, name: str) -> float:
        """Return the held-out score that was printed under this name."""
        lines = dict(line.split(": ") for line in self.printed.splitlines())
        return float(lines[f"held-out {name}"].split()[0])


class PreparedExamples:
    """Trains and packs each example when it is first asked for, and keeps what came of it.

    Args:
        once: Where, for all processes that share it.
    """

    def __init__(self, once: OnceARun) -> None:
        self._once = once
        self._root = once.folder("prepared-examples", lambda folder: (folder / "examples").mkdir())

    def trained(self, name: str) -> Trained:
        """The example after `python examples/NAME/train.py`, which may neither fail nor warn."""
        printed = self._root / f"{name}.txt"
        with self._once.locked(f"prepared-examples/{name}.train"):
            if not printed.exists():
                shutil.rmtree(self._folder(name), ignore_errors=True)
                shutil.copytree(_EXAMPLES / name, self._folder(name), ignore=_UNWANTED)
                ran = self._run(self._root, "-W", "error", f"examples/{name}/train.py")
                assert (ran.returncode, ran.stderr) == (0, "")
                printed.write_text(ran.stdout)
        return Trained(self._folder(name), printed.read_text())

    def packed(self, name: str) -> Path:
        """The bundle of the example, packed as its README says; to be read only."""
        return self.packed_as(f"golive pack {_PACKED[name]} --name {name} -o {name}.bundle")[0]

    def packed_as(self, command: str) -> tuple[Path, str]:
        """What a command that packs an example gave, and what it is called; to be read only.

        Args:
            command: `golive pack examples/NAME/… -o OUTPUT`, as typed where `examples` is.
        """
        words = shlex.split(command.replace("\\\n", " "))
        at = next(at for at, word in enumerate(words) if word in ("-o", "--output"))
        self.trained(Path(words[2]).parts[1])
        said = "\0".join([*words[:at], *words[at + 1 :]])  # however `-o` is spelt
        kept = self._root / "typed" / sha256(said.encode()).hexdigest()[:16]
        output = kept / words[at + 1]
        with self._once.locked(f"prepared-examples/typed/{kept.name}"):
            if not output.exists():
                kept.mkdir(parents=True, exist_ok=True)
                rest = [*words[1:at], f"--output={output}", *words[at + 2 :]]
                ran = self._run(self._root, "-m", "golive", *rest)
                assert ran.returncode == 0, ran.stderr
        return output, words[at + 1]

    def _folder(self, name: str) -> Path:
        return self._root / "examples" / name

    def _run(self, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
