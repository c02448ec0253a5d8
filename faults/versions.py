"""Versions: a model in a registry whose versions answer differently, and who tells them apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from faults import questions
from faults.questions import Question, Reply
from golive.bundle.reading import open_bundle
from golive.registry.events import Moved
from golive.wiring.registries import open_registry

__all__ = ["MODEL", "Versions", "share_of"]

MODEL = "linear"
_FORMULAS = {
    "linear": (3, 1),
    "other": (5, 2),
    "third": (7, 3),
    "crashing": (11, 4),
    "holding": (13, 5),
}


def share_of(body: bytes) -> float:
    """Where a body stands between 0 and 1, as the documentation of canaries says."""
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big") / 2**64


class Versions:
    """Versions of a model in a registry of their own; `prod` stands for the first.

    Attributes:
        registry: The registry.
        ids: Their short ids, in order.
        seen: How many answers named each of them.

    Args:
        folder: Of the registry, new.
        bundles: By name; see `faults.bundles`.
        names: Of those that become versions.
    """

    def __init__(self, folder: Path, bundles: dict[str, Path], names: Sequence[str]) -> None:
        self.registry = open_registry(str(folder))
        self.seen: Counter[str] = Counter()
        self._folder = folder
        self._formulas: dict[str, tuple[int, int]] = {}
        for name in names:
            bundle = open_bundle(bundles[name])
            self.registry.push(bundle, model=MODEL)
            self._formulas[bundle.version] = _FORMULAS[name]
        self.ids = list(self._formulas)
        self.registry.move(MODEL, "prod", 1)

    @property
    def location(self) -> Path:
        """The folder of the registry."""
        return self._folder

    @property
    def reference(self) -> str:
        """What a server serves."""
        return f"{self._folder}/{MODEL}@prod"

    def file_of(self, number: int) -> Path:
        """Where the bundle of a version lies."""
        version = self.registry.history(MODEL).versions[number]
        return self._folder / MODEL / version.content.key

    def asking(self, among: Callable[[bytes], Collection[str]]) -> Callable[[int], Question]:
        """Questions that those versions may answer that `among` gives for their body."""
        return lambda number: self._noted(
            questions.of_versions(number, self._formulas, among=among)
        )

    def pinning(self, number: int) -> Question:
        """A question that asks for one of the first two versions by its header."""
        pin = self.ids[number % 2]
        return self._noted(questions.of_versions(number, self._formulas, pin=pin))

    def replayed(self, alias: str) -> tuple[int | None, int]:
        """What an alias stands for, told by the files alone, and how often it was moved.

        Raises:
            ValueError: A rollback goes to a version that the alias did not stand for before.
        """
        now: int | None = None
        before: list[int] = []
        moves = 0
        for event in self.registry.events(MODEL):
            what = event.what
            if not isinstance(what, Moved) or what.alias != alias:
                continue
            moves += 1
            if what.is_rollback:
                if before.pop() != what.version:
                    raise ValueError(f"event {event.number} rolls {alias} back to {what.version}")
            elif now is not None:
                before.append(now)
            now = what.version
        return now, moves

    def _noted(self, question: Question) -> Question:
        """The question; its judge notes which version has answered."""

        def judge(reply: Reply) -> str:
            verdict = question.judge(reply)
            if verdict == "answered":
                self.seen[json.loads(reply.body)["version"]] += 1
            return verdict

        return replace(question, judge=judge)
