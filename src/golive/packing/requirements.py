"""The distributions that a model really imports, pinned to the versions it was packed with."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from golive.packing.distributions import distributions_of

__all__ = ["imported_requirements"]


def imported_requirements(before: Iterable[str], *, code: Path) -> tuple[str, ...]:
    """`name==version` of each distribution imported since, sorted by name.

    A local build's suffix, as in `2.13.0+cpu`, is left out: no package index has such a version.

    Args:
        before: Names in `sys.modules` when nothing of the model was imported yet.
        code: The bundle's own modules, which are no distribution.
    """
    imported = {name.partition(".")[0] for name in set(sys.modules) - set(before)}
    imported |= _named_in(code) & set(sys.modules)  # golive's own imports may have been first
    own = {entry.stem for entry in code.iterdir()} if code.is_dir() else set()
    homes = distributions_of(imported - own - {"golive"} - sys.stdlib_module_names)
    names = {distribution for found in homes.values() for distribution in found}
    return tuple(f"{name}=={_public(version(name))}" for name in sorted(names, key=str.lower))


def _public(full: str) -> str:
    return full.partition("+")[0]


def _named_in(code: Path) -> set[str]:
    """The top-level modules that the source files import by name."""
    names: set[str] = set()
    for path in code.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.partition(".")[0])
    return names
