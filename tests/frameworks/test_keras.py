"""Keras models over HTTP answer as Keras does in process, on at least 200 held-out rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from tests.end_to_end.agreement import BATCH_SIZES, assert_same_labels, assert_same_scores, post
from tests.frameworks.keras_models import (
    HELD_OUT,
    NAMES,
    arrays_of,
    make_named_inputs,
    make_sequences,
    make_table,
    train_binary,
    train_lstm,
    train_named_inputs,
)

import golive

# Keras reads its own variables in a way that NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
CLOSE = 1e-5


@pytest.fixture(scope="module")
def binary():
    """A trained classifier, its sample, and held-out rows."""
    table = make_table()
    return train_binary(table.iloc[:-HELD_OUT]), table.iloc[:-HELD_OUT], table.iloc[-HELD_OUT:]


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_classifier_with_a_tutorials_metric_agrees(binary, tmp_path, serve, ending):
    model, sample, held_out = binary
    model.save(tmp_path / f"net{ending}")
    sample.to_csv(tmp_path / "train.csv", index=False)
    bundle = golive.pack(
        tmp_path / f"net{ending}",
        tmp_path / "train.csv",
        target="y",
        eval=held_out,
        output=tmp_path / "m.bundle",
    )
    records = held_out[NAMES].to_dict("records")
    expected = model.predict(held_out[NAMES].to_numpy("float32"), verbose=0)[:, 0].astype(float)

    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, records, size)
            assert_same_scores(predictions, expected, relative=CLOSE)
            assert_same_labels(predictions, (expected >= 0.5).astype(int))

    assert bundle.manifest.model.backend == "tensorflow"
    assert bundle.profile.evaluation is not None


def test_requests_at_the_same_time_and_one_null_are_answered_each(binary, tmp_path, serve_apart):
    model, sample, held_out = binary
    bundle = golive.pack(model, sample, target="y", output=tmp_path / "m.bundle", name="memory")
    records = held_out[NAMES].to_dict("records")
    expected = model.predict(held_out[NAMES].to_numpy("float32"), verbose=0)[:, 0].astype(float)
    parts = [slice(at, at + 1 + at % 11) for at in range(0, HELD_OUT - 11, 3)]

    with serve_apart(bundle.path) as served:
        with ThreadPoolExecutor(8) as pool:
            ask = lambda part: served.client.post("/predict", json=records[part])  # noqa: E731
            answers = list(pool.map(ask, parts))
        mixed = served.client.post("/predict", json=[records[0], {**records[1], "c": None}])

    for part, answer in zip(parts, answers, strict=True):
        assert_same_scores(answer.json()["predictions"], expected[part], relative=CLOSE)
    first, second = mixed.json()["predictions"]
    assert mixed.status_code == 200
    assert first["score"] == pytest.approx(expected[0], rel=CLOSE)
    assert second["error"]["code"] == "null_not_allowed"
    assert second["error"]["field"] == "c"


def test_named_inputs_and_three_classes_agree(tmp_path, serve):
    frame = make_named_inputs()
    model = train_named_inputs(frame.iloc[:-HELD_OUT])
    model.save(tmp_path / "net.keras")
    bundle = golive.pack(
        tmp_path / "net.keras",
        frame.iloc[:-HELD_OUT],
        target="label",
        output=tmp_path / "m.bundle",
    )
    held_out = frame.iloc[-HELD_OUT:]
    records = [
        {"profile": list(map(float, profile)), "city": int(city), "age": float(age)}
        for profile, city, age in held_out[["profile", "city", "age"]].itertuples(index=False)
    ]
    expected = model.predict(arrays_of(held_out), verbose=0)

    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, records, size)
            given = [list(each["probabilities"].values()) for each in predictions]
            np.testing.assert_allclose(given, expected, rtol=CLOSE, atol=1e-7)
            assert_same_labels(predictions, expected.argmax(axis=1))


def test_an_lstm_on_series_agrees(tmp_path, serve):
    series, truth = make_sequences()
    model = train_lstm(series[:-HELD_OUT], truth[:-HELD_OUT])
    model.save(tmp_path / "net.keras")
    sample = pd.DataFrame({"series": list(series[:-HELD_OUT]), "mean": truth[:-HELD_OUT]})
    bundle = golive.pack(
        tmp_path / "net.keras", sample, target="mean", output=tmp_path / "m.bundle"
    )
    records = [{"series": each.tolist()} for each in series[-HELD_OUT:]]
    expected = model.predict(series[-HELD_OUT:], verbose=0)[:, 0].astype(float)

    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, records, size)
            np.testing.assert_allclose(
                [each["score"] for each in predictions], expected, rtol=CLOSE, atol=1e-6
            )

    [column] = bundle.signature.columns
    assert (column.type, column.shape) == ("vector", (12, 3))
