"""Which installed distributions hold the modules that were imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from importlib.metadata import Distribution, distributions

__all__ = ["distributions_of"]

_MODULES = (".py", ".so", ".pyd")


def distributions_of(modules: Collection[str]) -> dict[str, list[str]]:
    """The names of the distributions that hold each of some top-level modules.

    As `importlib.metadata.packages_distributions`, which takes a third of a second where a hundred
    are installed: it makes a path of every file, and reads the metadata of all.

    Args:
        modules: Their names; those that no distribution holds are left out.
    """
    wanted = frozenset(modules)
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for distribution in distributions():
        held = wanted & _top_levels(distribution)
        if held:
            name = distribution.metadata["Name"]
            for module in held:
                homes[module].append(name)
    return dict(homes)


def _top_levels(distribution: Distribution) -> set[str]:
    declared = distribution.read_text("top_level.txt")
    if declared:
        return set(declared.split())
    record = distribution.read_text("RECORD")
    if record is None:
        return {_first_part(str(file)) for file in distribution.files or ()}
    lines = (line.rpartition(",")[0].rpartition(",")[0] for line in record.splitlines())
    return {_first_part(path.strip('"')) for path in lines if path.strip('"').endswith(_MODULES)}


def _first_part(path: str) -> str:
    first, is_folder, _ = path.partition("/")
    return first if is_folder else first.partition(".")[0]
