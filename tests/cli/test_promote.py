"""`golive promote`, typed for real."""

import json
import re

import pytest


@pytest.fixture
def released(typed, small_versions):
    """Types into a registry where the good one is `prod` and the others are 2 and 3."""
    for bundle in (small_versions.good, small_versions.worse, small_versions.breaking):
        typed("push", bundle)
    typed("promote", "games@1", "prod", "--no-check")
    return typed


@pytest.mark.slow
def test_the_first_version_is_only_checked(typed, small_versions):
    typed("push", small_versions.good)

    code, out, err = typed("promote", "games", "prod")

    assert (code, out) == (0, "games@1\n")
    assert "check: 0 errors, " in err
    assert "changes and comparison: none, as no version holds the alias\n" in err
    assert err.endswith("games@prod stands for version 1 now.\nnext: golive serve games@prod\n")
    history = " ".join(typed("versions", "games", "--history")[1].split())
    assert "moved prod to version 1 (passed)" in history


def test_a_worse_one_is_refused_with_its_interval(released, small_versions):
    words = ("--no-check", "--data", small_versions.held_out)

    code, out, err = released("promote", "games@2", "prod", *words)

    assert (code, out) == (1, "")
    assert "check: not made: it was left out (--no-check)\n" in err
    assert "compared on 400 labelled rows (0 skipped; " in err
    assert re.search(r"\n  roc_auc 0\.\d+ → 0\.\d+: -0\.\d+ \(-0\.\d+ to -0\.\d+\), worse\n", err)
    assert "\nrefused: games@2 does not take prod.\n" in err
    assert "\n  it is worse on 400 labelled rows: log_loss " in err
    assert "\nnext: golive diff games@prod games@2\n" in err
    assert err.endswith(
        "or, all the same: golive promote games@2 prod --data "
        f"{small_versions.held_out} --no-check --anyway REASON\n"
    )
    assert json.loads(released("versions", "--json")[1])[0]["aliases"] == {"prod": 1}


def test_anyway_promotes_it_and_the_history_tells_why(released, small_versions):
    words = ("--no-check", "--data", small_versions.held_out, "--target", "won")

    code, out, err = released("promote", "games@2", "prod", *words, "--anyway", "1 column less")

    assert (code, out) == (0, "games@2\n")
    assert "  allowed: it is worse on 400 labelled rows: log_loss " in err
    assert err.endswith(
        "next: golive serve games@prod\nor, to go back: golive rollback games@prod\n"
    )
    history = " ".join(released("versions", "games", "--history")[1].split())
    assert "moved prod to version 2 (overridden; worse, log_loss +" in history
    assert "anyway: 1 column less" in history
    assert released("rollback", "games@prod")[1] == "games@1\n"


def test_a_change_that_breaks_callers_needs_its_flag(released):
    code, _, err = released("promote", "games@3", "prod", "--no-check")

    assert code == 1
    assert "\nrefused: games@3 does not take prod.\n  it breaks callers, input c: " in err
    assert "\nwarning: NOT COMPARED with what stands there: no labelled rows were given" in err
    assert err.endswith("golive promote games@3 prod --no-check --breaking\n")
    assert released("promote", "games@3", "prod", "--no-check", "--breaking")[0] == 0


def test_a_dry_run_moves_nothing(released):
    code, out, err = released("promote", "games@2", "prod", "--no-check", "--dry-run")

    assert (code, out) == (0, "games@2\n")
    assert "games@2 may take prod (version 1 so far); nothing was moved.\n" in err
    assert err.endswith("next: golive promote games@2 prod --no-check\n")
    assert json.loads(released("versions", "--json")[1])[0]["aliases"] == {"prod": 1}


def test_a_version_that_holds_the_alias_is_left_there(released):
    code, out, err = released("promote", "games@1", "prod")

    assert (code, out) == (0, "games@1\n")
    assert err.startswith("games@prod stands for version 1 already; nothing was changed.\n")


def test_json_is_the_whole_decision(released, small_versions):
    words = ("--no-check", "--data", small_versions.held_out, "--metric", "accuracy", "--json")

    code, out, err = released("promote", "games@2", "prod", *words)

    document = json.loads(out)
    assert code == 1
    assert "…" not in err
    assert (document["reference"], document["is_moved"], document["verdict"]) == (
        "games@2",
        False,
        "refused",
    )
    assert document["allowed_by"] == ["--anyway"]
    comparison = document["evidence"]["comparison"]
    assert (comparison["metric"], comparison["standing"], comparison["rows"]) == (
        "accuracy",
        "worse",
        400,
    )
    shown = comparison["metrics"]["accuracy"]
    assert shown["low"] < shown["difference"] < shown["high"] < 0
    assert document["evidence"]["data"] == "held_out.csv"


def test_what_is_typed_next_names_the_registry(released, registry):
    err = released("promote", f"{registry}/games@3", "prod", "--no-check")[2]

    assert f"next: golive diff {registry}/games@prod {registry}/games@3\n" in err
    assert err.endswith(f"golive promote {registry}/games@3 prod --no-check --breaking\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("games@9", "prod"), "There is no games@9; versions are 1 to 3, aliases: prod."),
        (("chess", "prod"), "There is no model 'chess' in the registry"),
        (("games", "7"), "'7' cannot be an alias"),
        (("games", "prod", "--target", "won"), "A target, a metric or a tolerance needs labelled"),
        (("games", "prod", "--data", "x.csv"), "'x.csv' does not exist"),
    ],
)
def test_what_cannot_be_is_misuse(released, words, message):
    code, out, err = released("promote", *words)

    assert (code, out) == (2, "")
    assert message in err
    assert "\nhint: " in err
