"""Errors of keys."""

from __future__ import annotations

from golive.errors import GoliveError

__all__ = ["KeysError"]


class KeysError(GoliveError):
    """Keys cannot be read, written or trusted."""

    code = "bad_keys"
