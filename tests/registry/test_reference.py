"""One grammar names a bundle everywhere."""

from pathlib import Path

import pytest

from golive.errors import UsageError
from golive.registry.reference import Reference, parse_reference, reference_or_none


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("games", (None, "games", "")),
        ("games@7", (None, "games", "7")),
        ("games@prod", (None, "games", "prod")),
        ("s3://bucket/games@prod", ("s3://bucket", "games", "prod")),
        ("gs://bucket/team/a/games", ("gs://bucket/team/a", "games", "")),
        ("./registry/games@1", ("./registry", "games", "1")),
        ("/srv/registry/games@1", ("/srv/registry", "games", "1")),
    ],
)
def test_what_it_names(text: str, parts: tuple[str | None, str, str]) -> None:
    reference = parse_reference(text)
    assert reference == Reference(*parts)
    assert str(reference) == text


@pytest.mark.parametrize("text", ["", "@prod", "games@", "s3://games", "ga mes@1", "../@1", "ä@1"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(UsageError):
        parse_reference(text)


@pytest.mark.parametrize(
    ("text", "is_reference"),
    [
        ("games", True),
        ("games@prod", True),
        ("registry/games@prod", True),
        ("s3://bucket/games", True),
        ("games.bundle", False),
        ("games.zip", False),
        ("folder/games", False),
        ("./games", False),
        ("..", False),
        ("there", False),
        ("there@prod", False),
        ("a b", False),
    ],
)
def test_paths_are_told_from_references(
    text: str, is_reference: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    Path("there@prod").mkdir()
    assert (reference_or_none(text) is not None) == is_reference
