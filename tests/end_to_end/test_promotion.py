"""A model goes live, a worse one does not, and what was done can be undone."""

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest
from tests.prepared_examples import PreparedExamples

import golive
from golive.cli.main import run


@pytest.fixture
def folder(prepared_examples: PreparedExamples, tmp_path: Path, monkeypatch) -> Path:
    """A folder with a usual model of incomes and one that is held back too much."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))
    trained = prepared_examples.trained("income").folder
    spec = importlib.util.spec_from_file_location("income_train", trained / "train.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    sample = pd.read_csv(trained / "train.csv")
    model = example.build().set_params(classifier__C=1e-4)
    model.fit(sample.drop(columns="income"), sample["income"])
    golive.pack(model, sample, target="income", name="income", output=tmp_path / "worse.bundle")
    (tmp_path / "income.bundle").symlink_to(prepared_examples.packed("income"))
    (tmp_path / "held_out.csv").symlink_to(trained / "held_out.csv")
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_good_one_is_promoted_a_worse_one_refused_and_a_mistake_rolled_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(line: str, *more: str) -> tuple[int, str, str]:
        capsys.readouterr()
        return run([*line.split(), *more]), *capsys.readouterr()

    assert typed("push income.bundle")[1] == "income@1\n"
    assert typed("push worse.bundle")[1] == "income@2\n"
    assert typed("promote income@1 prod")[:2] == (0, "income@1\n")

    code, out, err = typed("promote income@2 prod --data held_out.csv")

    assert (code, out) == (1, "")
    assert "it is worse on 1,500 labelled rows: log_loss 0.3186 → 0.54" in err

    assert typed("promote income@2 prod --data held_out.csv --no-check --anyway", "a fire drill")[
        :2
    ] == (0, "income@2\n")
    assert typed("rollback income --why", "it was a drill")[1] == "income@1\n"

    *_, overridden, back = json.loads(typed("versions income --history --json")[1])
    compared = overridden["what"]["evidence"]["comparison"]
    assert overridden["why"] == "anyway: a fire drill"
    assert (compared["standing"], compared["rows"]) == ("worse", 1500)
    assert 0.15 < compared["metrics"]["log_loss"]["low"] < compared["metrics"]["log_loss"]["high"]
    assert (back["why"], back["what"]["version"]) == ("it was a drill", 1)
