"""BentoML with adaptive batching, for models of named columns.

https://docs.bentoml.com/en/latest/get-started/adaptive-batching.html

Batches of DataFrames fail in the version that was tried (its dispatcher adds a tuple to a number),
so the batch is a list of pydantic models, of which one DataFrame is made.
"""

import os

import bentoml
import numpy as np
import pandas as pd

from benchmarks.peer_apps.loaded import load
from benchmarks.peer_apps.request_models import Person

__all__ = ["Model"]


@bentoml.service(workers=int(os.environ["BENCH_WORKERS"]))
class Model:
    """Answers what was waiting as one batch."""

    def __init__(self) -> None:
        self.model = load().model

    @bentoml.api(batchable=True)
    def predict(self, rows: list[Person]) -> np.ndarray:
        """A row of probabilities of each row."""
        return self.model.predict_proba(pd.DataFrame([row.model_dump() for row in rows]))
