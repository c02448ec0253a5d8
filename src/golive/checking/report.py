"""What a check found: findings, measurements and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from golive.signature.model import JsonValue

__all__ = ["SEVERITIES", "Finding", "Measurements", "Report", "Severity"]

Severity = Literal["error", "warning", "note", "ok"]

SEVERITIES: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2, "ok": 3}
"""Severity to its rank, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: What was tried, such as `null`, `batch` or `pickles`.
        severity: `error`: callers get wrong answers or a fault that is not theirs. `warning`:
            somebody should decide. `note`: worth knowing. `ok`: as it should be.
        code: Stable name of what was found, such as `model_failed`; `ok` where nothing was.
        message: What was found.
        subject: The field, record or file that it is about, or an empty text.
        hint: What to do about it, or None.
    """

    check: str
    severity: Severity
    code: str
    message: str
    subject: str = ""
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """What the served model costs, on this machine and now.

    Attributes:
        start_seconds: From the start of the process until it answers; the median of the starts.
        starts: How often it was started.
        memory_bytes: Resident memory after the requests, or None where the system does not tell.
        memory_growth_bytes: By how much it is more than before them, when the server was warm.
        latency_p50_ms: Half of the warm requests with one record took at most so long.
        latency_p99_ms: 99 of 100 did.
        requests: Warm requests that were timed.
    """

    start_seconds: float
    starts: int
    memory_bytes: int | None
    memory_growth_bytes: int | None
    latency_p50_ms: float
    latency_p99_ms: float
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `golive.check` found.

    Attributes:
        bundle: The path of the bundle.
        name: The model's name.
        version: The bundle's short id.
        findings: The worst first.
        measurements: Of the served model, or None where they were left out or it did not start.
    """

    bundle: str
    name: str
    version: str
    findings: tuple[Finding, ...]
    measurements: Measurements | None = None

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def verdict(self) -> Literal["clean", "warnings", "faults"]:
        """`faults` with an error among the findings, else `warnings` with a warning."""
        if self.count("error"):
            return "faults"
        return "warnings" if self.count("warning") else "clean"

    def to_json(self) -> dict[str, JsonValue]:
        """What `golive check --json` prints."""
        body: dict[str, JsonValue] = msgspec.json.decode(msgspec.json.encode(self))
        counts = {severity: self.count(severity) for severity in SEVERITIES}
        return {"verdict": self.verdict, "counts": counts, **body}
