"""Read a held-out sample with the signature that the training sample and the model gave."""

from __future__ import annotations

from pathlib import Path

from golive.errors import UsageError
from golive.files import sha256_of
from golive.packing.corrections import conformed
from golive.packing.data import rows_of, text_reader
from golive.packing.draft import Draft, read_frame
from golive.packing.pictures import PictureFacts, with_pictures
from golive.packing.truths import truths_of
from golive.signature.model import Column, JsonValue, Output, Signature

__all__ = ["read_held_out", "read_labelled", "refuse_training_rows"]


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
    return read_labelled(data, draft.signature, target)


def read_labelled(
    data: object, signature: Signature, target: str
) -> tuple[list[JsonValue], list[JsonValue]]:
    """The records of a labelled sample and their truths, as a signature has them.

    Args:
        data: A table, or the path of one; a folder of images whose sub-folders are the classes.
        signature: Of a model that takes columns.
        target: The column of the truths.

    Raises:
        UsageError: The sample cannot be read, lacks the target or an input column, or no truth
            is one of the model's classes.
    """
    frame = read_frame(data, target)
    missing = [n for n in (*signature.column_names, target) if n not in frame.columns]
    if missing:
        raise UsageError(f"The held-out sample lacks the columns {', '.join(missing)}.")
    for column in signature.columns:
        if column.type == "image":
            frame = with_pictures(frame, [column.name], facts=_facts_of(column))
    truths = truths_of(frame[target], signature.output)
    _refuse_strangers(truths, target, signature.output)
    return list(rows_of(conformed(frame, signature, text_reader(data)), signature)), truths


def _facts_of(column: Column) -> PictureFacts:
    return PictureFacts(
        dtype=column.dtype,
        shape=column.shape,
        pixel_mode=column.pixel_mode,
        pixel_scale=column.pixel_scale,
        pixel_layout=column.pixel_layout,
    )


def refuse_training_rows(sample: object, held_out: object) -> None:
    """Refuse the training sample itself as the held-out one.

    Raises:
        UsageError: They are the same object, or files with the same bytes.
    """
    is_same = sample is held_out
    if isinstance(sample, str | Path) and isinstance(held_out, str | Path):
        files = Path(sample), Path(held_out)
        is_same = files[0].resolve() == files[1].resolve()
        if all(f.is_file() for f in files):
            is_same = len({sha256_of(f) for f in files}) == 1
    if is_same:
        raise UsageError(
            "The held-out sample is the training sample: metrics on rows that the model has seen "
            "say nothing.",
            hint="keep rows aside before training and pass them with --eval, or omit --eval",
        )


def _refuse_strangers(truths: list[JsonValue], target: str, output: Output) -> None:
    """Refuse truths that the model can never predict: its metrics would only look bad."""
    known = [truth for truth in truths if truth is not None]
    if output.classes and known and not any(truth in output.classes for truth in known):
        raise UsageError(
            f"No truth in the held-out sample's column {target!r} (such as {known[0]!r}) is one "
            f"of the model's classes (such as {output.classes[0]!r}).",
            hint="Give the truths as the labels that the model predicts.",
        )
