"""The examples, packed and checked as one types it: nothing is wrong with them."""

import json
import shutil
import subprocess
import sys

import pytest

import golive
from golive.bundle.card import BLANK

pytestmark = pytest.mark.slow

BAD = ("warning", "error")
EXAMPLES = {
    "income": ["model.joblib", "--data=train.csv", "--eval=held_out.csv", "--target=income"],
    "births": ["model.joblib", "--data=train.csv", "--eval=held_out.csv", "--target=weight_pounds"],
    "banking": ["model.joblib", "--data=train.csv", "--eval=held_out.csv", "--target=category"],
    "matching": ["match.py:match", "--data=requests.jsonl", "--include=model.joblib"],
}


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_an_example_is_clean(name, project, tmp_path):
    folder = tmp_path / name
    shutil.copytree(project / "examples" / name, folder)

    def run(*words):
        return subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    assert run("train.py").returncode == 0
    packed = run("-m", "golive", "pack", *EXAMPLES[name], "--name", name, "-o", "new.bundle")
    assert packed.returncode == 0, packed.stderr
    if name == "banking":  # what a newcomer sees: nothing but the card's blanks is amiss
        first = run("-m", "golive", "check", "new.bundle", "--json", "--no-measure")
        warned = {f["check"] for f in json.loads(first.stdout)["findings"] if f["severity"] in BAD}
        assert (first.returncode, warned) == (0, {"card"})
    card = golive.load(folder / "new.bundle").bundle.card
    (folder / "card.md").write_text(card.replace(BLANK, "Known:"))
    repacked = run("-m", "golive", "repack", "new.bundle", "--card", "card.md", "-o", "full.bundle")
    assert repacked.returncode == 0, repacked.stderr

    measures = [] if name == "income" else ["--no-measure"]
    checked = run("-m", "golive", "check", "full.bundle", "--strict", "--json", *measures)

    report = json.loads(checked.stdout)
    troubles = [f for f in report["findings"] if f["severity"] in BAD]
    assert (checked.returncode, report["verdict"], troubles) == (0, "clean", [])
    assert (report["measurements"] is not None) == (name == "income")
