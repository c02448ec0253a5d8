"""`golive rollback`, typed for real."""

import json

import pytest


@pytest.fixture
def released(typed, small_versions):
    """Types into a registry with two versions, of which `prod` is the second."""
    typed("push", small_versions.worse)
    typed("push", small_versions.good)
    typed("promote", "games@1", "prod", "--no-check")
    typed("promote", "games@2", "prod", "--no-check")
    return typed


def test_an_alias_goes_back_to_where_it_was(released):
    code, out, err = released("rollback", "games", "--why", "precision fell")

    assert (code, out) == (0, "games@1\n")
    assert err == (
        "games@prod stood for version 2 and stands for 1 now.\n"
        "next: golive versions games --history\n"
    )
    history = " ".join(released("versions", "games", "--history")[1].split())
    assert "moved prod back to version 1" in history
    assert "precision fell" in history


def test_json_is_the_model(released):
    document = json.loads(released("rollback", "games@prod", "--json")[1])

    assert document == {"model": "games", "versions": 2, "newest": 2, "aliases": {"prod": 1}}


def test_there_is_a_first_version(released):
    released("rollback", "games")

    code, out, err = released("rollback", "games")

    assert (code, out) == (2, "")
    assert err == (
        "error: games@prod stood for no other version before.\nhint: golive versions games\n"
    )


def test_what_is_typed_next_names_the_registry(released, registry):
    err = released("rollback", f"{registry}/games@prod")[2]

    assert err.endswith(f"next: golive versions {registry}/games --history\n")
    assert released("versions", f"{registry}/games", "--history")[0] == 0
