"""`golive push`, typed for real."""

import json


def test_a_bundle_becomes_a_version(typed, small_versions):
    code, out, err = typed("push", small_versions.good)

    assert (code, out) == (0, "games@1\n")
    assert err == "next: golive promote games@1 prod\n"


def test_the_same_bundle_is_the_version_that_it_was(typed, small_versions):
    typed("push", small_versions.good)

    code, out, err = typed("push", small_versions.good)

    assert (code, out) == (0, "games@1\n")
    assert err.startswith("This very bundle is games@1 already; nothing was written.\n")


def test_another_name_counts(typed, small_versions):
    assert typed("push", small_versions.good, "--name", "chess")[1] == "chess@1\n"


def test_json_is_the_version(typed, small_versions):
    typed("push", small_versions.good)

    document = json.loads(typed("push", small_versions.worse, "--json")[1])

    assert document.pop("id")
    assert document == {
        "model": "games",
        "version": 2,
        "reference": "games@2",
        "is_new": True,
    }


def test_what_is_typed_next_names_the_registry(typed, small_versions, tmp_path):
    place = tmp_path / "team's models"

    _, out, err = typed("push", small_versions.good, "--registry", place)

    words = err.removeprefix("next: ").strip()
    assert out == "games@1\n"
    assert words == f"golive promote '{tmp_path}/team'\"'\"'s models/games@1' prod"


def test_what_is_no_bundle_is_misuse(typed):
    code, out, err = typed("push", "absent.bundle")

    assert (code, out) == (2, "")
    assert "There is no bundle at absent.bundle" in err
    assert "\nhint: golive " in err
