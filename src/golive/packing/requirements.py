"""The distributions that a model really imports, pinned to the versions it was packed with."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions, version
from pathlib import Path

__all__ = ["imported_requirements"]


def imported_requirements(before: Iterable[str], *, code: Path) -> tuple[str, ...]:
    """`name==version` of each distribution imported since, sorted by name.

    Args:
        before: Names in `sys.modules` when nothing of the model was imported yet.
        code: The bundle's own modules, which are no distribution.
    """
    imported = {name.partition(".")[0] for name in set(sys.modules) - set(before)}
    own = {entry.stem for entry in code.iterdir()} if code.is_dir() else set()
    homes = packages_distributions()
    names = {
        distribution
        for module in imported - own - {"golive"} - sys.stdlib_module_names
        for distribution in homes.get(module, ())
    }
    return tuple(f"{name}=={version(name)}" for name in sorted(names, key=str.lower))
