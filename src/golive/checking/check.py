"""`golive.check`: everything that is looked at before a bundle goes live, as one report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from golive.bundle.reading import open_bundle
from golive.checking.child import examine_apart
from golive.checking.dynamic import RunOptions
from golive.checking.measuring import measure, memory_findings
from golive.checking.report import SEVERITIES, Finding, Report
from golive.checking.standing import standing_findings

__all__ = ["check"]


def check(
    bundle: str | Path,
    *,
    seed: int = 0,
    measures: bool = True,
    verify: bool = False,
    allow_drifted_environment: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Look for trouble that callers of a bundle would meet.

    What is told of the card, the pickles and the environment needs no model. The model runs in a
    process of its own: the golden records, hostile records for every field, each compared with
    the model called directly, large batches and two threads. Then it is served and measured.

    Args:
        bundle: The path of a bundle (a directory or a `.zip`).
        seed: Of the order of records in batches and threads.
        measures: Whether it is served to measure start, memory and latency.
        verify: Hash every file again even if this machine has verified it before.
        allow_drifted_environment: Golden records that are answered differently here are a warning
            instead of an error.
        progress: Told in a sentence what is being done.

    Returns:
        The findings, the worst first, and the measurements. For the same bundle, environment and
        seed the same is asked, unless answers are so slow that fewer records must do.

    Raises:
        UsageError: There is no bundle there.
        BundleError: The bundle is not what was packed.
    """
    say = progress or _say_nothing
    opened = open_bundle(Path(bundle), verify_all=verify)
    say("Reading the card, the pickles and the environment")
    findings = list(standing_findings(opened))
    options = RunOptions(seed=seed, allow_drifted_environment=allow_drifted_environment)
    if not _is_dangerous(findings):
        findings += examine_apart(opened, options, say)
    measurements = None
    if measures and _may_start(findings):
        say("Serving it to measure start, memory and latency")
        found = measure(opened, allow_drifted_environment=allow_drifted_environment)
        if isinstance(found, Finding):
            findings.append(found)
        else:
            measurements = found
            findings += memory_findings(found)
    return Report(
        bundle=str(bundle),
        name=opened.name,
        version=opened.version,
        findings=tuple(sorted(findings, key=lambda finding: SEVERITIES[finding.severity])),
        measurements=measurements,
    )


def _say_nothing(_: str) -> None:
    """Progress that nobody watches."""


def _is_dangerous(findings: list[Finding]) -> bool:
    """Whether a pickle must not be loaded; then nothing of the bundle is run."""
    return any(finding.code == "dangerous_import" for finding in findings)


def _may_start(findings: list[Finding]) -> bool:
    prevented = {"dangerous_import", "not_loadable", "golden_drift", "hangs", "process_ended"}
    return not any(f.severity == "error" and f.code in prevented for f in findings)
