"""Keys: the file of keys that a setting names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from golive.access.key_file import KeyFile
from golive.errors import GoliveError, UsageError
from golive.settings import ServeSettings, registry_location

__all__ = ["check_keys", "open_keys", "unknown_models"]


def open_keys(path: Path | None) -> KeyFile:
    """The keys of a file, or of the one that GOLIVE_KEYS names.

    Raises:
        UsageError: Neither is given.
    """
    found = ServeSettings.load(keys=path).keys
    if found is None:
        hint = "give it with --keys FILE, or set GOLIVE_KEYS"
        raise UsageError("Nothing says which file the keys are in.", hint=hint)
    return KeyFile(found)


def check_keys(path: Path) -> bool:
    """Read a file of keys once, so that a mistake is told before anything is served.

    Gives whether there is a key; one is needed in any case.

    Raises:
        KeysError: It is missing, others can read it, or it is no file of keys.
    """
    return bool(KeyFile(path).read())


def unknown_models(names: Sequence[str]) -> list[str]:
    """Which of the names are of no model in the usual registry.

    None is where that is no folder on this machine, has no model or cannot be read: keys are made
    without any registry, too. It never raises.

    Args:
        names: Of models, or `*`.
    """
    try:
        folder = Path(registry_location()).expanduser()
        if not folder.is_dir():
            return []
        from golive.wiring.registries import open_registry

        known = open_registry(str(folder)).models()
    except (GoliveError, OSError, RuntimeError):  # who has no home has no registry there
        return []
    return [name for name in names if known and name not in ("*", *known)]
