"""What is installed in a directory: its distributions, which need which, and how large each is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Distribution", "distributions_in", "size_of"]

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One installed package.

    Attributes:
        name: As it is normalised, such as `scikit-learn`.
        version: Its version.
        requires: The names that it needs, without those of its extras.
        entries: Names in the directory that belong to it, such as `numpy` and `numpy.libs`.
    """

    name: str
    version: str
    requires: frozenset[str]
    entries: frozenset[str]


def distributions_in(root: Path) -> tuple[Distribution, ...]:
    """The distributions that a directory holds, by name; before their records are removed."""
    found = (_distribution(info) for info in root.glob("*.dist-info"))
    return tuple(sorted(found, key=lambda each: each.name))


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files below a directory."""
    if path.is_dir():
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    return path.stat().st_size if path.is_file() else 0


def _distribution(info: Path) -> Distribution:
    fields = list(_fields(info / "METADATA"))
    single: Mapping[str, str] = dict(fields)
    return Distribution(
        name=_normal(single.get("name", info.name.partition("-")[0])),
        version=single.get("version", ""),
        requires=frozenset(
            _normal(match[0])
            for name, value in fields
            if name == "requires-dist" and "extra ==" not in value
            if (match := _NAME.match(value))
        ),
        entries=frozenset({info.name, *_entries(info / "RECORD")}),
    )


def _fields(metadata: Path) -> Iterator[tuple[str, str]]:
    """The fields of the head, by their names in small letters."""
    head = metadata.read_text("utf-8", "replace").partition("\n\n")[0]
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            yield name.lower(), value.strip()


def _entries(record: Path) -> Iterator[str]:
    if not record.is_file():
        return
    with record.open(newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            if row and not row[0].startswith(("..", "/")):
                yield row[0].partition("/")[0]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
