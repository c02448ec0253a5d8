"""Damage: every byte of what a registry relies on is changed, and each change has to be refused."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from faults.scenarios import Found, Setting
from golive.blobs.folder import FolderStore
from golive.bundle.layout import MANIFEST
from golive.bundle.reading import open_bundle
from golive.errors import GoliveError
from golive.registry.registry import Registry

__all__ = ["damaged_registry"]

_BYTES_OF_A_BUNDLE = 300


async def damaged_registry(setting: Setting, found: Found) -> None:
    """Each byte of events and manifests is changed: all of it is refused, by name."""
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
    places = _some(pushed.stat().st_size, setting.seed)
    _damage(pushed, places, lambda: opened().fetch("linear", version, target), found)
    copy = setting.folder / "copy.bundle"
    shutil.copytree(bundle.path, copy)
    manifest = copy / MANIFEST
    cache = setting.folder / "cache"
    places = range(manifest.stat().st_size)
    _damage(manifest, places, lambda: open_bundle(copy, verify_all=True, cache=cache), found)


def _some(size: int, seed: int) -> list[int]:
    return sorted(random.Random(seed).sample(range(size), min(size, _BYTES_OF_A_BUNDLE)))


def _damage(
    file: Path, places: range | list[int], read: Callable[[], object], found: Found
) -> None:
    """Change one byte after the other, each alone; whatever is not refused is a fault."""
    whole = file.read_bytes()
    file.chmod(0o600)
    for place in places:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x01]) + whole[place + 1 :])
        try:
            read()
        except GoliveError:
            continue
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            found.faults.append(f"{file.name}, byte {place}: {error!r}")
        else:
            found.faults.append(f"{file.name}, byte {place}: the change was not noticed")
    file.write_bytes(whole)
    read()
    found.notes.append(f"{len(places):,} changes of {file.name}, each refused")
