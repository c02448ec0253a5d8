"""Read a held-out sample with the signature that the training sample and the model gave."""

from __future__ import annotations

from pathlib import Path

from golive.errors import UsageError
from golive.packing.data import as_frame, read_table, rows_of
from golive.packing.draft import Draft
from golive.packing.truths import truths_of
from golive.signature.model import JsonValue

__all__ = ["read_held_out"]


def read_held_out(
    data: object, draft: Draft, target: str | None
) -> tuple[list[JsonValue], list[JsonValue]]:
    """The held-out records and their truths, in the type of the signature's classes.

    Raises:
        UsageError: The sample lacks the target or an input column, or no target was named.
    """
    if draft.frame is None:
        raise UsageError("A function model is not evaluated on a held-out sample: omit --eval.")
    if target is None:
        raise UsageError(
            "The held-out sample's truth is in an unknown column.", hint="pass --target COLUMN"
        )
    texts = [c.name for c in draft.signature.columns if _is_text(c.categories, c.type)]
    frame = (
        read_table(Path(data), text_columns=texts)
        if isinstance(data, str | Path)
        else as_frame(data)
    )
    missing = [n for n in (*draft.signature.column_names, target) if n not in frame.columns]
    if missing:
        raise UsageError(f"The held-out sample lacks the columns {', '.join(missing)}.")
    return list(rows_of(frame, draft.signature)), truths_of(frame[target], draft.signature.output)


def _is_text(categories: tuple[JsonValue, ...], kind: str) -> bool:
    texts = all(isinstance(c, str) for c in categories)
    return (kind == "category" and bool(categories) and texts) or kind in ("string", "text")
