"""Loading a program: the steps are read, the arrays are mapped."""

from __future__ import annotations

import json
import mmap
import sys
from typing import TYPE_CHECKING, Any

from golive.scorer.format import ARRAYS, FORMAT_VERSION, PROGRAM, ProgramError
from golive.scorer.node import Arrays, node_of
from golive.scorer.program import Program

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["load_program"]


def load_program(directory: Path) -> Program:
    """Load the program of a directory; nothing in it is executed.

    Raises:
        ProgramError: It is damaged, of a newer golive, or for another byte order.
        OSError: A file cannot be read.
    """
    if sys.byteorder != "little":
        raise ProgramError("Programs are for little-endian machines.")
    data = _read_steps((directory / PROGRAM).read_bytes())
    mapped = _mapped(directory / ARRAYS)
    try:
        arrays = Arrays(mapped, data["arrays"])
        root, has_batches = node_of(data["root"], arrays), data.get("batches", True) is True
        return Program(root, classes=data["classes"], has_batches=has_batches)
    except ProgramError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ProgramError(f"A step of the program cannot be used: {reason:.200}") from error


def _read_steps(text: bytes) -> dict[str, Any]:
    try:
        data = json.loads(text)
        version = data["format_version"]
        if version == FORMAT_VERSION and data.keys() >= {"arrays", "root", "classes"}:
            return dict(data)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProgramError(f"{PROGRAM} is no program.") from error
    raise ProgramError(
        f"The program has format {version}; this golive reads format {FORMAT_VERSION}."
    )


def _mapped(path: Path) -> memoryview:
    """All bytes of the file; workers that map the same file share its memory."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
