"""FastAPI, under uvicorn: https://fastapi.tiangolo.com/deployment/server-workers/.

The function is no coroutine, so that FastAPI calls it in a thread: it computes.
"""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.peer_apps.loaded import load
from benchmarks.peer_apps.request_models import KINDS

__all__ = ["app"]

app = FastAPI()
model = load()
Body = KINDS[model.kind]


class Answer(BaseModel):
    """What a caller gets."""

    label: str
    score: float
    probabilities: dict[str, float]


@app.post("/predict")
def predict(record: Body) -> Answer:  # type: ignore[valid-type]
    """Answer one record."""
    answer: dict[str, Any] = model.answer([record.model_dump()])[0]  # type: ignore[attr-defined]
    return Answer(**answer)
