"""Really trained small models of every kind, each saved as in a bundle, with a batch to answer."""

import dataclasses
import gzip
import random
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import lightgbm
import msgspec
import numpy as np
import pandas as pd
import pytest
import skops.io
import xgboost
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from tests.runtimes.tensor_cases import TENSOR_CASES

from golive.bundle.manifest import ModelSpec
from golive.runtimes.codespace import CodeSpace
from golive.runtimes.loading import load_model
from golive.runtimes.protocols import Batch, Model
from golive.signature.model import Column, Output, Signature
from golive.testing.models import FakeModel

ROWS = 100
CITIES = ("Berne", "Lyon", "Turin")
WORDS = ("gate", "orbit", "puck", "goal", "engine", "brake", "shuttle", "ice")
LABELS = ("auto", "hockey", "space")


@dataclass(frozen=True)
class Case:
    """A model as it lies in a bundle, what it takes, and 100 records for it."""

    root: Path
    spec: ModelSpec
    signature: Signature
    batch: Batch
    estimator: Any

    def load(self) -> Model:
        return load_model(self.root, self.spec, self.signature).model


COLUMNS = (
    Column(name="age", type="integer", dtype="int64", nullable=True),
    Column(name="income", type="number", dtype="float64", nullable=True),
    Column(name="member", type="boolean", dtype="bool", nullable=True),
    Column(name="city", type="category", dtype="str", categories=CITIES, nullable=True),
)
NUMERIC = COLUMNS[:3]


def make_table(rows: int = 300, seed: int = 7) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": generator.integers(18, 90, rows),
            "income": generator.normal(50, 12, rows),
            "member": generator.random(rows) < 0.5,
            "city": pd.Series(generator.choice(CITIES, rows), dtype="str"),
        }
    )


TABLE = make_table()
SCORE = TABLE.age / 30 + TABLE.income / 20 + TABLE.member + (TABLE.city == "Lyon") * 2
BINARY = np.where(SCORE.median() < SCORE, "yes", "no")
THIRDS = np.asarray(pd.qcut(SCORE, 3, labels=False))

YES_NO = Output(kind="binary", classes=("no", "yes"), positive="yes")
ZERO_ONE = Output(kind="binary", classes=(0, 1), positive=1)
THREE = Output(kind="multiclass", classes=(0, 1, 2))
NUMBER = Output(kind="regression")


def batch_of(table: pd.DataFrame) -> Batch:
    return Batch(tuple(table[name].tolist() for name in table.columns), len(table))


def with_nulls(batch: Batch, columns: tuple[int, ...]) -> Batch:
    drawn = random.Random(11)
    return Batch(
        tuple(
            [None if i in columns and drawn.random() < 0.25 else value for value in values]
            for i, values in enumerate(batch.columns)
        ),
        batch.size,
    )


def mixed_columns() -> ColumnTransformer:
    numeric = make_pipeline(SimpleImputer(), StandardScaler())
    city = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    return ColumnTransformer(
        [("numeric", numeric, ["age", "income"]), ("city", city, ["city"])],
        remainder="drop",
    )


def frame_case(root: Path, estimator: Any, output: Output, *, nulls=(0, 1, 3), **spec) -> Case:
    (root / "model").mkdir(parents=True)
    joblib.dump(estimator, root / "model/model.joblib")
    return Case(
        root=root,
        spec=ModelSpec(kind="sklearn", loader="joblib", file="model/model.joblib", **spec),
        signature=Signature(form="frame", columns=COLUMNS, output=output),
        batch=with_nulls(batch_of(TABLE.head(ROWS)), nulls),
        estimator=estimator,
    )


def logistic(root):
    model = make_pipeline(mixed_columns(), LogisticRegression()).fit(TABLE, BINARY)
    return frame_case(root, model, YES_NO)


def own_labels(root):
    model = make_pipeline(mixed_columns(), LogisticRegression()).fit(TABLE, THIRDS)
    return frame_case(root, model, msgspec.structs.replace(THREE, label_source="predict"))


def linear_svc(root):
    model = make_pipeline(mixed_columns(), LinearSVC()).fit(TABLE, BINARY)
    return frame_case(root, model, msgspec.structs.replace(YES_NO, has_probabilities=False))


def regression(root):
    model = make_pipeline(mixed_columns(), LinearRegression()).fit(TABLE, SCORE.to_frame())
    return frame_case(root, model, NUMBER)


