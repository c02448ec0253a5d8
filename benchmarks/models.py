"""The models that are served: trained here, the same on every run, from small data.

Each has a folder with the fitted model, the sample that golive packs it with, the records that are
sent, and what the model itself answers them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from benchmarks.cases import RECORDS, TITLES, Case, Record
from benchmarks.digests import digest_of

__all__ = ["TRAINERS", "prepare", "prepare_all"]

_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_COLUMNS = [f"f{number}" for number in range(10)]
_NUMBERS = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
_ONE_HOT = ["workclass", "marital_status", "relationship", "race", "sex"]
_ORDINAL = ["education", "occupation", "native_country"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A fitted model and data.

    Attributes:
        model: Fitted.
        kind: What it takes: a `matrix` of numbers, a `table` of columns or a list of `texts`.
        sample: Some rows that it was fitted on, and the target in the column `target`.
        rows: The rows that are sent.
    """

    model: Any
    kind: str
    sample: pd.DataFrame
    rows: pd.DataFrame

    def inputs(self) -> Any:
        """The rows as the model takes them."""
        match self.kind:
            case "matrix":
                return self.rows.to_numpy(float)
            case "texts":
                return self.rows["text"].to_list()
            case _:
                return self.rows


def train_logistic() -> Trained:
    """A standard scaler and a logistic regression over ten numbers."""
    features, target = _numbers(seed=1)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(
        features[:2000], target[:2000]
    )
    return _matrix(model, features, target)


def train_forest() -> Trained:
    """A random forest of 300 trees over ten numbers."""
    features, target = _numbers(seed=2)
    forest = RandomForestClassifier(n_estimators=300, random_state=0)
    return _matrix(forest.fit(features[:2000], target[:2000]), features, target)


def train_boosted() -> Trained:
    """Imputer, scaler, one-hot and ordinal codes before 100 boosted trees, from a DataFrame."""
    sample, rows = _income("train.csv"), _income("held_out.csv").drop(columns="target")
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer(
        [
            ("numbers", numbers, _NUMBERS),
            ("one_hot", OneHotEncoder(handle_unknown="ignore", sparse_output=False), _ONE_HOT),
            ("ordinal", ordinal, _ORDINAL),
        ]
    )
    trees = HistGradientBoostingClassifier(max_iter=100, random_state=0)
    model = Pipeline([("columns", columns), ("trees", trees)])
    model.fit(sample.drop(columns="target"), sample["target"])
    return Trained(model=model, kind="table", sample=sample, rows=rows.iloc[:RECORDS])


def train_text() -> Trained:
    """Words and pairs of words, and a logistic regression over 77 classes."""
    sample = _texts("train.csv")
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    model = Pipeline([("words", words), ("classifier", LogisticRegression(C=20, max_iter=300))])
    model.fit(sample["text"], sample["target"])
    rows = _texts("held_out.csv")[["text"]].drop_duplicates()
    return Trained(model=model, kind="texts", sample=sample, rows=rows.iloc[:RECORDS])


TRAINERS: dict[str, Callable[[], Trained]] = {
    "logistic": train_logistic,
    "boosted": train_boosted,
    "text": train_text,
    "forest": train_forest,
}


def prepare_all(names: list[str], folder: Path) -> list[Case]:
    """Train what is named, and write all that serving and checking need."""
    return [prepare(name, folder / name) for name in names]


def prepare(name: str, folder: Path) -> Case:
    """Train one model unless that has been done, and write all that serving and checking need."""
    digest = digest_of(Path(__file__), _EXAMPLES, salt=f"{sklearn.__version__} {np.__version__}")
    done = folder / "digest"
    if done.exists() and done.read_text("ascii") == digest:
        return Case.read(folder)
    case = _train(name, folder)
    done.write_text(digest, "ascii")
    return case


def _train(name: str, folder: Path) -> Case:
    trained = TRAINERS[name]()
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(trained.model, folder / "model.joblib")
    trained.sample.to_csv(folder / "sample.csv", index=False)
    probabilities = trained.model.predict_proba(trained.inputs())
    case = Case(
        name=name,
        title=TITLES[name],
        kind=trained.kind,
        folder=folder,
        columns=tuple(trained.rows.columns),
        classes=tuple(str(each) for each in trained.model.classes_),
        records=tuple(_records(trained.rows)),
        probabilities=tuple(tuple(row) for row in probabilities.tolist()),
        labels=tuple(str(each) for each in trained.model.predict(trained.inputs())),
    )
    case.write()
    return case


def _numbers(seed: int) -> tuple[Any, Any]:
    features, target = make_classification(
        n_samples=2000 + RECORDS, n_features=10, n_informative=6, random_state=seed
    )
    return np.round(features, 4), target


def _matrix(model: Any, features: Any, target: Any) -> Trained:
    frame = pd.DataFrame(features, columns=_COLUMNS)
    sample = frame.iloc[:2000].assign(target=target[:2000])
    return Trained(model=model, kind="matrix", sample=sample, rows=frame.iloc[2000:])


def _income(name: str) -> pd.DataFrame:
    frame = pd.read_csv(_EXAMPLES / "income" / name).rename(columns={"income": "target"})
    words = [*_ONE_HOT, *_ORDINAL]
    frame[words] = frame[words].fillna("unknown")
    # The imputer is to have something to do, in the requests too.
    frame["hours_per_week"] = frame["hours_per_week"].where(frame.index % 10 != 3)
    frame["capital_gain"] = frame["capital_gain"].where(frame.index % 25 != 7)
    return frame[[*_NUMBERS, *_ONE_HOT, *_ORDINAL, "target"]].drop_duplicates(ignore_index=True)


def _texts(name: str) -> pd.DataFrame:
    return pd.read_csv(_EXAMPLES / "banking" / name).rename(columns={"category": "target"})


def _records(rows: pd.DataFrame) -> list[Record]:
    """The rows as JSON has them: null where a value is missing, whole numbers without a point."""
    records: list[Record] = json.loads(rows.to_json(orient="records", double_precision=15))
    return records
