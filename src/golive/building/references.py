"""References: which modules of certain names the modules of a directory import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

__all__ = ["names_imported_from"]


def names_imported_from(
    root: Path, names: Iterable[str], *, inside: Sequence[Path] = ()
) -> frozenset[str]:
    """The dotted names with one of these parts that modules of a directory import.

    Args:
        root: A directory on Python's path, such as `site-packages`.
        names: Names of packages, such as `tests`.
        inside: Folders whose own imports do not count.

    Returns:
        Absolute names, such as `numpy._core.tests` and, for members, `numpy._core.tests._natype`.
    """
    wanted = frozenset(names)
    mentioned = re.compile(
        rb"^[ \t]*(?:from|import)\b[^\n]*\b(?:" + "|".join(sorted(wanted)).encode() + rb")\b",
        re.MULTILINE,
    )
    found: set[str] = set()
    for file in sorted(root.rglob("*.py")):
        if any(folder in file.parents for folder in inside):
            continue
        source = file.read_bytes()
        if mentioned.search(source) or _is_in_brackets(source, wanted):
            found.update(n for n in _imported(source, file, root) if wanted & set(n.split(".")))
    return frozenset(found)


def _is_in_brackets(source: bytes, wanted: frozenset[str]) -> bool:
    """Whether a name may stand on a line of its own in an import of several lines."""
    return any(
        re.search(rb"^\s*" + w.encode() + rb"\s*,?\s*$", source, re.MULTILINE) for w in wanted
    )


def _imported(source: bytes, file: Path, root: Path) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return  # a template, or for another Python: nobody imports it
    package = file.relative_to(root).parent.parts
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield alias.name
            case ast.ImportFrom(module=module, level=level, names=aliases):
                base = [] if level == 0 else list(package[: len(package) - level + 1])
                dotted = ".".join([*base, *([module] if module else [])])
                yield dotted
                for alias in aliases:
                    yield f"{dotted}.{alias.name}"
