"""Compare what a client got over HTTP with what the model says in process."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import httpx
import pandas as pd

BATCH_SIZES = (1, 7, 100)


def records_of(frame: pd.DataFrame) -> list[dict]:
    """Rows as JSON records: nulls are None, numbers are Python's."""
    nulls = frame.isna()
    return [
        {c: None if nulls.at[i, c] else v for c, v in zip(frame.columns, row, strict=True)}
        for i, row in zip(frame.index, frame.astype(object).itertuples(index=False), strict=True)
    ]


def batches(items: Sequence, size: int) -> Iterable[Sequence]:
    return (items[i : i + size] for i in range(0, len(items), size))


def post(client: httpx.Client, records: Sequence, size: int) -> list[dict]:
    """Predictions of all records, asked for in batches of one size (1: without a list)."""
    predictions = []
    for batch in batches(records, size):
        answer = client.post("/predict", json=batch[0] if size == 1 else batch)
        assert answer.status_code == 200, answer.text
        predictions += answer.json()["predictions"]
    assert len(predictions) == len(records)
    return predictions


def assert_same_scores(predictions: Sequence[dict], expected: Iterable[float], *, relative=1e-12):
    scores = [p["score"] for p in predictions]
    wrong = [
        (i, got, want)
        for i, (got, want) in enumerate(zip(scores, expected, strict=True))
        if not math.isclose(got, want, rel_tol=relative, abs_tol=1e-300)
    ]
    assert wrong == []


def assert_same_labels(predictions: Sequence[dict], expected: Iterable):
    got = [p["label"] for p in predictions]
    want = [v.item() if hasattr(v, "item") else v for v in expected]
    assert got == want
    assert [type(v) for v in got] == [type(v) for v in want]
