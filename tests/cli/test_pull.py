"""`golive pull`, typed for real."""

from pathlib import Path

from golive.bundle.reading import open_bundle


def test_a_version_becomes_a_directory(typed, small_versions):
    typed("push", small_versions.good)

    code, out, err = typed("pull", "games@1")

    assert (code, out) == (0, "games-1.bundle\n")
    assert err == "next: golive serve games-1.bundle\n"
    assert open_bundle(Path("games-1.bundle")).manifest == open_bundle(small_versions.good).manifest


def test_a_place_that_is_taken_is_misuse(typed, small_versions):
    typed("push", small_versions.good)
    typed("pull", "games", "-o", "got.zip")

    code, _, err = typed("pull", "games", "-o", "got.zip")

    assert code == 2
    assert err == "error: got.zip exists already.\nhint: golive pull games -o OTHER\n"


def test_a_version_that_is_not_there_is_misuse(typed, small_versions):
    typed("push", small_versions.good)

    code, _, err = typed("pull", "games@prod")

    assert code == 2
    assert err == (
        "error: There is no games@prod; versions are 1 to 1, aliases: none.\n"
        "hint: golive versions games\n"
    )


def test_another_registry_is_named_by_the_option(typed, small_versions, tmp_path):
    elsewhere = str(tmp_path / "elsewhere")
    typed("push", small_versions.good, "--registry", elsewhere)

    assert typed("pull", "games@1")[0] != 0
    code, out, _ = typed("pull", "games@1", "--registry", elsewhere, "-o", "got.zip")

    assert (code, out) == (0, "got.zip\n")
    assert open_bundle(Path("got.zip")).manifest == open_bundle(small_versions.good).manifest
