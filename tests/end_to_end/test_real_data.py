"""Models on real data answer over HTTP exactly as in process, whatever the batch."""

from __future__ import annotations

import gzip
import json
import pickle
import tarfile
import warnings
from functools import cache

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, LogisticRegressionCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tests.end_to_end.agreement import (
    BATCH_SIZES,
    assert_same_labels,
    assert_same_scores,
    post,
    records_of,
)

import golive

pytestmark = pytest.mark.slow


def pack_frame(model, frame, target, folder, *, held_out):
    """Pack a model from files, as the command line does."""
    joblib.dump(model, folder / "model.joblib")
    frame.to_csv(folder / "train.csv", index=False)
    held_out.to_csv(folder / "held_out.csv", index=False)
    return golive.pack(
        folder / "model.joblib",
        folder / "train.csv",
        target=target,
        eval=folder / "held_out.csv",
        output=folder / "m.bundle",
    )


def assert_classifier_agrees(client, model, inputs):
    probabilities = model.predict_proba(inputs)
    best = probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities.max(axis=1)
    for size in BATCH_SIZES:
        predictions = post(client, records_of(inputs), size)
        assert_same_labels(predictions, model.predict(inputs))
        assert_same_scores(predictions, best)


def both_ways(serve, bundle):
    """The service of a bundle as its compiled program answers, and then as the original does."""
    for options in ((), ("--original",)):
        with serve(bundle.path, *options) as served:
            yield served


def test_games_logistic_regression_gives_the_known_answer(test_data, tmp_path, serve):
    frame = pd.read_csv(test_data / "games" / "games-expand.csv.gz")
    inputs = frame.drop(columns="label")
    model = LogisticRegression().fit(inputs, frame["label"])
    bundle = pack_frame(model, frame, "label", tmp_path, held_out=frame.iloc[::20])

    assert bundle.manifest.answers == "compiled"
    for served in both_ways(serve, bundle):
        asked = {f"G{i}": int(i == 1) for i in range(1, 11)}
        [posted] = served.client.post("/predict", json=asked).json()["predictions"]
        [got] = served.client.get("/predict", params=asked).json()["predictions"]
        assert_classifier_agrees(served.client, model, inputs.iloc[::40])
        assert posted == got
        assert round(posted["score"], 3) == 0.067


def test_boston_housing_regression_agrees(test_data, tmp_path, serve):
    frame = pd.read_csv(test_data / "housing" / "BostonHousing.csv.gz")
    inputs = frame.drop(columns="medv")
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(inputs, frame["medv"])
    bundle = pack_frame(model, frame, "medv", tmp_path, held_out=frame.iloc[::2])

    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            assert_same_scores(post(served.client, records_of(inputs), size), model.predict(inputs))


def test_births_regression_agrees(test_data, tmp_path, serve):
    frame = pd.read_csv(test_data / "natality" / "natality.csv.gz")
    frame = frame.dropna(subset=["weight_pounds"]).sample(frac=1, random_state=0)
    columns = ["plurality", "gestation_weeks", "mother_age", "weight_gain_pounds", "year"]
    train, held_out = frame.iloc[:8000], frame.iloc[8000:8600]
    model = make_pipeline(
        SimpleImputer(strategy="median"), RandomForestRegressor(30, min_samples_leaf=5)
    )
    model.fit(train[columns], train["weight_pounds"])
    keep = [*columns, "weight_pounds"]
    bundle = pack_frame(model, train[keep], "weight_pounds", tmp_path, held_out=held_out[keep])

    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, records_of(held_out[columns]), size)
            assert_same_scores(predictions, model.predict(held_out[columns]))


def test_nhl_won_agrees(test_data, tmp_path, serve):
    frame = pd.read_csv(test_data / "nhl" / "game_teams_stats.csv.gz")
    inputs = frame.drop(columns=["won", "game_id"])
    texts = ["HoA", "settled_in", "head_coach"]
    numbers = [c for c in inputs.columns if c not in texts]
    model = make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            (OneHotEncoder(handle_unknown="ignore"), texts),
        ),
        LogisticRegression(max_iter=1000),
    ).fit(inputs.iloc[:12000], frame["won"].iloc[:12000])
    held_out = frame.drop(columns="game_id").iloc[12000:12600]
    bundle = pack_frame(
        model, frame.drop(columns="game_id").iloc[:12000], "won", tmp_path, held_out=held_out
    )

    with serve(bundle.path) as served:
        assert_classifier_agrees(served.client, model, held_out.drop(columns="won"))


def read_adult(test_data):
    header = pd.read_csv(test_data / "census" / "adult_test.csv.gz", nrows=0).columns
    return pd.read_csv(
        test_data / "census" / "adult.data.gz",
        names=list(header),
        skipinitialspace=True,
        na_values="?",
    ).dropna(subset="class")


