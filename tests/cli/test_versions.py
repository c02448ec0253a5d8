"""`golive versions`, typed for real."""

import json

import pytest


@pytest.fixture
def released(typed, small_versions):
    """Types into a registry with two versions, of which `prod` is the first."""
    typed("push", small_versions.good, "--why", "trained on October")
    typed("push", small_versions.worse)
    typed("promote", "games@1", "prod", "--no-check", "--why", "the first [of many]")
    return typed


def test_models_and_their_aliases_are_listed(released):
    code, out, _ = released("versions")

    assert code == 0
    assert "games" in out
    assert "prod → 1" in out
    assert json.loads(released("versions", "--json")[1]) == [
        {"model": "games", "versions": 2, "newest": 2, "aliases": {"prod": 1}}
    ]


def test_versions_are_listed_with_the_reason(released):
    out = released("versions", "games")[1]

    assert "trained on October" in out
    newest, oldest = json.loads(released("versions", "games", "--json")[1])
    assert (newest["version"], newest["aliases"]) == (2, [])
    assert (oldest["version"], oldest["aliases"], oldest["why"]) == (
        1,
        ["prod"],
        "trained on October",
    )


def test_the_history_says_what_the_gate_decided(released):
    out = " ".join(released("versions", "games", "--history")[1].split())

    assert "moved prod to version 1 (passed; not checked)" in out
    assert "the first [of many]" in out
    moved = json.loads(released("versions", "games", "--history", "--json")[1])[-1]
    assert moved["why"] == "the first [of many]"
    assert moved["what"]["evidence"]["verdict"] == "passed"


def test_a_registry_that_is_empty_says_what_to_type(typed, registry):
    code, _, err = typed("versions")

    assert code == 0
    assert err == f"There is no model in {registry}.\nnext: golive push BUNDLE\n"


def test_a_model_that_is_not_there_is_misuse(typed, registry):
    code, _, err = typed("versions", "chess")

    assert code == 2
    assert err == (
        f"error: There is no model 'chess' in the registry {registry}.\n"
        "hint: golive push chess.bundle\n"
    )
