"""Categories as XGBoost stores them in a booster, where texts outside ASCII may be cut wrongly.

Of a pandas column it stores the categories' UTF-8 bytes one after another, as many bytes in all as
they have characters, and cuts them as if each character were a byte (seen in 3.1 and 3.2, not in
3.4). So `Zürich, Bern` is stored as `Züric` and `hBer`; what stands at the end is lost. Columns of
Arrow tables are stored as they are. Nothing in the booster tells which of the two it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from golive.signature.model import JsonValue

__all__ = ["as_cut", "is_stored_as", "restored", "stored_categories"]

Stored = tuple[JsonValue | bytes, ...]


def stored_categories(booster: Any) -> dict[int, Stored]:
    """Position of each categorical column to its categories in order; XGBoost before 3.1 has none.

    They are bytes, as they are stored, where a category of the column is outside ASCII.

    Args:
        booster: XGBoost's own.
    """
    if not hasattr(booster, "get_categories") or "c" not in (booster.feature_types or ()):
        return {}
    stored = booster.get_categories(export_to_arrow=True)
    pairs = [] if stored is None else stored.to_arrow()
    return {at: _items(values) for at, (_, values) in enumerate(pairs) if values is not None}


def _items(values: Any) -> Stored:
    import pyarrow as pa

    if not pa.types.is_string(values.type):
        return tuple(values.to_pylist())
    pieces: list[bytes] = values.view(pa.binary()).to_pylist()
    if all(map(bytes.isascii, pieces)):
        return tuple(piece.decode() for piece in pieces)
    return tuple(pieces)


def as_cut(categories: Sequence[str]) -> tuple[bytes, ...]:
    """What is stored of a pandas column with these categories."""
    ends = [0, *accumulate(map(len, categories))]
    whole = "".join(categories).encode()
    return tuple(whole[begin:end] for begin, end in pairwise(ends))


def is_stored_as(categories: Sequence[JsonValue], stored: Stored) -> bool:
    """Whether a column with these categories, in this order, may have been stored so."""
    if tuple(categories) == stored:
        return True
    texts = [category for category in categories if isinstance(category, str)]
    if len(texts) < len(categories):
        return False
    return stored in (as_cut(texts), tuple(text.encode() for text in texts))


def restored(stored: Sequence[bytes], values: Iterable[str]) -> tuple[str, ...] | None:
    """The categories that were stored so, in order; None if these values do not tell.

    Args:
        stored: The bytes of each.
        values: Values of the column, among which those are that have been lost.
    """
    known = frozenset(values)
    found = [reading for reading in (_as_they_are(stored), _uncut(stored, known)) if reading]
    best = max(found, key=lambda reading: len(known.intersection(reading)), default=None)
    return best if best and known.intersection(best) else None


def _as_they_are(stored: Sequence[bytes]) -> tuple[str, ...] | None:
    try:
        return tuple(piece.decode() for piece in stored)
    except UnicodeDecodeError:
        return None


def _uncut(stored: Sequence[bytes], known: frozenset[str]) -> tuple[str, ...] | None:
    """Cut what is stored by characters; what is lost at the end is completed with known values."""
    text = b"".join(stored).decode(errors="ignore")  # the last character may be there in part
    ends = [0, *accumulate(map(len, stored))]
    found: list[str] = []
    for begin, end in pairwise(ends):
        category = text[begin:end]
        if len(category) < end - begin:
            fits = {
                value
                for value in known.difference(found)
                if len(value) == end - begin and value.startswith(category)
            }
            if len(fits) != 1:
                return None
            [category] = fits
        found.append(category)
    return tuple(found) if as_cut(found) == tuple(stored) else None
