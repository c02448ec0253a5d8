"""What was inferred from a model and a sample of its data."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from golive.signature.model import JsonValue, Signature

__all__ = ["Inference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """What was inferred.

    Attributes:
        signature: The signature; its policies are not settled yet.
        frame: The input columns as the model was trained with them; for a function model the
            list of its requests.
        target: The truths of the sample in the type of the model's labels, or None.
        notes: What is worth telling, one sentence each.
    """

    signature: Signature
    frame: pd.DataFrame | list[JsonValue]
    target: pd.Series | None = None
    notes: tuple[str, ...] = ()
