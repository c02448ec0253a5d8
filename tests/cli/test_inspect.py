import json
from dataclasses import replace
from pathlib import Path

from tests.cli.conftest import PROOF

from golive.bundle.proof import Batched, Proof, Tried
from golive.signature.model import FeatureSource, Lookup


def test_tables_show_everything(golive, actions, capsys):
    code = golive("inspect", "income.bundle")

    out = capsys.readouterr().out
    assert code == 0
    assert actions.calls == [("open_bundle", (Path("income.bundle"),), {"verify_all": False})]
    for word in [
        "0123456789ab" + "c" * 52,
        "2026-01-02T03:04:05+00:00",
        "sklearn, model/model.joblib loaded by joblib",
        "3.11.7 (golive 0.1.0, format 2)",
        "12,345",
        "17 … 90",
        '["[a]", "b"]',
        "12.5%",
        "the model's own",
        "Evaluation on 200 held-out rows",
        "majority class",
        '{"age": 39, "plan": "[a]"}',
        "… and 1 more (--golden)",
        "scikit-learn==1.5.2",
        "The category '1' was read as text.",
        "What loading model/model.joblib would import; it holds functions",
        "not read to its end: EOFError: [end]",
        "  sklearn.pipeline.Pipeline",
    ]:
        assert word in out


def test_golden_shows_every_golden_record(golive, capsys):
    golive("inspect", "income.bundle", "--golden")

    assert '{"error": {"code": "null_not_allowed"}}' in capsys.readouterr().out


def test_without_a_held_out_sample_it_says_so(golive, actions, capsys):
    actions.bundle.evaluation = None

    golive("inspect", "income.bundle")

    assert "no held-out sample was given" in capsys.readouterr().out


def test_json_is_whole(golive, capsys):
    golive("inspect", "income.bundle", "--json")

    facts = json.loads(capsys.readouterr().out)
    assert sorted(facts) == [
        *(
            "answers",
            "answers_because",
            "card",
            "card_blanks",
            "created_at",
            "data_sha256",
            "evaluation",
            "files",
        ),
        *("format_version", "git_commit", "golden_records", "golive_version", "id", "model"),
        *(
            "name",
            "notes",
            "path",
            "pickles",
            "profile",
            "proof",
            "python_version",
            "requirements",
            "signature",
        ),
        *("size", "tolerance", "version"),
    ]
    assert facts["golden_records"][1] == {
        "record": {"age": 52, "plan": "b"},
        "output": {"label": 1, "score": 0.75},
    }


def test_card_prints_only_the_card(golive, capsys):
    golive("inspect", "income.bundle", "--card")

    assert capsys.readouterr().out == "# income\n\n"


def test_verify_asks_for_every_hash(golive, actions):
    golive("inspect", "income.bundle", "--verify")

    assert actions.calls[0][2] == {"verify_all": True}


def test_json_counts_where_only_the_card_is_asked_for_too(golive, capsys):
    golive("inspect", "income.bundle", "--card", "--json")

    assert json.loads(capsys.readouterr().out)["card"] == "# income\n"


def test_the_proof_is_shown(golive, actions, capsys):
    actions.bundle.proof = PROOF

    golive("inspect", "income.bundle")

    out = " ".join(capsys.readouterr().out.split())
    for words in [
        "The compiled model answers",
        "The program is equal on 4,100 rows.",
        "The program has 14 steps and 310,000 bytes.",
        "sample 4,000 0 near 100 7 all 4,100 7",
        "The worst difference: 2.5e-16 (relative), on a row of the kind near:",
        'row {"age": 39.5} original {"score": 0.5} compiled {"score": 0.5000000000000001}',
        "The same answer is one that is at most 1e-09 (relative) away.",
        "1 410.0 10.0 41 times as fast 64 19.0 10.0 1.9 times as fast",
        "Requirements of the original (the compiled program needs none to answer)",
    ]:
        assert words in out


def test_what_the_proof_says_of_batches_is_shown(golive, actions, capsys):
    tried = (
        Tried(kind="64 at once", rows=1_200, refused=0),
        Tried(kind="refused", rows=128, refused=2),
    )
    equal = Batched(is_equal=True, reason="Batches are equal on 1,328 rows.", tried=tried)
    wrong = Batched(is_equal=False, reason="One is not.", tried=tried, worst=PROOF.worst)

    actions.bundle.proof = replace(PROOF, batched=equal)
    golive("inspect", "income.bundle")
    actions.bundle.proof = replace(PROOF, batched=wrong)
    golive("inspect", "income.bundle")

    out = " ".join(capsys.readouterr().out.split())
    assert (
        "Batches are equal on 1,328 rows (64 at once: 1,200, refused: 128); no score differs in "
        "any bit."
    ) in out
    assert 'Batches are answered row by row. One is not. row {"age": 39.5} original' in out


def test_why_there_is_no_program_is_shown(golive, actions, capsys):
    actions.bundle.proof = Proof(is_chosen=False, reason="Birch has no exporter.")

    golive("inspect", "income.bundle")

    assert "The original model answers\nBirch has no exporter.\n" in capsys.readouterr().out


def test_columns_that_are_looked_up_are_told_with_their_key(golive, actions, capsys):
    actions.bundle.lookups = (Lookup(name="users", key="user_id", columns=("age", "plan")),)

    golive("inspect", "income.bundle")

    assert "Looked up\n  age, plan in users by user_id\n" in capsys.readouterr().out


def test_columns_that_another_model_answers_are_told(golive, actions, capsys):
    actions.bundle.features = (FeatureSource(model="scorer", outputs={"age": "score"}),)

    golive("inspect", "income.bundle")

    assert "Answered by other models\n  age is the score of scorer\n" in capsys.readouterr().out
