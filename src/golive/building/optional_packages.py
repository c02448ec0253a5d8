"""Packages that others use where they are installed, and do without where they are not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from golive.bundle.reading import Bundle

__all__ = ["without_optional"]

_OPTIONAL = {"pyarrow": "pandas"}
"""Large ones, to the package that takes them for speed. pandas documents what it does without."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def without_optional(
    requirements: Iterable[str], bundle: Bundle, *, keep: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The requirements without what only speeds others up, and the names of what was taken out.

    One stays that the model's own code or the types of its columns name; what a pickle needs of it
    would show when the package is run.

    Args:
        requirements: Such as `pyarrow==26.0.1`.
        bundle: What they are for.
        keep: Names that stay.
    """
    lines = list(requirements)
    names = {_name(line) for line in lines}
    out = tuple(
        sorted(
            name
            for name, user in _OPTIONAL.items()
            if name in names and user in names and name not in keep and not _names(bundle, name)
        )
    )
    return tuple(line for line in lines if _name(line) not in out), out


def _names(bundle: Bundle, name: str) -> bool:
    if any(name in (column.dtype or "") for column in bundle.signature.columns):
        return True
    code = bundle.path / "code"
    return any(name.encode() in file.read_bytes() for file in code.rglob("*.py"))


def _name(requirement: str) -> str:
    match = _NAME.match(requirement)
    return "" if match is None else match[0].lower()
