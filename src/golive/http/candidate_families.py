"""The metrics of candidates: requests that were split, copies that were compared, step-backs."""

from __future__ import annotations

from golive.http.exposition import Family

__all__ = [
    "CANDIDATE_ENDS",
    "CANDIDATE_PROCESSES",
    "FAMILIES",
    "REFUSED",
    "SECONDS",
    "SHADOW",
    "SHADOW_DIFFERENCES",
    "SHADOW_RECORDS",
    "SPLIT",
    "SPLIT_SECONDS",
    "STEPPED_BACK",
    "STEP_BACKS",
]

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper ends of the buckets of every histogram of seconds."""

_DIFFERENCES = (1e-9, 1e-6, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 10.0, 100.0)
SPLIT = Family(
    name="golive_split_requests",
    help="Requests split between two versions; failed: also where only some of the records did.",
    kind="counter",
    labels=("model", "version", "outcome"),
)
SPLIT_SECONDS = Family(
    name="golive_split_request_seconds",
    help="Seconds from the first byte of such a request to its answer.",
    kind="histogram",
    labels=("model", "version"),
    bounds=SECONDS,
)
STEP_BACKS = Family(
    name="golive_canary_step_backs",
    help="Candidates that stepped back, by the bound that they crossed, or crashed.",
    kind="counter",
    labels=("model", "version", "reason"),
)
STEPPED_BACK = Family(
    name="golive_canary_stepped_back",
    help="1 while a candidate is asked no more, else 0.",
    kind="gauge",
    labels=("model", "version"),
    merge=max,
)
REFUSED = Family(
    name="golive_canary_refused",
    help="1 while the candidate of the start is not asked, since it does not load, else 0.",
    kind="gauge",
    labels=("model", "candidate"),
    merge=max,
)
SHADOW = Family(
    name="golive_shadow_requests",
    help="Copies of requests that a candidate was to answer, by what came of them.",
    kind="counter",
    labels=("model", "version", "outcome"),
)
SHADOW_RECORDS = Family(
    name="golive_shadow_records",
    help="Records of such copies by whether the candidate's answer agrees with the one given.",
    kind="counter",
    labels=("model", "version", "outcome"),
)
SHADOW_DIFFERENCES = Family(
    name="golive_shadow_score_difference",
    help="By how much the scores of both differ.",
    kind="histogram",
    labels=("model", "version"),
    bounds=_DIFFERENCES,
)
CANDIDATE_PROCESSES = Family(
    name="golive_candidate_processes",
    help="Processes of a candidate that answers apart and that can be asked (one a worker).",
    kind="gauge",
    labels=("model",),
)
CANDIDATE_ENDS = Family(
    name="golive_candidate_process_ends",
    help="Times that such a process ended by itself (crashed) or did not start (not_started).",
    kind="counter",
    labels=("model", "reason"),
)
FAMILIES = (
    SPLIT,
    SPLIT_SECONDS,
    STEP_BACKS,
    STEPPED_BACK,
    REFUSED,
    SHADOW,
    SHADOW_RECORDS,
    SHADOW_DIFFERENCES,
    CANDIDATE_PROCESSES,
    CANDIDATE_ENDS,
)
"""In the order of the text."""