def forest(root):
    model = make_pipeline(mixed_columns(), RandomForestRegressor(5, random_state=1))
    return frame_case(root, model.fit(TABLE, SCORE), NUMBER)


def clusters(root):
    model = make_pipeline(mixed_columns(), KMeans(3, n_init=1, random_state=1)).fit(TABLE)
    return frame_case(root, model, Output(kind="custom"))


def several_outputs(root):
    targets = np.column_stack([SCORE, -SCORE])
    model = make_pipeline(mixed_columns(), LinearRegression()).fit(TABLE, targets)
    return frame_case(root, model, Output(kind="custom"))


def boosting_from_dtype(root):
    table = TABLE.assign(city=TABLE.city.astype("category"))
    model = HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype")
    case = frame_case(root, model.fit(table, BINARY), YES_NO, nulls=(0, 1, 2, 3))
    columns = (*NUMERIC, msgspec.structs.replace(COLUMNS[3], dtype="category"))
    return dataclasses.replace(
        case, signature=msgspec.structs.replace(case.signature, columns=columns)
    )


def matrix(root):
    model = LogisticRegression(max_iter=500).fit(TABLE[["age", "income"]].to_numpy(), THIRDS)
    case = frame_case(root, model, THREE)
    signature = Signature(form="matrix", columns=COLUMNS[:2], output=THREE)
    batch = batch_of(TABLE[["age", "income"]].head(ROWS))
    return dataclasses.replace(case, signature=signature, batch=batch)


def vectors(root):
    rows = TABLE[["age", "income"]].to_numpy(dtype=float)
    case = frame_case(root, LinearRegression().fit(rows, SCORE), NUMBER)
    column = Column(name="embedding", type="vector", dtype="float64", length=2)
    signature = Signature(form="matrix", columns=(column,), output=NUMBER)
    return dataclasses.replace(
        case, signature=signature, batch=Batch((rows[:ROWS].tolist(),), ROWS)
    )


def dates(root):
    start = datetime(2024, 1, 1, tzinfo=UTC)
    when = [start + timedelta(hours=7 * i) for i in range(300)]
    frame = pd.DataFrame({"when": pd.Series(when, dtype="datetime64[us, Europe/Paris]")})
    parts = FunctionTransformer(lambda f: np.column_stack([f.when.dt.hour, f.when.dt.day_of_week]))
    model = make_pipeline(parts, LinearRegression()).fit(frame, SCORE)
    column = Column(name="when", type="datetime", dtype="datetime64[us, Europe/Paris]")
    return dataclasses.replace(
        pickle_case(root, model, NUMBER, compress=True),
        signature=Signature(form="frame", columns=(column,), output=NUMBER),
        batch=Batch((when[:ROWS],), ROWS),
    )


def texts(root):
    drawn = random.Random(3)
    posts = [" ".join(drawn.choices(WORDS, k=6)) for _ in range(300)]
    labels = [LABELS[len(post) % 3] for post in posts]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10)).fit(posts, labels)
    output = Output(kind="multiclass", classes=LABELS)
    case = frame_case(root, model, output)
    column = Column(name="text", type="text", dtype="str")
    signature = Signature(form="series", columns=(column,), output=output)
    return dataclasses.replace(case, signature=signature, batch=Batch((posts[:ROWS],), ROWS))


def pickle_case(root: Path, model: Any, output: Output, *, compress: bool = False) -> Case:
    content = cloudpickle.dumps(model)
    path = root / ("model/model.pkl.gz" if compress else "model/model.pkl")
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(content) if compress else content)
    return Case(
        root=root,
        spec=ModelSpec(kind="sklearn", loader="pickle", file=f"model/{path.name}"),
        signature=Signature(form="frame", columns=COLUMNS, output=output),
        batch=with_nulls(batch_of(TABLE.head(ROWS)), (0, 1, 3)),
        estimator=model,
    )


def closure(root):
    factor = 1.5

    def scaled(frame):
        return frame.assign(income=frame.income * factor)

    model = make_pipeline(FunctionTransformer(scaled), mixed_columns(), LogisticRegression())
    return pickle_case(root, model.fit(TABLE, BINARY), YES_NO)


