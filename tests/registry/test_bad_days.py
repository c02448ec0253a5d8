"""A disk is full or read-only, a bucket is away: it is told, nothing is half done, and it ends."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.registry.bundles import small_bundle
from tests.small_versions import SmallVersions

from golive.blobs.folder import FolderStore
from golive.blobs.store import StoreUnavailableError
from golive.bundle.reading import open_bundle
from golive.registry.errors import RegistryError
from golive.registry.registry import Registry
from golive.testing.blobs import MemoryStore

Act = Callable[[Registry, Path], object]


def opened(store: FolderStore | MemoryStore) -> Registry:
    return Registry(store, location="here", by="ada")


class TestDisk:
    """The disk of a folder, and that of the machine."""

    @pytest.fixture
    def disk(self, tmp_path: Path) -> Iterator[Path]:
        """A disk of half a megabyte."""
        place = tmp_path / "disk"
        place.mkdir()
        try:
            mount("-t", "tmpfs", "-o", "size=512k", "none", place)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no small disk can be mounted here: {error}")
        yield place
        subprocess.run(["umount", "--lazy", place], check=True)

    @pytest.fixture
    def registry(self, disk: Path, tmp_path: Path) -> Registry:
        registry = opened(FolderStore(disk / "registry"))
        registry.push(small_bundle(tmp_path, "one"))
        registry.move("games", "prod", 1)
        return registry

    def test_a_full_one_is_told_and_used_again(
        self, disk: Path, registry: Registry, tmp_path: Path
    ) -> None:
        before = seen(disk)
        fill(disk)
        refuses(registry, tmp_path, "No space left on device")
        assert seen(disk) == before
        (disk / "filler").unlink()
        works_again(registry, disk, tmp_path)

    def test_one_that_is_read_only_is_told_and_used_again(
        self, disk: Path, registry: Registry, tmp_path: Path
    ) -> None:
        before = seen(disk)
        mount("-o", "remount,ro", disk)
        refuses(registry, tmp_path, "Read-only file system")
        assert seen(disk) == before
        mount("-o", "remount,rw", disk)
        works_again(registry, disk, tmp_path)

    def test_half_a_bundle_does_not_stay_on_a_full_one(
        self, disk: Path, registry: Registry, tmp_path: Path
    ) -> None:
        large = small_bundle(tmp_path, "large")
        large.source.write_bytes(os.urandom(1 << 20))
        with pytest.raises(StoreUnavailableError, match="No space left on device"):
            registry.push(large)
        assert list((disk / "registry" / ".uploads").iterdir()) == []
        works_again(registry, disk, tmp_path)

    @pytest.mark.usefixtures("registry")
    def test_one_without_room_for_what_is_fetched_is_told(self, disk: Path, tmp_path: Path) -> None:
        store = MemoryStore()
        registry = opened(store)
        version = registry.push(small_bundle(tmp_path, "one")).version
        fill(disk)
        with pytest.raises(RegistryError, match="No space left on device") as raised:
            registry.fetch("games", version, disk / "fetched.zip")
        assert raised.value.hint == "Make room there, and make sure that you may write to it."
        assert not (disk / "fetched.zip").exists()

    def test_one_without_room_for_a_copy_is_told(
        self, disk: Path, small_versions: SmallVersions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store, bundle = MemoryStore(), open_bundle(small_versions.good)
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        fill(disk)
        with pytest.raises(RegistryError, match="No space left on device") as raised:
            opened(store).push(bundle)
        assert "TMPDIR" in str(raised.value.hint)
        assert store.content == {}


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def seen(disk: Path) -> dict[str, bytes]:
    """What readers see of the registry."""
    store = FolderStore(disk / "registry")
    return {blob.key: (disk / "registry" / blob.key).read_bytes() for blob in store.list("")}


def refuses(registry: Registry, folder: Path, reason: str) -> None:
    """Nothing is changed, and what is there is read."""
    with pytest.raises(StoreUnavailableError, match=reason) as raised:
        registry.push(small_bundle(folder, "two"))
    assert "has room, and that you may write to it" in str(raised.value.hint)
    with pytest.raises(StoreUnavailableError, match=reason):
        registry.move("games", "staging", 1)
    history = registry.history("games")
    assert (history.last, history.aliases) == (2, {"prod": 1})
    registry.fetch("games", history.versions[1], folder / "fetched.zip")
    assert (folder / "fetched.zip").read_bytes() == b"one"


def works_again(registry: Registry, disk: Path, folder: Path) -> None:
    assert registry.push(small_bundle(folder, "two")).version.number == 2
    assert registry.move("games", "prod", 2).aliases == {"prod": 2}
    assert opened(FolderStore(disk / "registry")).rollback("games", "prod").aliases == {"prod": 1}
    assert list((disk / "registry" / ".uploads").iterdir()) == []


class Gone:
    """Lets a store fail from its n-th call on, or lets it lose the answer to its n-th write."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.calls = 0

    def from_call(self, number: int) -> None:
        self.calls = 0
        self.store.before = lambda operation, key: self._count(number, f"{operation} {key}")

    def after_write(self, number: int) -> None:
        self.calls = 0
        self.store.after_put = lambda key: self._count(number, key)

    def back(self) -> None:
        self.store.before = lambda *_: None
        self.store.after_put = lambda *_: None

    def _count(self, number: int, what: str) -> None:
        self.calls += 1
        if self.calls >= number:
            raise StoreUnavailableError(f"{what}: gone")


