"""Errors of lookups."""

from __future__ import annotations

from golive.errors import GoliveError, UsageError

__all__ = ["LookupNotReadError", "LookupTimeoutError", "LookupUnavailableError"]


class LookupUnavailableError(GoliveError):
    """A store of looked-up values cannot be asked, or what it holds cannot be read."""

    code = "unavailable"


class LookupTimeoutError(LookupUnavailableError):
    """It did not answer in time."""

    code = "timeout"


class LookupNotReadError(UsageError):
    """The file that a lookup was given cannot be read now; it says nothing of the model."""
