"""The examples, packed and checked as one types it: nothing is wrong with them."""

import json
import subprocess
import sys

import pytest

import golive
from golive.bundle.card import BLANK

pytestmark = pytest.mark.slow

BAD = ("warning", "error")


@pytest.mark.parametrize("name", ["income", "births", "banking", "matching"])
def test_an_example_is_clean(name, prepared_examples, tmp_path):
    bundle = str(prepared_examples.packed(name))

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "golive", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    if name == "banking":  # what a newcomer sees: nothing but the card's blanks is amiss
        first = run("check", bundle, "--json", "--no-measure")
        warned = {f["check"] for f in json.loads(first.stdout)["findings"] if f["severity"] in BAD}
        assert (first.returncode, warned) == (0, {"card"})
    card = golive.load(bundle).bundle.card
    (tmp_path / "card.md").write_text(card.replace(BLANK, "Known:"))
    repacked = run("repack", bundle, "--card", "card.md", "-o", "full.bundle")
    assert repacked.returncode == 0, repacked.stderr

    measures = [] if name == "income" else ["--no-measure"]
    checked = run("check", "full.bundle", "--strict", "--json", *measures)

    report = json.loads(checked.stdout)
    troubles = [f for f in report["findings"] if f["severity"] in BAD]
    assert (checked.returncode, report["verdict"], troubles) == (0, "clean", [])
    assert (report["measurements"] is not None) == (name == "income")
