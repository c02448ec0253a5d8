"""References become bundles on this machine."""

import shutil
from pathlib import Path

import pytest

from golive.bundle.reading import Bundle, open_bundle
from golive.errors import UsageError
from golive.registry.errors import ContentCorruptError, NotInRegistryError
from golive.registry.reference import parse_reference
from golive.wiring.loading import load, open_reference
from golive.wiring.registries import locate, open_registry, pull, pull_reference, pull_to


@pytest.fixture
def pushed(bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a registry that has one version, `@prod` and `@1`."""
    folder = tmp_path / "registry"
    monkeypatch.setenv("GOLIVE_REGISTRY", str(folder))
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    registry = open_registry()
    registry.push(bundle, model="games")
    registry.move("games", "prod", 1)
    return folder


@pytest.mark.parametrize("reference", ["games", "games@1", "games@prod", "{folder}/games@1"])
def test_what_a_reference_names_is_opened(pushed: Path, bundle: Bundle, reference: str) -> None:
    opened = open_reference(reference.format(folder=pushed))
    assert opened.manifest == bundle.manifest


def test_a_version_answers_as_the_bundle_does(pushed: Path, bundle: Bundle) -> None:
    record = bundle.golden[0].record
    assert load("games@prod").predict(record) == load(bundle.source).predict(record)


def test_it_is_fetched_once(pushed: Path) -> None:
    pull_reference("games@1")
    located = locate(parse_reference("games@1"))
    shutil.rmtree(pushed / "games" / "bundles")
    assert pull(located).name


def test_a_file_of_the_cache_that_was_changed_is_fetched_again(pushed: Path) -> None:
    file = pull_reference("games@1").source
    file.chmod(0o600)
    file.write_bytes(b"changed")
    assert pull_reference("games@1").source.read_bytes() != b"changed"


def test_a_file_of_the_registry_that_was_changed_is_refused(pushed: Path) -> None:
    (file,) = (pushed / "games" / "bundles").iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ContentCorruptError, match="SHA-256 differs"):
        open_reference("games@1")


@pytest.mark.parametrize("name", ["got.zip", "got.bundle"])
def test_it_is_written_where_it_was_asked_for(pushed: Path, tmp_path: Path, name: str) -> None:
    target = pull_to("games@1", tmp_path / name)
    assert open_bundle(target).manifest == pull_reference("games@1").manifest
    with pytest.raises(UsageError, match="exists already"):
        pull_to("games@1", tmp_path / name)


def test_a_name_that_is_neither_a_path_nor_a_model_says_so(pushed: Path) -> None:
    with pytest.raises(NotInRegistryError, match=r"no bundle at chess, and no model chess"):
        open_reference("chess")
    with pytest.raises(UsageError, match=r"no bundle at chess\.bundle"):
        open_reference("chess.bundle")
