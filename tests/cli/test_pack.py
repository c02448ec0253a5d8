import json
from pathlib import Path


def test_every_option_reaches_pack(golive, actions, tmp_path):
    for name in ["train.csv", "held.csv", "steps.py", "terms.txt"]:
        (tmp_path / name).touch()

    code = golive(
        *("pack", "m.json", "--data", "train.csv", "--target", "churned", "--eval", "held.csv"),
        *("--name", "churn", "-o", "churn.bundle", "--code", "steps.py", "--include", "terms.txt"),
        *("--class", "0", "--class", "yes", "--class", '"1"', "--positive", "yes"),
        *(
            "--threshold",
            "0.4",
            "--keep-all",
            "--no-compile",
            "--image",
            "photo",
            "--pixels",
            "0..1",
        ),
    )

    assert code == 0
    assert actions.calls == [
        (
            "pack",
            ("m.json", Path("train.csv")),
            {
                "target": "churned",
                "eval": Path("held.csv"),
                "name": "churn",
                "output": Path("churn.bundle"),
                "code": (Path("steps.py"),),
                "include": (Path("terms.txt"),),
                "classes": (0, "yes", "1"),
                "positive": "yes",
                "threshold": 0.4,
                "keep_all": True,
                "compile": False,
                "images": ("photo",),
                "pixels": "0..1",
            },
        )
    ]


def test_defaults_leave_the_decision_to_pack(golive, actions, tmp_path):
    (tmp_path / "train.csv").touch()

    golive("pack", "model.joblib", "--data", "train.csv")

    options = actions.calls[0][2]
    assert options.pop("compile") is True
    assert {name for name, value in options.items() if value not in (None, (), False)} == set()


def test_the_path_goes_to_stdout_and_the_summary_to_stderr(golive, capsys, tmp_path):
    (tmp_path / "train.csv").touch()

    golive("pack", "model.joblib", "--data", "train.csv")

    captured = capsys.readouterr()
    assert captured.out == "income.bundle\n"
    assert captured.err == (
        "Loading the model …\n"
        "income 0123456789ab: 2 input columns → binary of 2 classes\n"
        "note: The category '1' was read as text.\n"
        "on 200 held-out rows (baseline: majority class):\n"
        "  accuracy 0.85 (baseline 0.76)\n"
        "next: golive serve income.bundle\n"
    )


def test_without_a_held_out_sample_it_says_that_there_are_no_metrics(
    golive, actions, capsys, tmp_path
):
    (tmp_path / "train.csv").touch()
    actions.bundle.evaluation = None

    golive("pack", "model.joblib", "--data", "train.csv")

    assert "no held-out sample was given" in capsys.readouterr().err


def test_json_is_one_document_with_all_facts(golive, capsys, tmp_path):
    (tmp_path / "train.csv").touch()

    golive("pack", "model.joblib", "--data", "train.csv", "--json")

    facts = json.loads(capsys.readouterr().out)
    assert facts["path"] == "income.bundle"
    assert facts["evaluation"]["metrics"] == {"accuracy": 0.85}


def test_data_that_does_not_exist_is_misuse(golive, actions, capsys):
    code = golive("pack", "model.joblib", "--data", "train.csv")

    assert code == 2
    assert actions.calls == []
    assert "'train.csv' does not exist" in capsys.readouterr().err


def test_a_threshold_outside_0_to_1_is_misuse(golive, tmp_path):
    (tmp_path / "train.csv").touch()

    assert golive("pack", "m.joblib", "--data", "train.csv", "--threshold", "1.5") == 2
