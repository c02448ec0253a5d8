"""Errors of lookups."""

from __future__ import annotations

from golive.errors import GoliveError

__all__ = ["LookupTimeoutError", "LookupUnavailableError"]


class LookupUnavailableError(GoliveError):
    """A store of looked-up values cannot be asked, or what it holds cannot be read."""

    code = "unavailable"


class LookupTimeoutError(LookupUnavailableError):
    """It did not answer in time."""

    code = "timeout"
