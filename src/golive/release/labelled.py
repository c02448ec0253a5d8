"""The labelled rows that champion and challenger both answer."""

from __future__ import annotations

from pathlib import Path

from golive.bundle.reading import Bundle
from golive.checking.answers_apart import answers_apart
from golive.errors import UsageError
from golive.files import sha256_of
from golive.packing.held_out_data import read_labelled
from golive.release.comparing import Comparison, compare
from golive.release.gate import NotMade
from golive.release.outcomes import outcomes_of

__all__ = ["LabelledRows", "compare_on"]

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


def compare_on(
    rows: LabelledRows, champion: Bundle, challenger: Bundle
) -> tuple[Comparison | NotMade, str]:
    """Let both answer the rows, each in a process of its own, and compare.

    Returns:
        The comparison, and why the challenger did not answer, or an empty text.

    Raises:
        UsageError: The rows do not fit a model, or one was trained on them.
    """
    outputs = [bundle.signature.output for bundle in (champion, challenger)]
    for bundle in (champion, challenger):
        _refuse_training_rows(rows, bundle)
        if bundle.signature.output.kind == "custom" or not bundle.signature.columns:
            return NotMade(f"no metric is known for the answers of {_called(bundle)}"), ""
    if len({output.kind == "regression" for output in outputs}) > 1:
        return NotMade("one predicts numbers and the other classes"), ""
    sides = []
    for bundle in (champion, challenger):
        records, truths = read_labelled(rows.data, bundle.signature, rows.target)
        answers = answers_apart(bundle, records, together=_TOGETHER)
        if answers.failure:
            failure = f"{_called(bundle)} does not run here: {answers.failure}"
            return NotMade(failure), answers.failure if bundle is challenger else ""
        sides.append(outcomes_of(truths, answers.outputs, bundle.signature.output))
    found = compare(sides[0], sides[1], metric=rows.metric, tolerance=rows.tolerance)
    return found or NotMade("no row has a truth and an answer of both"), ""


def _refuse_training_rows(rows: LabelledRows, bundle: Bundle) -> None:
    if rows.sha256 and rows.sha256 == bundle.manifest.data_sha256:
        raise UsageError(
            f"{rows.data} is the sample that {_called(bundle)} was trained on: metrics on rows "
            "that a model has seen say nothing.",
            hint="Give labelled rows that neither model has seen.",
        )


def _called(bundle: Bundle) -> str:
    return f"{bundle.name} {bundle.version}"
