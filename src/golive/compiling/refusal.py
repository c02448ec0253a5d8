"""Refusal: a program or a graph that may not stand for its model."""

from __future__ import annotations

from golive.bundle.proof import Proof
from golive.errors import PackError

__all__ = ["NotProvenError"]


class NotProvenError(PackError):
    """What was made of a model is not equal to it, slower, or could not be made at all.

    Attributes:
        proof: What was tried and found.
    """

    code = "not_proven"

    def __init__(self, message: str, *, proof: Proof, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.proof = proof
