"""What pages of other origins may send and read, where a gateway has to tell browsers so."""

from __future__ import annotations

__all__ = ["BROWSER_HEADERS", "BROWSER_METHODS", "PREFLIGHT_SECONDS", "READABLE_HEADERS"]

BROWSER_HEADERS = (
    "authorization",
    "content-type",
    "golive-version",
    "traceparent",
    "x-amz-date",
    "x-amz-security-token",
    "x-api-key",
    "x-request-id",
)
"""Headers that they may send; `*` would leave out `authorization`."""

READABLE_HEADERS = (
    "golive-defaults",
    "golive-environment",
    "golive-feature-versions",
    "golive-model-version",
    "golive-request-id",
    "retry-after",
    "traceparent",
    "x-request-id",
)
"""Headers of answers that they may read."""

BROWSER_METHODS = ("GET", "POST")

PREFLIGHT_SECONDS = 600
"""For which a browser need not ask again."""
