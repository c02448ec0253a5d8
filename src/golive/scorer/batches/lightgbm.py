"""LightGBM's trees of batches."""

from __future__ import annotations

from golive.scorer.batches.forests import answering
from golive.scorer.rows.lightgbm import ANSWERS

__all__ = ["OPS"]

OPS = answering(ANSWERS)