def skops_file(root):
    model = make_pipeline(mixed_columns(), LogisticRegression()).fit(TABLE, BINARY)
    case = frame_case(root, model, YES_NO)
    path = root / "model/model.skops"
    skops.io.dump(model, path)
    spec = ModelSpec(
        kind="sklearn",
        loader="skops",
        file="model/model.skops",
        trusted_types=tuple(skops.io.get_untrusted_types(file=path)),
    )
    return dataclasses.replace(case, spec=spec)


TRAIN = """
import pickle
import sys

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.linear_model import LogisticRegression

from decoding.names import NAMES


class InternalLR(TransformerMixin, BaseEstimator):
    def fit(self, X, y):
        self.inner_ = LogisticRegression().fit(X, [NAMES.index(label) for label in y])
        return self

    def transform(self, X):
        return self.inner_.predict_proba(X)


class InverseLabelEncoder(ClassifierMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X):
        return X

    def predict(self, X):
        from decoding import decode

        return decode(X)


if __name__ == "__main__":
    columns, table, labels, model_file = JOB
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(columns, InternalLR(), InverseLabelEncoder()).fit(table, labels)
    with open(model_file, "wb") as file:
        pickle.dump(model, file)
"""
DECODING = {
    "__init__.py": "from .decode import decode",
    "names.py": 'NAMES = ["no", "yes"]',
    "decode.py": (
        "import numpy as np\nfrom decoding.names import NAMES\n"
        "def decode(X):\n    return np.array(NAMES, dtype=object)[np.asarray(X).argmax(axis=1)]"
    ),
}


def label_decoding(root):
    """Pickled by a script whose own classes are in `__main__`, and which has a package beside."""
    (root / "model").mkdir(parents=True)
    (root / "code/decoding").mkdir(parents=True)
    for name, text in DECODING.items():
        (root / "code/decoding" / name).write_text(text)
    script = root / "code/train.py"
    script.write_text(TRAIN)
    job = (mixed_columns(), TABLE, BINARY, root / "model/model.pkl")
    with CodeSpace(root / "code").borrowed_names():
        names = runpy.run_path(str(script), {"JOB": job}, run_name="__main__")
    output = msgspec.structs.replace(YES_NO, label_source="predict")
    return Case(
        root=root,
        spec=ModelSpec(
            kind="sklearn", loader="pickle", file="model/model.pkl", main_module="train"
        ),
        signature=Signature(form="frame", columns=COLUMNS, output=output),
        batch=with_nulls(batch_of(TABLE.head(ROWS)), (0, 1, 3)),
        estimator=names["model"],
    )


def booster_case(root, kind, name, booster, output, columns=COLUMNS, **dtypes) -> Case:
    (root / "model").mkdir(parents=True)
    booster.save_model(root / "model" / name)
    typed = tuple(msgspec.structs.replace(c, dtype=dtypes.get(c.name, c.dtype)) for c in columns)
    table = TABLE[[column.name for column in columns]].head(ROWS)
    return Case(
        root=root,
        spec=ModelSpec(kind=kind, loader=kind, file=f"model/{name}"),
        signature=Signature(form="frame", columns=typed, output=output),
        batch=with_nulls(batch_of(table), (0, 1, 2, 3)),
        estimator=booster,
    )


def boost_xgboost(objective, labels, table, **parameters):
    data = xgboost.DMatrix(table, labels, enable_categorical=True, nthread=1)
    settings = {"objective": objective, "nthread": 1, "max_depth": 3, **parameters}
    return xgboost.train(settings, data, 5)


CATEGORICAL = TABLE.assign(city=TABLE.city.astype("category"))


def xgboost_binary_json(root):
    booster = boost_xgboost("binary:logistic", BINARY == "yes", CATEGORICAL)
    return booster_case(root, "xgboost", "model.json", booster, ZERO_ONE, city="category")


def xgboost_multiclass_ubj(root):
    booster = boost_xgboost("multi:softprob", THIRDS, TABLE.iloc[:, :3], num_class=3)
    return booster_case(root, "xgboost", "model.ubj", booster, THREE, NUMERIC)


def xgboost_labels(root):
    booster = boost_xgboost("multi:softmax", THIRDS, TABLE.iloc[:, :3], num_class=3)
    output = msgspec.structs.replace(THREE, classes=LABELS, has_probabilities=False)
    return booster_case(root, "xgboost", "model.json", booster, output, NUMERIC)


def xgboost_regression(root):
    booster = boost_xgboost("reg:squarederror", SCORE, TABLE.iloc[:, :3])
    return booster_case(root, "xgboost", "model.json", booster, NUMBER, NUMERIC)


