"""A model of which one version is good, and others fail, slow down or differ for large numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import golive
from golive.bundle.reading import Bundle
from golive.registry.registry import Registry
from golive.wiring.registries import open_registry

__all__ = ["LARGE", "Misbehaving"]

LARGE = 1000
"""From here on versions misbehave; golden records are smaller."""

_SOURCE = """
import ctypes
import os
import time
from dataclasses import dataclass

@dataclass
class Request:
    x: int

def answer(request: Request) -> int:
    if request.x >= {large}:
        {what}
    return request.x
"""
_WHAT = {
    "good": "pass",
    "fails": "raise ValueError('not today')",
    "slows": "time.sleep(0.03)",
    "differs": "return -request.x",
    "hangs": "time.sleep(600)",
    "crashes": "ctypes.string_at(0)",
    "aborts": "os.abort()",
    "exits": "os._exit(7)",
    "holds": "ctypes.PyDLL(None).sleep(20)",  # and with it the interpreter
}
_USUAL = ("good", "fails", "slows", "differs", "hangs")


class Misbehaving:
    """The versions.

    Args:
        folder: Where they are packed.
        only: Those that are packed, the good one among them.

    Attributes:
        good: Gives back what it gets.
        bad: Those that do not, for large numbers, by what they do instead.
    """

    def __init__(self, folder: Path, *, only: Iterable[str] = _USUAL) -> None:
        self._folder = folder
        (folder / "requests.jsonl").write_text(
            "".join(json.dumps({"x": x}) + "\n" for x in range(10))
        )
        self.good = self._packed("good")
        self.bad = {name: self._packed(name) for name in only if name != "good"}

    def registry_of(self, bad: str, folder: Path) -> Registry:
        """A registry whose `prod` is the good version, and whose `candidate` a bad one."""
        registry = open_registry(str(folder))
        for bundle in (self.good, self.bad[bad]):
            registry.push(bundle)
        registry.move("games", "prod", 1)
        registry.move("games", "candidate", 2)
        return registry

    def _packed(self, name: str) -> Bundle:
        source = self._folder / f"{name}_games.py"
        source.write_text(_SOURCE.format(large=LARGE, what=_WHAT[name]))
        return golive.pack(
            f"{source}:answer",
            self._folder / "requests.jsonl",
            name="games",
            output=self._folder / f"{name}.bundle",
        )
