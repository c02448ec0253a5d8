"""What `golive promote` tells a person: what was found, what came of it and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from golive.checking.difference import Difference
from golive.checking.report import Report
from golive.cli.references import placed, registry_of
from golive.release.comparing import Comparison
from golive.release.gate import NotMade
from golive.release.promotion import Promotion

__all__ = ["found_lines", "next_lines", "outcome_line"]

_Facts = dict[str, Any]


def found_lines(promotion: Promotion) -> Iterator[str]:
    """What was looked at and found, a line each."""
    found = promotion.found
    if found is None:
        return
    yield f"check: {_checked(found.check)}"
    if promotion.champion is None:
        yield "changes and comparison: none, as no version holds the alias"
        return
    if found.difference is not None:
        yield f"changes from {promotion.model}@{promotion.champion}: {_changed(found.difference)}"
    yield from _compared(found.comparison)


def outcome_line(promotion: Promotion, *, is_dry: bool) -> str:
    """What came of it."""
    name, place = promotion.reference, f"{promotion.model}@{promotion.alias}"
    if promotion.found is None:
        return f"{place} stands for version {promotion.version} already; nothing was changed."
    if not promotion.verdict.is_allowed:
        return f"refused: {name} does not take {promotion.alias}."
    before = "stood for none" if promotion.champion is None else f"version {promotion.champion}"
    if is_dry:
        return f"{name} may take {promotion.alias} ({before} so far); nothing was moved."
    if promotion.champion is None:
        return f"{place} stands for version {promotion.version} now."
    return f"{place} stood for {before} and stands for version {promotion.version} now."


def next_lines(promotion: Promotion, options: _Facts) -> Iterator[str]:
    """What to type next.

    Args:
        promotion: What came of it.
        options: The command's options; those that were given are in what is typed next.
    """
    registry = registry_of(options["reference"], options.get("registry"))
    alias = placed(f"{promotion.model}@{promotion.alias}", registry)
    mine = placed(promotion.reference, registry)
    if promotion.verdict.is_allowed:
        if promotion.is_moved or promotion.found is None:
            yield f"next: golive serve {alias}"
            if promotion.is_moved and promotion.champion is not None:
                yield f"or, to go back: golive rollback {alias}"
        else:
            yield f"next: {_again(promotion, mine, options, dry=False)}"
        return
    codes = {reason.code for reason in promotion.verdict.reasons if not reason.is_allowed}
    if codes == {"check_failed"}:
        yield f"next: golive check {mine}"
    elif "unreadable" in codes:
        yield f"next: golive versions {placed(promotion.model, registry)} --history"
    else:
        yield f"next: golive diff {alias} {mine}"
    yield f"or, all the same: {_again(promotion, mine, options, dry=True)}"


def _again(promotion: Promotion, reference: str, options: _Facts, *, dry: bool) -> str:
    """The same command with what would allow it."""
    words = [promotion.alias]
    for name in ("data", "target", "metric", "tolerance"):
        if options.get(name):
            words += [f"--{name}", str(options[name])]
    words += [] if options.get("check", True) else ["--no-check"]
    missing = promotion.verdict.missing
    if options.get("breaking") or "--breaking" in missing:
        words.append("--breaking")
    if options.get("anyway") or "--anyway" in missing:
        words += ["--anyway", options.get("anyway") or "REASON"]
    if options.get("why"):
        words += ["--why", options["why"]]
    if dry and options.get("dry_run"):
        words.append("--dry-run")
    return f"golive promote {reference} {shlex.join(words)}"


def _checked(report: Report | NotMade) -> str:
    if isinstance(report, NotMade):
        return f"not made: {report.because}"
    errors, warnings = report.count("error"), report.count("warning")
    return f"{errors} error{_s(errors)}, {warnings} warning{_s(warnings)}"


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _changed(difference: Difference) -> str:
    golden = difference.answers
    if golden is None:
        return difference.verdict
    told = f"{golden.differing} of {golden.records} golden records are answered otherwise"
    if golden.flipped:
        told += f", {len(golden.flipped)} with another label"
    return f"{difference.verdict}; {told}"


def _compared(comparison: Comparison | NotMade) -> Iterator[str]:
    if isinstance(comparison, NotMade):
        yield f"warning: NOT COMPARED with what stands there: {comparison.because}"
        return
    yield (
        f"compared on {comparison.rows:,} labelled rows ({comparison.skipped:,} skipped; 95% "
        f"intervals of the difference); {comparison.metric} decides:"
    )
    for name, d in comparison.differences.items():
        tolerance = comparison.tolerance if name == comparison.metric else 0.0
        yield (
            f"  {name} {d.champion:.4g} → {d.challenger:.4g}: {d.difference:+.3g} "
            f"({d.low:+.3g} to {d.high:+.3g}), {d.standing(tolerance)}"
        )