def xgboost_matrix(root):
    booster = boost_xgboost("reg:squarederror", SCORE, TABLE.iloc[:, :3].to_numpy(dtype=float))
    case = booster_case(root, "xgboost", "model.json", booster, NUMBER, NUMERIC)
    return dataclasses.replace(
        case, signature=msgspec.structs.replace(case.signature, form="matrix")
    )


def xgboost_linear(root):
    booster = boost_xgboost(
        "reg:squarederror", SCORE, TABLE.iloc[:, :3], booster="gblinear", max_depth=None
    )
    case = booster_case(root, "xgboost", "model.json", booster, NUMBER, NUMERIC)
    return dataclasses.replace(case, batch=batch_of(TABLE.iloc[:ROWS, :3]))


def boost_lightgbm(objective, labels, table, **parameters):
    settings = {"objective": objective, "verbose": -1, "num_threads": 1, **parameters}
    return lightgbm.train(settings, lightgbm.Dataset(table, labels), 5)


def lightgbm_binary(root):
    booster = boost_lightgbm("binary", BINARY == "yes", CATEGORICAL)
    return booster_case(root, "lightgbm", "model.txt", booster, ZERO_ONE, city="category")


def lightgbm_multiclass(root):
    booster = boost_lightgbm("multiclass", THIRDS, TABLE.iloc[:, :3], num_class=3)
    return booster_case(root, "lightgbm", "model.txt", booster, THREE, NUMERIC)


def lightgbm_regression(root):
    booster = boost_lightgbm("regression", SCORE, TABLE.iloc[:, :3])
    return booster_case(root, "lightgbm", "model.txt", booster, NUMBER, NUMERIC)


MATCH = """
from dataclasses import dataclass

@dataclass
class Request:
    age: int | None
    income: float | None

def match(request: Request) -> list[dict]:
    from weights import WEIGHT
    return [{"score": (request.age or 0) * WEIGHT + (request.income or 0.0), "of": request}]
"""


def function_file(root):
    (root / "code").mkdir(parents=True)
    (root / "code/match.py").write_text(MATCH)
    (root / "code/weights.py").write_text("WEIGHT = 0.25")
    spec = ModelSpec(kind="function", loader="python", file="code/match.py", function="match")
    signature = Signature(form="object", columns=(), output=Output(kind="custom"))
    loaded = load_model(root, spec, signature)
    pairs = zip(*with_nulls(batch_of(TABLE.iloc[:ROWS, :2]), (0, 1)).columns, strict=True)
    requests = [loaded.request_type(*pair) for pair in pairs]
    return Case(
        root=root,
        spec=spec,
        signature=signature,
        batch=Batch((requests,), ROWS),
        estimator=loaded.estimator,
    )


class FakeCase(Case):
    """The fake model, which lies in no bundle."""

    def load(self) -> Model:
        return FakeModel(self.signature.output)


def fake(root):
    del root
    return FakeCase(
        root=Path(),
        spec=ModelSpec(kind="function", loader="python", file=""),
        signature=Signature(form="frame", columns=COLUMNS, output=YES_NO),
        batch=with_nulls(batch_of(TABLE.head(ROWS)), (0, 1, 2, 3)),
        estimator=None,
    )


CASES: dict[str, Callable[[Path], Case]] = {
    make.__name__: make
    for make in (
        logistic, own_labels, linear_svc, regression, forest, clusters, several_outputs,
        boosting_from_dtype, matrix, vectors, dates, texts, closure, skops_file, label_decoding,
        xgboost_binary_json, xgboost_multiclass_ubj, xgboost_labels, xgboost_regression,
        xgboost_matrix, xgboost_linear, lightgbm_binary, lightgbm_multiclass, lightgbm_regression,
        function_file, fake,
    )
} | TENSOR_CASES  # fmt: skip


@pytest.fixture(scope="session")
def make_case(tmp_path_factory) -> Callable[[str], Case]:
    """Train and save a case by its name, once."""
    made: dict[str, Case] = {}

    def make(name: str) -> Case:
        if name not in made:
            made[name] = CASES[name](tmp_path_factory.mktemp(name))
        return made[name]

    return make


@pytest.fixture(params=list(CASES), scope="session")
def case(request, make_case) -> Case:
    """Every implementation of the seam in turn."""
    return make_case(request.param)


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """The rows that the cases were trained with."""
    return TABLE
