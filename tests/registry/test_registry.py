"""Versions are pushed, moved, fetched and removed, and nothing that was changed is given back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.registry.bundles import small_bundle

from golive.blobs.store import StoreUnavailableError
from golive.bundle.reading import Bundle
from golive.errors import UsageError
from golive.registry.errors import ContentCorruptError, NotInRegistryError
from golive.registry.history import History
from golive.registry.registry import Registry, select
from golive.testing.blobs import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def registry(store: MemoryStore) -> Registry:
    return opened(store)


def opened(store: MemoryStore, by: str = "ada") -> Registry:
    return Registry(store, location="memory", by=by)


def push(registry: Registry, folder: Path, *contents: str) -> None:
    for content in contents:
        registry.push(small_bundle(folder, content))


def test_clocks_that_jump_change_nothing_of_the_order(store: MemoryStore, tmp_path: Path) -> None:
    times = iter([datetime(year, 1, 1, tzinfo=UTC) for year in (2026, 2090, 1999, 2026)])
    jumping = Registry(store, location="memory", by="ada", clock=lambda: next(times))
    push(jumping, tmp_path, "one", "two")
    jumping.move("games", "prod", 2)
    jumping.move("games", "prod", 1)

    events, history = opened(store).events("games"), opened(store).history("games")

    assert [event.at[:4] for event in events] == ["2026", "2090", "1999", "2026"]
    assert [event.number for event in events] == [1, 2, 3, 4]
    assert (history.newest.number, history.aliases) == (2, {"prod": 1})


def test_a_push_is_a_version_that_can_be_fetched(registry: Registry, tmp_path: Path) -> None:
    first = registry.push(small_bundle(tmp_path, "one"), why="the first")
    second = registry.push(small_bundle(tmp_path, "two"))
    assert (first.version.number, first.is_new, first.version.why) == (1, True, "the first")
    assert second.version.number == 2
    registry.fetch("games", first.version, tmp_path / "fetched.zip")
    assert (tmp_path / "fetched.zip").read_bytes() == b"one"
    assert registry.models() == ["games"]


def test_the_same_bundle_is_the_same_version(
    registry: Registry, store: MemoryStore, tmp_path: Path
) -> None:
    push(registry, tmp_path, "one", "two")
    again = opened(store, by="bob").push(small_bundle(tmp_path, "one"))
    assert (again.version.number, again.is_new) == (1, False)
    assert registry.history("games").last == 2


def test_a_model_may_have_another_name_there(registry: Registry, tmp_path: Path) -> None:
    registry.push(small_bundle(tmp_path, "one"), model="other")
    assert registry.models() == ["other"]
    with pytest.raises(UsageError):
        registry.push(small_bundle(tmp_path, "one"), model="../other")


def test_an_upload_that_breaks_off_is_no_version(
    registry: Registry, store: MemoryStore, tmp_path: Path
) -> None:
    def fail(operation: str, key: str) -> None:
        if operation == "put" and "history" in key:
            raise StoreUnavailableError("gone")

    store.before = fail
    with pytest.raises(StoreUnavailableError):
        registry.push(small_bundle(tmp_path, "one"))
    assert registry.models() == []
    store.before = lambda *_: None
    assert registry.push(small_bundle(tmp_path, "one")).version.number == 1


def test_an_alias_is_moved_and_rolled_back(registry: Registry, tmp_path: Path) -> None:
    push(registry, tmp_path, "one", "two")
    registry.move("games", "prod", 1, why="release")
    assert registry.move("games", "prod", 2, evidence={"verdict": "better"}).aliases == {"prod": 2}
    assert registry.rollback("games", "prod", why="precision fell").aliases == {"prod": 1}
    with pytest.raises(NotInRegistryError, match="no other version before"):
        registry.rollback("games", "prod")
    assert [event.why for event in registry.events("games")] == [
        "", "", "release", "", "precision fell",
    ]  # fmt: skip


def test_an_alias_that_stands_there_already_is_not_moved(
    registry: Registry, tmp_path: Path
) -> None:
    push(registry, tmp_path, "one")
    registry.move("games", "prod", 1)
    assert registry.move("games", "prod", 1).last == 2


def test_a_decision_that_is_out_of_date_moves_nothing(
    registry: Registry, store: MemoryStore, tmp_path: Path
) -> None:
    push(registry, tmp_path, "one", "two", "three")
    registry.move("games", "prod", 1)
    decided_on = registry.history("games")
    opened(store, by="bob").move("games", "staging", 2)
    assert registry.move("games", "prod", 2, decided_on=decided_on).aliases["prod"] == 2
    with pytest.raises(UsageError, match="moved meanwhile"):
        registry.move("games", "prod", 3, decided_on=decided_on)


def test_a_rollback_goes_back_from_what_was_seen(
    registry: Registry, store: MemoryStore, tmp_path: Path
) -> None:
    """Two people who roll back the same fault at the same time go back one version, not two."""
    push(registry, tmp_path, "one", "two", "three")
    for number in (1, 2, 3):
        registry.move("games", "prod", number)
    bob = opened(store, by="bob")
    puts = iter([True])

    def interfere(operation: str, key: str) -> None:
        if operation == "put" and next(puts, False):
            bob.rollback("games", "prod")

    store.before = interfere
    with pytest.raises(UsageError, match="moved meanwhile"):
        registry.rollback("games", "prod")
    assert registry.history("games").aliases == {"prod": 2}


@pytest.mark.parametrize("alias", ["7", "", "a b", "0123456789ab", "deadbeef", "-x", "a/b", "ä"])
def test_what_looks_like_a_version_is_no_alias(
    registry: Registry, tmp_path: Path, alias: str
) -> None:
    push(registry, tmp_path, "one")
    with pytest.raises(UsageError, match="cannot be an alias"):
        registry.move("games", alias, 1)


def test_what_is_not_there_is_named(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(NotInRegistryError, match="no model 'games'"):
        registry.history("games")
    push(registry, tmp_path, "one")
    with pytest.raises(NotInRegistryError, match="versions are 1 to 1"):
        registry.move("games", "prod", 2)
    with pytest.raises(NotInRegistryError, match="stood for no other"):
        registry.rollback("games", "prod")


class TestSelect:
    """The version that stands after `@`."""

    @pytest.fixture
    def history(self, registry: Registry, tmp_path: Path) -> History:
        push(registry, tmp_path, "one-long-content", "one-long-contest", "two")
        return registry.move("games", "prod", 1)

    @pytest.mark.parametrize(
        ("selector", "number"),
        [("", 3), ("prod", 1), ("2", 2), ("3", 3), (b"one-long-contes".hex() + "74", 2)],
    )
    def test_it_is_found(self, history: History, selector: str, number: int) -> None:
        assert select(history, selector, model="games").number == number

    @pytest.mark.parametrize("selector", ["4", "0", "staging", b"one-long".hex(), "ffffffff", "²"])
    def test_it_is_not_there_or_not_one(self, history: History, selector: str) -> None:
        with pytest.raises(NotInRegistryError, match="There is no games@"):
            select(history, selector, model="games")


class TestFetch:
    """A file that was changed in the store is refused."""

    def test_overwritten(self, registry: Registry, store: MemoryStore, tmp_path: Path) -> None:
        version = registry.push(small_bundle(tmp_path, "one")).version
        store.content[f"games/{version.content.key}"] = b"eve"
        with pytest.raises(ContentCorruptError, match="SHA-256 differs"):
            registry.fetch("games", version, tmp_path / "fetched.zip")
        assert [path.name for path in tmp_path.iterdir()] == ["one.zip"]

    def test_missing(self, registry: Registry, store: MemoryStore, tmp_path: Path) -> None:
        version = registry.push(small_bundle(tmp_path, "one")).version
        del store.content[f"games/{version.content.key}"]
        with pytest.raises(ContentCorruptError, match="is missing"):
            registry.fetch("games", version, tmp_path / "fetched.zip")

    def test_pushed_over(self, registry: Registry, store: MemoryStore, tmp_path: Path) -> None:
        version = registry.push(small_bundle(tmp_path, "one")).version
        del store.content["games/history/00000001.json"]
        store.content[f"games/{version.content.key}"] = b"eve"
        with pytest.raises(ContentCorruptError, match="its SHA-256 is not its name"):
            opened(store).push(small_bundle(tmp_path, "one"))


class TestCollect:
    """What nobody needs is removed, and nothing else."""

    def test_old_versions_without_an_alias(
        self, registry: Registry, store: MemoryStore, tmp_path: Path
    ) -> None:
        push(registry, tmp_path, "one", "two", "three", "four", "five")
        registry.move("games", "prod", 2)
        listed = registry.collect("games", keep=2, dry_run=True)
        assert listed.versions == (1, 3)
        assert len(store.content) == 11
        assert registry.collect("games", keep=2, why="room") == listed
        history = registry.history("games")
        assert [v.number for v in history.versions.values() if v.is_collected] == [1, 3]
        left = [key for key in store.content if "/bundles/" in key]
        assert len(left) == 3
        with pytest.raises(NotInRegistryError, match="was removed"):
            registry.move("games", "prod", 1)
        assert registry.collect("games", keep=2).keys == ()

    def test_uploads_that_broke_off_a_day_ago(
        self, registry: Registry, store: MemoryStore, tmp_path: Path
    ) -> None:
        push(registry, tmp_path, "one")
        store.put_if_absent("games/bundles/fresh.zip", b"")
        store.clock = lambda: datetime.now(UTC) - timedelta(days=2)
        store.put_if_absent("games/bundles/stale.zip", b"")
        assert registry.collect("games", keep=1).keys == ("bundles/stale.zip",)
        assert "games/bundles/fresh.zip" in store.content
        assert "games/bundles/stale.zip" not in store.content

    def test_what_was_removed_can_be_pushed_again(
        self, registry: Registry, store: MemoryStore, tmp_path: Path
    ) -> None:
        push(registry, tmp_path, "one", "two")
        registry.collect("games", keep=1)
        again = registry.push(small_bundle(tmp_path, "one"))
        assert (again.version.number, again.is_new) == (3, True)
        registry.fetch("games", again.version, tmp_path / "fetched.zip")
        assert (tmp_path / "fetched.zip").read_bytes() == b"one"
        registry.collect("games", keep=1)
        assert [key for key in store.content if "bundles" in key] == [
            f"games/{again.version.content.key}"
        ]

    def test_an_upload_that_is_removed_during_a_push_is_repeated(
        self, registry: Registry, store: MemoryStore, tmp_path: Path
    ) -> None:
        """A stale upload of the same bundle is found by a push, and then removed by another."""
        push(registry, tmp_path, "other")
        bundle = small_bundle(tmp_path, "one")
        breaking = iter([True])

        def fail(operation: str, key: str) -> None:
            if operation == "put" and "history" in key and next(breaking, False):
                raise StoreUnavailableError("gone")

        store.before = fail
        with pytest.raises(StoreUnavailableError):
            registry.push(bundle)
        late = Registry(
            store, location="memory", by="bob", clock=lambda: datetime.now(UTC) + timedelta(days=2)
        )
        collecting = iter([True])

        def collect(operation: str, key: str) -> None:
            if operation == "put" and "history" in key and next(collecting, False):
                assert late.collect("games", keep=1).keys != ()

        store.before = collect
        version = registry.push(bundle).version
        store.before = lambda *_: None
        registry.fetch("games", version, tmp_path / "fetched.zip")
        assert (tmp_path / "fetched.zip").read_bytes() == b"one"

    def test_what_could_not_be_removed_is_removed_the_next_time(
        self, registry: Registry, store: MemoryStore, tmp_path: Path
    ) -> None:
        push(registry, tmp_path, "one", "two")

        def fail(operation: str, key: str) -> None:
            if operation == "delete":
                raise StoreUnavailableError(f"{key} cannot be removed")

        store.before = fail
        with pytest.raises(StoreUnavailableError):
            registry.collect("games", keep=1)
        store.before = lambda *_: None
        registry.collect("games", keep=1)
        assert sum("bundles" in key for key in store.content) == 1


def test_a_bundle_that_was_left_without_its_model_is_no_version(tmp_path: Path) -> None:
    whole = small_bundle(tmp_path, "one")
    part = Bundle(
        path=tmp_path,
        manifest=whole.manifest,
        source=tmp_path,
        left_out=frozenset({"model/model.joblib"}),
    )
    registry = opened(MemoryStore())

    with pytest.raises(UsageError, match=r"without model/model\.joblib"):
        registry.push(part)
