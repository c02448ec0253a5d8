"""The labelled rows that champion and challenger both answer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from golive.bundle.reading import Bundle
from golive.checking.answers_apart import answers_apart
from golive.errors import UsageError
from golive.files import sha256_of
from golive.packing.held_out_data import read_labelled
from golive.release.comparing import Comparison, compare
from golive.release.gate import NotMade
from golive.release.outcomes import outcomes_of
from golive.signature.model import JsonValue

__all__ = ["Asked", "LabelledRows", "Pair", "compare_on", "read_pair"]

_TOGETHER = 500


class LabelledRows:
    """A sample with truths that neither model was trained on.

    Args:
        data: A file that `golive pack` takes as well.
        target: The column of the truths.
        metric: Name of the metric that decides, or None.
        tolerance: How much worse the challenger may be in it.
    """

    def __init__(self, data: Path, target: str, *, metric: str | None, tolerance: float) -> None:
        self.data = data
        self.target = target
        self.metric = metric
        self.tolerance = tolerance
        self.sha256 = sha256_of(data) if data.is_file() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one model is asked.

    Attributes:
        bundle: Its bundle.
        records: n records, as its signature has them.
        truths: n truths in the type of its classes.
    """

    bundle: Bundle
    records: Sequence[JsonValue]
    truths: Sequence[JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The same rows for both.

    Attributes:
        champion: What the one that holds the alias is asked.
        challenger: What the other one is asked.
        rows: Where they are from.
    """

    champion: Asked
    challenger: Asked
    rows: LabelledRows


def read_pair(rows: LabelledRows, champion: Bundle, challenger: Bundle) -> Pair | NotMade:
    """Read the rows for both, before anything is run.

    Raises:
        UsageError: The rows do not fit a model, or one was trained on them.
    """
    both = (champion, challenger)
    for bundle in both:
        _refuse_training_rows(rows, bundle)
        if bundle.signature.output.kind == "custom" or not bundle.signature.columns:
            return NotMade(f"no metric is known for the answers of {_called(bundle)}")
    if len({bundle.signature.output.kind == "regression" for bundle in both}) > 1:
        return NotMade("one predicts numbers and the other classes")
    first, second = (_asked(rows, bundle) for bundle in both)
    return Pair(champion=first, challenger=second, rows=rows)


def compare_on(pair: Pair) -> tuple[Comparison | NotMade, str]:
    """Let both answer the rows, each in a process of its own, and compare.

    Returns:
        The comparison, and why the challenger did not answer, or an empty text.

    Raises:
        UsageError: The rows and answers do not give the metric that was named.
    """
    sides = (pair.champion, pair.challenger)
    with ThreadPoolExecutor(2) as both:
        given = list(
            both.map(lambda s: answers_apart(s.bundle, s.records, together=_TOGETHER), sides)
        )
    for side, answers in zip(sides, given, strict=True):
        if answers.failure:
            failure = f"{_called(side.bundle)} does not run here: {answers.failure}"
            return NotMade(failure), given[1].failure
    champion, challenger = (
        outcomes_of(side.truths, answers.outputs, side.bundle.signature.output)
        for side, answers in zip(sides, given, strict=True)
    )
    rows = pair.rows
    found = compare(champion, challenger, metric=rows.metric, tolerance=rows.tolerance)
    return found or NotMade("no row has a truth and an answer of both"), ""


def _asked(rows: LabelledRows, bundle: Bundle) -> Asked:
    records, truths = read_labelled(rows.data, bundle.signature, rows.target)
    return Asked(bundle=bundle, records=records, truths=truths)


def _refuse_training_rows(rows: LabelledRows, bundle: Bundle) -> None:
    if rows.sha256 and rows.sha256 == bundle.manifest.data_sha256:
        raise UsageError(
            f"{rows.data} is the sample that {_called(bundle)} was trained on: metrics on rows "
            "that a model has seen say nothing.",
            hint="Give labelled rows that neither model has seen.",
        )


def _called(bundle: Bundle) -> str:
    return f"{bundle.name} {bundle.version}"
