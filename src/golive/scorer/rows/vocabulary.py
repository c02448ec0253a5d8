"""Vocabularies: from terms to their positions, in a hash table that stays mapped."""

from __future__ import annotations

from itertools import compress
from zlib import crc32

from golive.scorer.format import ProgramError
from golive.scorer.node import Node

__all__ = ["MOST_PROBES", "Vocabulary"]

MOST_PROBES = 256
"""How many slots are looked at for a term, at most: a table with longer runs is refused."""

_KEPT = 1 << 15
"""How many terms are remembered with their positions: about 5 MB."""


class Vocabulary:
    """The positions of terms.

    The arrays of the node are:

    - `table`: a power of two of slots, each 0 if it is free or a position plus one. A term's first
      slot is its CRC-32 modulo the number of slots; terms that meet go to the next free slot, which
      is less than `MOST_PROBES` away;
    - `bytes`: all terms in UTF-8 (lone surrogates as they are), one after another by position;
    - `offsets`: where each begins, and where the last ends.

    Terms that were found lately are remembered, so that they cost what a dictionary costs, and the
    vocabulary need not be read to begin. Those that were not found are not: they are many, and most
    meet a free slot at once.
    """

    __slots__ = ("_bytes", "_known", "_mask", "_offsets", "_table")

    def __init__(self, node: Node) -> None:
        self._table = node.view("table")
        self._bytes = node.view("bytes")
        self._offsets = node.view("offsets")
        slots = len(self._table)
        if slots < 1 or slots & (slots - 1):
            raise ProgramError(f"The vocabulary has {slots} slots, which is no power of two.")
        self._mask = slots - 1
        self._known: dict[str, int] = {}

    def positions(self, terms: list[str]) -> list[int]:
        """The positions of those terms that are known, in any order, each as often as it occurs."""
        found = list(map(self._known.get, terms))
        if None not in found:
            return found  # type: ignore[return-value]
        missing = [term for term, at in zip(terms, found, strict=True) if at is None]
        return [at for at in found if at is not None] + self._looked_up(missing)

    def _looked_up(self, terms: list[str]) -> list[int]:
        try:
            encoded = list(map(str.encode, terms))
        except UnicodeEncodeError:
            encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
        slots = list(map(self._mask.__and__, map(crc32, encoded)))
        entries = list(map(self._table.__getitem__, slots))
        found = []
        for term, data, slot in compress(zip(terms, encoded, slots, strict=True), entries):
            at = self._find(data, slot)
            if at >= 0:
                found.append(at)
                self._remember(term, at)
        return found

    def _find(self, term: bytes, slot: int) -> int:
        """The position of a term, or -1."""
        table, offsets, text = self._table, self._offsets, self._bytes
        last = slot + MOST_PROBES
        while entry := table[slot & self._mask]:
            if text[offsets[entry - 1] : offsets[entry]] == term:
                return int(entry) - 1
            slot += 1
            if slot == last:
                raise ProgramError("The vocabulary's table of terms is damaged: it has no end.")
        return -1

    def _remember(self, term: str, at: int) -> None:
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[term] = at
