"""BentoML with adaptive batching, for models of numbers.

https://docs.bentoml.com/en/latest/get-started/adaptive-batching.html
"""

import os

import bentoml
import numpy as np

from benchmarks.peer_apps.loaded import load

__all__ = ["Model"]


@bentoml.service(workers=int(os.environ["BENCH_WORKERS"]))
class Model:
    """Answers what was waiting as one batch."""

    def __init__(self) -> None:
        self.model = load().model

    @bentoml.api(batchable=True)
    def predict(self, rows: np.ndarray) -> np.ndarray:
        """A row of probabilities of each row."""
        return self.model.predict_proba(rows)
