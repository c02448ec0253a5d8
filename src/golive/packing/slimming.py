"""Slimming: what prediction never reads is left out of the model file, if no answer changes."""

from __future__ import annotations

import dataclasses
import pickle  # only measures what is in memory already; nothing is loaded with it
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from golive.engine.answers import Answer, Fault
from golive.errors import GoliveError, PackError
from golive.packing.clean_process import MissingModuleError
from golive.packing.code import add_module
from golive.packing.draft import Draft, engine_of
from golive.packing.hostile import hostile_rows
from golive.packing.leftovers import Leftover, leftovers_of
from golive.packing.policies import quietly
from golive.packing.progress import Progress
from golive.packing.rewriting import rewrite
from golive.packing.source import StagedModel
from golive.runtimes.loading import load_estimator
from golive.signature.model import JsonValue, Signature

__all__ = ["slimmed"]

_WORTH_BYTES = 100_000
_WORTH_SHARE = 0.1
_CHUNK = 5_000


def slimmed(staged: StagedModel, draft: Draft, progress: Progress) -> tuple[StagedModel, list[str]]:
    """The staged model without the leftovers of training, if that is worth it and proven.

    The model file is written again in the same format, loaded back, and has to answer every row
    of the sample and hostile rows exactly as the original does: the same bits, the same faults.
    Else the original file stays.

    Args:
        staged: The model; its file is replaced where it is slimmed.
        draft: Its signature and the sample's rows.
        progress: Told in a sentence what is being done.

    Returns:
        The model that is to be packed, and a note of what was left out or why nothing was.
    """
    if staged.spec.kind != "sklearn":
        return staged, []
    found = leftovers_of(staged.estimator)
    if not found or not _may_be_worth_it(staged, found):
        return staged, []
    what = _named(found)
    progress(f"Leaving out {what}, which prediction never reads, and comparing all answers")
    file = staged.root / staged.spec.file
    slim_file = file.with_name(f"slim-{file.name}")
    try:
        _rewrite(staged, slim_file)
        before, after = file.stat().st_size, slim_file.stat().st_size
        if not _is_worth_it(before, before - after):
            return staged, []
        slim = _loaded(staged, f"model/{slim_file.name}")
        _refuse_other_answers(staged, slim, draft)
    except GoliveError as error:
        return staged, [
            f"The model file is kept whole, with {what}: {error.message.removesuffix('.')}."
        ]
    else:
        slim_file.replace(file)
    finally:
        slim_file.unlink(missing_ok=True)
        file.with_name("failure.json").unlink(missing_ok=True)
    saved = f"{_megabytes(after)} MB instead of {_megabytes(before)} MB"
    note = f"Left out {what}, which prediction never reads: {saved}."
    progress(note.removesuffix("."))
    return dataclasses.replace(slim, spec=staged.spec), [note]


def _may_be_worth_it(staged: StagedModel, found: Sequence[Leftover]) -> bool:
    """Whether what was found is large beside the file, were it not compressed."""
    counter = _Counter()
    for leftover in found:
        pickle.dump(getattr(leftover.owner, leftover.attribute), counter, protocol=5)
    return _is_worth_it((staged.root / staged.spec.file).stat().st_size, counter.size)


class _Counter:
    """A file that only counts."""

    size = 0

    def write(self, data: bytes) -> int:
        """Count bytes."""
        length = memoryview(data).nbytes
        self.size += length
        return length


def _is_worth_it(size: int, saved: int) -> bool:
    return saved >= _WORTH_BYTES or saved >= size * _WORTH_SHARE


def _rewrite(staged: StagedModel, destination: Path) -> None:
    """Write the slim file, adding the user's modules as they are found missing."""
    while True:
        try:
            rewrite(staged.root, staged.spec, destination)
        except MissingModuleError as error:
            destination.with_name("failure.json").unlink()
            if not add_module(staged.root, error.module, staged.folders):
                raise
        else:
            return


def _loaded(staged: StagedModel, file: str) -> StagedModel:
    spec = msgspec.structs.replace(staged.spec, file=file)
    return dataclasses.replace(staged, spec=spec, estimator=load_estimator(staged.root, spec))


def _refuse_other_answers(staged: StagedModel, slim: StagedModel, draft: Draft) -> None:
    """Raise unless both models answer the sample and hostile rows with the same bits.

    Raises:
        PackError: An answer differs.
    """
    rows = [*draft.rows, *hostile_rows(draft.rows, draft.signature)]
    everything = _lenient(draft.signature)
    with quietly():
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            if _answers(staged, everything, chunk) != _answers(slim, everything, chunk):
                raise PackError("without them it answers differently")


def _lenient(signature: Signature) -> Signature:
    """Nulls and unseen categories reach the model, so that it is compared on them, too."""
    columns = tuple(
        msgspec.structs.replace(c, on_null="pass", on_unseen="pass") for c in signature.columns
    )
    return msgspec.structs.replace(signature, columns=columns)


def _answers(
    staged: StagedModel, signature: Signature, rows: list[JsonValue]
) -> list[Answer | Fault]:
    engine = engine_of(staged, signature)
    return engine.answer(engine.decoder.decode_rows(rows))


def _named(found: Iterable[Leftover]) -> str:
    """Such as `coefs_paths_ and scores_ of LogisticRegressionCV`."""
    by_class: dict[str, set[str]] = {}
    for leftover in found:
        by_class.setdefault(leftover.class_name, set()).add(leftover.attribute)
    return "; ".join(f"{_listed(sorted(names))} of {owner}" for owner, names in by_class.items())


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}" if size >= 1e5 else f"{size / 1e6:,.3f}"
