"""Damage: whatever a registry relies on is changed and cut short at every byte: all is refused."""

from __future__ import annotations

import random
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from faults.scenarios import Found, Setting
from golive.blobs.folder import FolderStore
from golive.bundle.layout import MANIFEST
from golive.bundle.reading import open_bundle
from golive.errors import GoliveError
from golive.registry.registry import Registry

__all__ = ["damaged_registry"]

_BYTES_OF_A_BUNDLE = 300
_LOCAL_HEADER = 30  # bytes before the name of an entry; APPNOTE.TXT of PKWARE, 4.3.7


async def damaged_registry(setting: Setting, found: Found) -> None:
    """Events, bundles and manifests are changed and cut short at each byte: all is refused."""
    folder = setting.folder / "registry"
    bundle = open_bundle(setting.bundles["linear"])

    def opened() -> Registry:
        return Registry(FolderStore(folder), location=str(folder), by="faults")

    registry = opened()
    version = registry.push(bundle).version
    registry.move("linear", "prod", version.number)
    for event in sorted((folder / "linear" / "history").iterdir()):
        places = range(event.stat().st_size)
        _damage(event, places, lambda: opened().history("linear"), found)
    target = setting.folder / "fetched.zip"
    pushed = folder / "linear" / version.content.key
    places = {*_manifest_in(pushed), *_some(pushed.stat().st_size, setting.seed)}
    _damage(pushed, sorted(places), lambda: opened().fetch("linear", version, target), found)
    copy = setting.folder / "copy.bundle"
    shutil.copytree(bundle.path, copy)
    manifest = copy / MANIFEST
    cache = setting.folder / "cache"
    places = range(manifest.stat().st_size)
    _damage(manifest, places, lambda: open_bundle(copy, verify_all=True, cache=cache), found)


def _some(size: int, seed: int) -> list[int]:
    return random.Random(seed).sample(range(size), min(size, _BYTES_OF_A_BUNDLE))


def _manifest_in(archive: Path) -> range:
    """The places of the manifest in a bundle that is one file."""
    with zipfile.ZipFile(archive) as opened:
        entry = opened.getinfo(MANIFEST)
    begin = entry.header_offset + _LOCAL_HEADER + len(MANIFEST)
    return range(begin, begin + entry.file_size)


def _damage(file: Path, places: Sequence[int], read: Callable[[], object], found: Found) -> None:
    """Change one byte after the other, each alone, and cut the file before it.

    Whatever is not refused is a fault.
    """
    whole = file.read_bytes()
    file.chmod(0o600)
    for place in places:
        before = whole[:place]
        for content in (before + bytes([whole[place] ^ 0x01]) + whole[place + 1 :], before):
            file.write_bytes(content)
            if said := _not_refused(read):
                found.faults.append(f"{file.name}, byte {place}: {said}")
    file.write_bytes(whole)
    read()
    found.notes.append(f"{2 * len(places):,} changes of {file.name}, each refused")


def _not_refused(read: Callable[[], object]) -> str:
    """What came of reading, or nothing if it was refused as it should be."""
    try:
        read()
    except GoliveError:
        return ""
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return repr(error)
    return "the change was not noticed"
