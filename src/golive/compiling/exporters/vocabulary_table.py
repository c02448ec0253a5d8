"""The hash table of a vocabulary, as the scorer reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np

from golive.compiling.exporting import NotExportableError
from golive.scorer.rows.vocabulary import MOST_PROBES

__all__ = ["vocabulary_arrays"]

_SPARSENESS = 3
"""Slots a term, at least: most terms that are not in the vocabulary meet a free slot at once."""


def vocabulary_arrays(vocabulary: Mapping[Any, Any]) -> dict[str, Any]:
    """The arrays of `golive.scorer.rows.vocabulary`.

    Raises:
        NotExportableError: A term is no text, or the positions are not 0, 1, 2 and so on.
    """
    terms = sorted(vocabulary, key=vocabulary.__getitem__)
    positions = [int(vocabulary[term]) for term in terms]
    if positions != list(range(len(terms))) or not all(isinstance(t, str) for t in terms):
        raise NotExportableError("a vocabulary with terms that are no texts, or with gaps")
    encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(term) for term in encoded], out=offsets[1:])
    if offsets[-1] >= 1 << 32:
        raise NotExportableError("a vocabulary of more than 4 GB")
    return {
        "table": _table(encoded),
        "bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        "offsets": offsets.astype(np.uint32),
    }


def _table(terms: list[bytes]) -> Any:
    slots = 1 << (len(terms) * _SPARSENESS).bit_length()
    mask = slots - 1
    table = [0] * slots
    for position, term in enumerate(terms):
        first = crc32(term)
        free = (at & mask for at in range(first, first + MOST_PROBES) if not table[at & mask])
        slot = next(free, None)
        if slot is None:
            raise NotExportableError("a vocabulary of which many terms have the same hash")
        table[slot] = position + 1
    return np.array(table, dtype=np.uint32)
