"""`golive.diff`: what changed from one bundle to another, and whether callers can stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from golive.bundle.reading import Bundle, open_bundle
from golive.checking.answer_changes import answer_changes
from golive.checking.bundle_changes import bundle_changes
from golive.checking.difference import EFFECTS, AnswerChanges, Change, Difference
from golive.checking.input_changes import input_changes
from golive.signature.model import JsonValue

__all__ = ["diff"]


def diff(
    before: str | Path,
    after: str | Path,
    *,
    answers: bool = True,
    verify: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Difference:
    """Compare two bundles for somebody who calls the first and will get the second.

    Signature, metrics, versions, sizes and cards are compared without running anything. Then each
    model answers the golden records of both, in a process of its own.

    Args:
        before: The path of the bundle that callers know.
        after: The path of the one that would take its place.
        answers: Whether the models are run.
        verify: Hash every file again even if this machine has verified it before.
        progress: Told in a sentence what is being done.

    Returns:
        The changes, the worst first. A golden record that only the old bundle answers is breaking.

    Raises:
        UsageError: There is no bundle there.
        BundleError: A bundle is not what was packed.
    """
    old, new = (open_bundle(Path(path), verify_all=verify) for path in (before, after))
    changes = [*input_changes(old.signature, new.signature), *bundle_changes(old, new)]
    found = None
    if answers:
        if progress is not None:
            progress("Answering the golden records of both with both")
        found = answer_changes(old, new)
        changes += _told(found)
    return Difference(
        before=_named(old),
        after=_named(new),
        changes=tuple(sorted(changes, key=lambda change: EFFECTS[change.effect])),
        answers=found,
    )


def _named(bundle: Bundle) -> str:
    return f"{bundle.name} {bundle.version}"


def _told(found: AnswerChanges) -> Iterator[Change]:
    """The changes of the answers, in words."""
    if found.obstacle:
        message = f"{found.obstacle}; packed outputs of {found.records} equal records were compared"
        yield Change(area="answers", subject="", effect="note", message=message)
    if found.appeared:
        message = f"an error now, and answered before: {_records(found.appeared)}"
        yield Change(area="answers", subject="error", effect="breaking", message=message)
    if found.vanished:
        message = f"answered now, and an error before: {_records(found.vanished)}"
        yield Change(area="answers", subject="error", effect="compatible", message=message)
    if found.flipped:
        message = f"{len(found.flipped)} of {found.records} records get another label, such as "
        message += _short(found.flipped[0])
        yield Change(area="answers", subject="label", effect="note", message=message)
    if found.max_difference and found.differing:
        message = (
            f"scores differ by {found.max_difference:.3g} at most, {found.mean_difference:.3g} on "
            f"average over {found.records} records; the most for {_short(found.largest_at)}"
        )
        yield Change(area="answers", subject="score", effect="note", message=message)
    elif found.differing and not found.appeared and not found.vanished and not found.flipped:
        message = f"{found.differing} of {found.records} records are answered otherwise"
        yield Change(area="answers", subject="", effect="note", message=message)


def _records(records: Sequence[JsonValue]) -> str:
    number = "1 record" if len(records) == 1 else f"{len(records)} records, such as"
    return f"{number} {_short(records[0])}"


def _short(record: JsonValue) -> str:
    text = json.dumps(record, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
