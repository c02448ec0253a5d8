"""`golive gc`, typed for real."""

import json

import pytest


@pytest.fixture
def released(typed, small_versions):
    """Types into a registry with three versions, of which none has an alias."""
    for bundle in (small_versions.good, small_versions.worse, small_versions.breaking):
        typed("push", bundle)
    return typed


def test_what_would_be_removed_is_only_listed(released):
    code, out, err = released("gc", "games", "--keep", "1")

    assert (code, out) == (0, "games@1\ngames@2\n")
    assert err == ("2 files would be removed; nothing was.\nnext: golive gc games --keep 1 --yes\n")
    assert released("pull", "games@1")[0] == 0


def test_yes_removes_what_no_alias_stands_for(released):
    released("promote", "games@1", "prod", "--no-check")

    code, out, err = released("gc", "games", "--keep", "1", "--yes")

    assert (code, out, err) == (0, "games@2\n", "Removed 1 file.\n")
    assert released("pull", "games@1")[0] == 0
    code, _, err = released("pull", "games@2")
    assert code == 2
    assert err == (
        "error: The bundle of games@2 was removed from the registry.\nhint: golive versions games\n"
    )


def test_nothing_to_remove_is_said(released):
    assert released("gc", "games") == (0, "", "There is nothing to remove.\n")


def test_json_is_what_was_found(released):
    document = json.loads(released("gc", "games", "--keep", "2", "--json")[1])

    assert document["versions"] == [1]
    assert document["removed"] is False
    assert len(document["keys"]) == 1


def test_what_is_typed_next_names_the_registry(released, registry):
    err = released("gc", "games", "--keep", "2", "--registry", registry)[2]

    assert err.endswith(f"next: golive gc {registry}/games --keep 2 --yes\n")
