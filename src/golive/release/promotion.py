"""A promotion: what was found, what the gate said and what came of it, as facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.checking.difference import Difference
from golive.checking.report import Report
from golive.release.comparing import Comparison
from golive.release.gate import Found, NotMade, Permission, Verdict
from golive.signature.model import JsonValue

__all__ = ["FORMAT_VERSION", "Promotion", "evidence_of"]

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """What came of asking for a version to take an alias.

    Attributes:
        model: The model's name in the registry.
        alias: The alias.
        version: The version's number.
        champion: Number of the version that held the alias; None if none did.
        found: What was found; None where the version holds the alias already.
        verdict: What the gate said.
        evidence: What is recorded in the history.
        is_moved: Whether the alias stands for the version because of this.
    """

    model: str
    alias: str
    version: int
    champion: int | None
    found: Found | None = None
    verdict: Verdict = field(default_factory=Verdict)
    evidence: Mapping[str, JsonValue] = field(default_factory=dict)
    is_moved: bool = False

    @property
    def reference(self) -> str:
        """The version, as it is named everywhere."""
        return f"{self.model}@{self.version}"

    def to_json(self) -> dict[str, JsonValue]:
        """What `golive promote --json` prints."""
        return {
            "model": self.model,
            "alias": self.alias,
            "version": self.version,
            "reference": self.reference,
            "is_moved": self.is_moved,
            "verdict": self.verdict.name,
            "allowed_by": list(self.verdict.missing),
            "evidence": dict(self.evidence),
        }


def evidence_of(
    found: Found, verdict: Verdict, permission: Permission, champion: int | None
) -> dict[str, JsonValue]:
    """What the history keeps of a decision: all that it was made of, in few lines."""
    return {
        "format_version": FORMAT_VERSION,
        "verdict": verdict.name,
        "champion": champion,
        "reasons": [
            {"code": r.code, "message": r.message, "allowed_by": r.allowed_by}
            for r in verdict.reasons
        ],
        "anyway": permission.anyway if verdict.is_overridden else "",
        "check": _check(found.check),
        "changes": None if found.difference is None else _changes(found.difference),
        "comparison": _comparison(found.comparison),
    }


def _check(report: Report | NotMade) -> dict[str, JsonValue]:
    if isinstance(report, NotMade):
        return {"made": False, "because": report.because}
    codes: dict[str, JsonValue] = {
        severity: sorted({f.code for f in report.findings if f.severity == severity})
        for severity in ("error", "warning")
    }
    return {"made": True, "verdict": report.verdict, "codes": codes}


def _changes(difference: Difference) -> dict[str, JsonValue]:
    breaking = [f"{c.area} {c.subject}" for c in difference.changes if c.effect == "breaking"]
    answers = difference.answers
    golden: JsonValue = None
    if answers is not None:
        golden = {
            "records": answers.records,
            "differing": answers.differing,
            "flipped": len(answers.flipped),
            "max_difference": answers.max_difference,
        }
    return {"verdict": difference.verdict, "breaking": breaking, "golden_records": golden}


def _comparison(comparison: Comparison | NotMade) -> dict[str, JsonValue]:
    if isinstance(comparison, NotMade):
        return {"made": False, "because": comparison.because}
    metrics: dict[str, JsonValue] = {
        name: {
            "champion": d.champion,
            "challenger": d.challenger,
            "difference": d.difference,
            "low": d.low,
            "high": d.high,
            "standing": d.standing(),
        }
        for name, d in comparison.differences.items()
    }
    return {
        "made": True,
        "metric": comparison.metric,
        "standing": comparison.standing,
        "tolerance": comparison.tolerance,
        "rows": comparison.rows,
        "skipped": comparison.skipped,
        "only_champion": comparison.only_champion,
        "only_challenger": comparison.only_challenger,
        "metrics": metrics,
    }
