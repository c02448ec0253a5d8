"""Verdicts: whether a candidate does worse than it may, by what was counted. Pure.

Each is sure enough that it does not matter how often one looks: what was counted must be beyond the
bound by a margin that is exceeded by chance once in a thousand.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from golive.http.stepback.bounds import Bounds
from golive.http.stepback.proportions import least_excess, wilson
from golive.http.stepback.window import Pairs, Tally, bucket_of, quantile_bucket, upper_end
from golive.signature.model import JsonValue

__all__ = ["Reason", "Verdict", "figures_of", "judge"]

Reason = Literal["errors", "latency", "disagreement", "crashed"]

_PERCENTILE = 0.95
_LEAST_SECONDS = 0.01  # by which a candidate must be slower, however many times that is


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Why a candidate is to step back.

    Attributes:
        reason: Which bound it crossed, or that it crashed.
        message: What was seen, and what is allowed.
    """

    reason: Reason
    message: str


def judge(usual: Tally, candidate: Tally, pairs: Pairs, bounds: Bounds) -> Verdict | None:
    """Why the candidate is to step back, or None where that is not sure.

    Args:
        usual: What was counted of the usual version.
        candidate: What was counted of the candidate, over the same time.
        pairs: How both answered the same requests.
        bounds: How much worse it may do.
    """
    return (
        _of_errors(usual, candidate, bounds)
        or _of_latency(usual, candidate, bounds)
        or _of_disagreement(pairs, bounds)
    )


def figures_of(tally: Tally) -> dict[str, JsonValue]:
    """What readiness tells of a version."""
    figures: dict[str, JsonValue] = {"requests": tally.requests, "failed": tally.failed}
    if tally.timed:
        figures["p95_seconds"] = round(_p95(tally), 6)
    return figures


def _of_errors(usual: Tally, candidate: Tally, bounds: Bounds) -> Verdict | None:
    allowed = bounds.errors
    if allowed is None or min(usual.requests, candidate.requests) < bounds.least:
        return None
    excess = least_excess(candidate.failed, candidate.requests, usual.failed, usual.requests)
    if excess <= allowed:
        return None
    share, usual_share = candidate.failed / candidate.requests, usual.failed / usual.requests
    message = (
        f"{candidate.failed} of its {candidate.requests} requests failed ({_percent(share)}), "
        f"{usual.failed} of the usual version's {usual.requests} ({_percent(usual_share)}); "
        f"{_percent(allowed)} more may"
    )
    return Verdict(reason="errors", message=message)


def _of_latency(usual: Tally, candidate: Tally, bounds: Bounds) -> Verdict | None:
    """Its 95th percentile is beyond the limit where surely more than 5% take longer than that.

    The limit is so many times what the usual version's 95th percentile surely does not exceed: the
    quantile at the upper bound of 95%. Both hold however the times are distributed.
    """
    allowed, timed = bounds.latency, candidate.timed
    if allowed is None or min(usual.timed, timed) < bounds.least:
        return None
    _, share = wilson(_PERCENTILE * usual.timed, usual.timed)
    longest = upper_end(quantile_bucket(usual.times, share))
    limit = max(allowed * longest, longest + _LEAST_SECONDS)
    slower = sum(candidate.times[bucket_of(limit) + 1 :])
    if wilson(slower, timed)[0] <= 1 - _PERCENTILE:
        return None
    message = (
        f"95% of its {timed} requests took up to {_p95(candidate):.3g} s, of the usual version's "
        f"{usual.timed} up to {_p95(usual):.3g} s; it may take {allowed:g} times as long"
    )
    return Verdict(reason="latency", message=message)


def _of_disagreement(pairs: Pairs, bounds: Bounds) -> Verdict | None:
    """As if each request had one record: those of one request are not independent."""
    allowed, records = bounds.disagreement, pairs.agreed + pairs.differed
    if allowed is None or pairs.requests < bounds.least or not records:
        return None
    differing = pairs.requests * pairs.differed / records
    if wilson(differing, pairs.requests)[0] <= allowed:
        return None
    message = (
        f"{pairs.differed} of {records} records that both versions answered differ "
        f"({_percent(pairs.differed / records)}), in {pairs.requests} requests; "
        f"{_percent(allowed)} may"
    )
    return Verdict(reason="disagreement", message=message)


def _p95(tally: Tally) -> float:
    return upper_end(quantile_bucket(tally.times, _PERCENTILE))


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