ACTS = {
    "push": lambda registry, folder: registry.push(small_bundle(folder, "four")),
    "move": lambda registry, _: registry.move("games", "prod", 3),
    "end": lambda registry, _: registry.move("games", "staging", None),
    "collect": lambda registry, _: registry.collect("games", keep=1),
}


class TestStore:
    """A bucket goes away at any moment of an act, and comes back."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> MemoryStore:
        store = MemoryStore()
        registry = opened(store)
        for content in ("one", "two", "three"):
            registry.push(small_bundle(tmp_path, content))
        for alias, version in (("prod", 1), ("staging", 1)):
            registry.move("games", alias, version)
        return store

    @pytest.mark.parametrize("moment", ["from_call", "after_write"])
    @pytest.mark.parametrize("act", ACTS)
    def test_it_is_told_and_what_is_tried_again_is_done_once(
        self, store: MemoryStore, tmp_path: Path, act: str, moment: str
    ) -> None:
        untouched = dict(store.content)
        expected = self._after(copy_of(store), ACTS[act], tmp_path)
        told = 0
        for number in range(1, 100):
            tried = copy_of(store)
            gone, registry = Gone(tried), opened(tried)
            getattr(gone, moment)(number)
            try:
                ACTS[act](registry, tmp_path)
            except StoreUnavailableError:
                told += 1
            else:
                break  # it needed fewer calls
            gone.back()
            history = opened(tried).history("games")
            assert history.last - 5 in {0, 1}  # all of it or nothing
            for version in history.versions.values():
                if not version.is_collected:
                    opened(tried).fetch("games", version, tmp_path / "fetched.zip")
            assert self._after(tried, ACTS[act], tmp_path, registry) == expected
        assert told >= 1
        assert store.content == untouched

    def test_it_stays_away_for_long(self, store: MemoryStore, tmp_path: Path) -> None:
        registry = opened(store)
        registry.history("games")
        gone = Gone(store)
        gone.from_call(1)
        before = dict(store.content)
        for _ in range(20):
            for act in ACTS.values():
                with pytest.raises(StoreUnavailableError):
                    act(registry, tmp_path)
            with pytest.raises(StoreUnavailableError):
                registry.history("games")
        assert store.content == before
        gone.back()
        assert registry.push(small_bundle(tmp_path, "four")).version.number == 4
        assert registry.move("games", "prod", 4).before["prod"] == (1,)

    def _after(
        self, store: MemoryStore, act: Act, folder: Path, registry: Registry | None = None
    ) -> object:
        """What is known of the model after an act; events but for their times and nonces."""
        act(registry or opened(store), folder)
        fresh = opened(store)
        history = fresh.history("games")
        events = [event.what for event in fresh.events("games")]
        return (
            history.aliases,
            history.before,
            list(history.versions),
            events,
            sorted(key for key in store.content if "/bundles/" in key),
        )


def copy_of(store: MemoryStore) -> MemoryStore:
    copy = MemoryStore()
    for key, data in store.content.items():
        copy.put_if_absent(key, data)
    return copy