def test_adult_boosted_trees_agree_nulls_included(test_data, tmp_path, serve):
    frame = read_adult(test_data)
    inputs = frame.drop(columns="class")
    texts = inputs.select_dtypes(exclude="number").columns.tolist()
    numbers = [c for c in inputs.columns if c not in texts]
    model = make_pipeline(
        make_column_transformer(
            ("passthrough", numbers),
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
        ),
        HistGradientBoostingClassifier(max_iter=40),
    ).fit(inputs.iloc[:20000], frame["class"].iloc[:20000])
    held_out = frame.iloc[20000:20700]
    bundle = pack_frame(model, frame.iloc[:20000], "class", tmp_path, held_out=held_out)

    assert held_out.isna().any().any()
    assert bundle.manifest.answers == "compiled"
    for served in both_ways(serve, bundle):
        assert_classifier_agrees(served.client, model, held_out.drop(columns="class"))


@cache
def newsgroup_files(path):
    """The contents of all files of 20 newsgroups by name; going back in an archive is slow."""
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}


def read_newsgroups(test_data, part):
    """Documents and group names of one half of 20 newsgroups, in the order of their files."""
    contents = newsgroup_files(test_data / "newsgroups" / "20news-bydate.tar.xz")
    names = sorted(name for name in contents if part in name)
    documents = [contents[name].decode("latin-1") for name in names]
    return documents, [name.split("/")[-2] for name in names]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_newsgroups_over_http_reach_the_known_accuracy(test_data, tmp_path, serve):
    texts, groups = read_newsgroups(test_data, "train")
    test_texts, test_groups = read_newsgroups(test_data, "test")
    model = make_pipeline(
        TfidfVectorizer(max_df=0.5, min_df=2, stop_words="english"),
        LogisticRegression(C=100, max_iter=1000, tol=1e-7),
    ).fit(texts, groups)
    joblib.dump(model, tmp_path / "model.joblib")
    with gzip.open(tmp_path / "train.jsonl.gz", "wt") as sink:
        for text, group in zip(texts[::10], groups[::10], strict=True):
            sink.write(json.dumps({"text": text, "group": group}) + "\n")
    bundle = golive.pack(
        tmp_path / "model.joblib",
        tmp_path / "train.jsonl.gz",
        target="group",
        output=tmp_path / "news.bundle",
    )
    probabilities = model.predict_proba(test_texts)

    for served in both_ways(serve, bundle):
        for size in BATCH_SIZES:
            predictions = post(served.client, test_texts, size)
            assert_same_labels(predictions, model.classes_[probabilities.argmax(axis=1)])
            assert_same_scores(predictions, probabilities.max(axis=1))

    right = np.mean([p["label"] == g for p, g in zip(predictions, test_groups, strict=True)])
    assert len(test_texts) == 7532
    assert f"{right:.5f}" == "0.84599"


@pytest.mark.timeout(900)
def test_newsgroups_whose_pickle_is_mostly_paths_are_served_without_them(
    test_data, tmp_path, serve
):
    texts, groups = read_some_newsgroups(test_data, "train")
    test_texts = read_some_newsgroups(test_data, "test")[0][::4]
    model = make_pipeline(
        TfidfVectorizer(min_df=30, ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegressionCV(
            Cs=10, cv=3, max_iter=30, l1_ratios=(0.0,), scoring="accuracy",
            use_legacy_attributes=True,
        ),
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(texts, groups)
    joblib.dump(model, tmp_path / "model.joblib")
    with gzip.open(tmp_path / "train.jsonl.gz", "wt") as sink:
        for text, group in zip(texts, groups, strict=True):
            sink.write(json.dumps({"text": text, "group": group}) + "\n")

    bundle = golive.pack(
        tmp_path / "model.joblib",
        tmp_path / "train.jsonl.gz",
        target="group",
        output=tmp_path / "news.bundle",
    )

    original = joblib.load(tmp_path / "model.joblib")
    paths = len(pickle.dumps(original[-1].coefs_paths_))
    whole = (tmp_path / "model.joblib").stat().st_size
    slim = bundle.manifest.files["model/model.joblib"].size
    probabilities = original.predict_proba(test_texts)
    in_process = golive.load(bundle.path, original=True).predict(test_texts)
    assert paths > 0.9 * whole
    assert slim < 0.1 * whole
    assert any("Left out coefs_paths_ and scores_" in note for note in bundle.manifest.notes)
    assert len(test_texts) >= 200
    with serve(bundle.path) as served:
        predictions = post(served.client, test_texts, BATCH_SIZES[-1])
        assert_same_labels(predictions, original.predict(test_texts))
        assert_same_scores(predictions, probabilities.max(axis=1))
    with serve(bundle.path, "--original") as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, test_texts, size)
            assert predictions == in_process
            assert [list(p["probabilities"].values()) for p in predictions] == (
                probabilities.tolist()
            )
            assert_same_labels(predictions, original.predict(test_texts))


def read_some_newsgroups(test_data, part):
    """Documents and names of five groups of 20 newsgroups."""
    documents, groups = read_newsgroups(test_data, part)
    chosen = set(sorted(set(groups))[:5])
    kept = [(d, g) for d, g in zip(documents, groups, strict=True) if g in chosen]
    return [d for d, _ in kept], [g for _, g in kept]
