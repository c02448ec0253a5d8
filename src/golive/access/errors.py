"""Errors of keys, of their limits and of tokens."""

from __future__ import annotations

from golive.errors import GoliveError

__all__ = ["IssuerError", "KeysError", "LedgerError"]


class IssuerError(GoliveError):
    """An issuer of tokens does not answer, or publishes no keys."""

    code = "issuer_unavailable"


class KeysError(GoliveError):
    """Keys cannot be read, written or trusted."""

    code = "bad_keys"


class LedgerError(GoliveError):
    """What keys have used cannot be read or written now."""

    code = "limits_unavailable"
