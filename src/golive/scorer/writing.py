"""Writing a program: arrays are collected while the steps are made, then both files are written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from golive.scorer.format import ALIGNMENT, ARRAYS, FORMAT_VERSION, ITEM_SIZES, PROGRAM

__all__ = ["ProgramWriter", "without_batches"]


def without_batches(program: bytes) -> bytes:
    """The bytes of `program.json`, with the word that batches are answered row by row."""
    return json.dumps({**json.loads(program), "batches": False}, allow_nan=False).encode()


class ProgramWriter:
    """Collects the arrays of a program and writes it. Equal arrays are kept once."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._places: dict[str, list[Any]] = {}
        self._known: dict[tuple[str, bytes], str] = {}
        self._size = 0

    def add(self, data: bytes, typecode: str) -> str:
        """Keep an array.

        Args:
            data: Its items, little-endian.
            typecode: One of `golive.scorer.format.ITEM_SIZES`.

        Returns:
            Its name, for the member `arrays` of a step.
        """
        known = self._known.get((typecode, data))
        if known is not None:
            return known
        name = f"a{len(self._places)}"
        padding = -self._size % ALIGNMENT
        self._chunks += [bytes(padding), data]
        offset = self._size + padding
        self._places[name] = [offset, len(data) // ITEM_SIZES[typecode], typecode]
        self._size = offset + len(data)
        self._known[typecode, data] = name
        return name

    def write(self, directory: Path, root: dict[str, Any], *, classes: int | None) -> list[Path]:
        """Write the program into a directory that exists.

        Args:
            directory: Where.
            root: The step that gives the answer.
            classes: The number of classes, or None for regression.

        Returns:
            The files written.
        """
        program = {
            "format_version": FORMAT_VERSION,
            "classes": classes,
            "arrays": self._places,
            "root": root,
        }
        files: Sequence[tuple[Path, bytes]] = (
            (directory / PROGRAM, json.dumps(program, allow_nan=False).encode()),
            (directory / ARRAYS, b"".join(self._chunks)),
        )
        for path, data in files:
            path.write_bytes(data)
        return [path for path, _ in files]
