"""The trained model within a peer's process; the folder comes in the variable `BENCH_CASE`."""

import json
import os
from pathlib import Path
from typing import Any

import joblib
import numpy as np

__all__ = ["LoadedModel", "load"]


class LoadedModel:
    """Answers records with label, score and probabilities, computing each batch once."""

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "case.json").read_text("utf-8"))
        self.kind: str = about["kind"]
        self.columns: list[str] = about["columns"]
        self.classes: list[str] = about["classes"]
        self.model = joblib.load(folder / "model.joblib")

    def answer(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """An answer of each record, in order."""
        return [self.as_answer(row) for row in self.probabilities(records).tolist()]

    def probabilities(self, records: list[dict[str, Any]]) -> Any:
        """A row of probabilities of each record."""
        return self.model.predict_proba(self.inputs(records))

    def as_answer(self, row: list[float]) -> dict[str, Any]:
        """What a caller gets of one record."""
        best = max(range(len(row)), key=row.__getitem__)
        probabilities = dict(zip(self.classes, row, strict=True))
        return {"label": self.classes[best], "score": row[best], "probabilities": probabilities}

    def inputs(self, records: list[dict[str, Any]]) -> Any:
        """Records as the model takes them."""
        match self.kind:
            case "matrix":
                return np.array([[record[name] for name in self.columns] for record in records])
            case "texts":
                return [record["text"] for record in records]
            case _:
                # Other servers need no pandas where the model does not.
                import pandas as pd

                return pd.DataFrame(records, columns=self.columns)


def load() -> LoadedModel:
    """The model of the case that is served."""
    return LoadedModel(Path(os.environ["BENCH_CASE"]))
