"""Errors of keys and their limits."""

from __future__ import annotations

from golive.errors import GoliveError

__all__ = ["KeysError", "LedgerError"]


class KeysError(GoliveError):
    """Keys cannot be read, written or trusted."""

    code = "bad_keys"


class LedgerError(GoliveError):
    """What keys have used cannot be read or written now."""

    code = "limits_unavailable"
