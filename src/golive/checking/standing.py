"""What can be told of a bundle without running anything in it."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from golive.bundle.card import BLANK, card_blanks
from golive.bundle.profile import Evaluation
from golive.bundle.reading import Bundle
from golive.checking.pickles import pickle_findings
from golive.checking.report import Finding

__all__ = ["standing_findings"]

_LARGE = 500 * 2**20


def standing_findings(bundle: Bundle) -> Iterator[Finding]:
    """The card, the evaluation, the pickles, the environment and the size."""
    yield _card(bundle)
    yield from _evaluation(bundle)
    manifest = bundle.manifest
    yield from pickle_findings(bundle.path, manifest.files, manifest.model, bundle.requirements)
    yield _environment(bundle)
    yield _size(bundle)


def _card(bundle: Bundle) -> Finding:
    blanks = card_blanks(bundle.card)
    if not blanks:
        return Finding(check="card", severity="ok", code="ok", message="it has no blanks")
    return Finding(
        check="card",
        severity="warning",
        code="card_blanks",
        subject="card.md",
        message=f"{len(blanks)} blanks to fill in: {'; '.join(blanks)}",
        hint=f"golive inspect {bundle.source.name} --card > card.md, write what belongs there in "
        f"place of each {BLANK} and golive repack {bundle.source.name} --card card.md",
    )


def _evaluation(bundle: Bundle) -> Iterator[Finding]:
    evaluation = bundle.profile.evaluation
    if evaluation is None and bundle.signature.output.kind == "custom":
        text = "golive computes no metrics of answers of the model's own form"
        yield Finding(check="evaluation", severity="note", code="no_evaluation", message=text)
    elif evaluation is None:
        yield Finding(
            check="evaluation",
            severity="warning",
            code="no_evaluation",
            message="there are no metrics: it was packed without a held-out sample",
            hint="pack again with --eval held_out.csv",
        )
    else:
        yield from _evaluated(evaluation)


def _evaluated(evaluation: Evaluation) -> Iterator[Finding]:
    text = f"{len(evaluation.metrics)} metrics on {evaluation.rows:,} held-out rows"
    yield Finding(check="evaluation", severity="ok", code="ok", message=text)
    if evaluation.skipped > evaluation.rows:
        yield Finding(
            check="evaluation",
            severity="warning",
            code="mostly_skipped",
            message=f"{evaluation.skipped:,} held-out rows had no truth or no answer, and only "
            f"{evaluation.rows:,} count",
            hint="look at what golive predict says of these rows",
        )


def _environment(bundle: Bundle) -> Finding:
    different = [text for line in bundle.requirements if (text := _difference(line))]
    packed, here = bundle.manifest.python_version, platform.python_version()
    if packed.split(".")[:2] != here.split(".")[:2]:
        different.insert(0, f"Python {packed}, here {here}")
    if not different:
        text = f"Python {here} and {len(bundle.requirements)} packages are as packed"
        return Finding(check="environment", severity="ok", code="ok", message=text)
    return Finding(
        check="environment",
        severity="note",
        code="other_versions",
        message=f"packed with {'; '.join(different)}",
        hint="this check says how the bundle answers here; install its requirements.txt to check "
        "it as it was packed",
    )


def _difference(requirement: str) -> str | None:
    name, _, wanted = requirement.partition("==")
    try:
        here = version(name)
    except PackageNotFoundError:
        return f"{requirement}, not installed here"
    if "+" not in wanted:
        here = here.partition("+")[0]  # a build of the same version, such as 2.13.0+cpu
    return None if here == wanted else f"{requirement}, here {here}"


def _size(bundle: Bundle) -> Finding:
    files = bundle.manifest.files
    total = sum(entry.size for entry in files.values())
    largest = max(files, key=lambda path: files[path].size)
    text = f"{total:,} bytes; the largest file is {largest} with {files[largest].size:,}"
    if total <= _LARGE:
        return Finding(check="size", severity="ok", code="ok", message=text)
    return Finding(check="size", severity="note", code="large", message=text)
