"""Write small models of every family, compiled, as inputs of the target `program`.

python -m fuzzing.compiled_models FOLDER
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import (
    calibration,
    compose,
    decomposition,
    ensemble,
    feature_selection,
    impute,
    linear_model,
    naive_bayes,
    neighbors,
    neural_network,
    preprocessing,
    svm,
    tree,
)
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union

from golive.compiling.compile import write_program
from golive.compiling.exporting import NotExportableError
from golive.scorer.format import ARRAYS, PROGRAM
from golive.signature.model import Column, Output, Signature

__all__ = ["SEPARATOR", "compiled_models", "main"]

SEPARATOR = b"\x00"
_ROWS = np.random.default_rng(0).normal(size=(30, 3)).round(2)
_TEXTS = ["a word", "another word and more", "more of it", "nothing"] * 8


def _estimators() -> Iterator[Any]:
    line, tree_of = linear_model.LogisticRegression(), tree.DecisionTreeClassifier
    yield from (
        line,
        linear_model.Ridge(),
        tree_of(max_depth=3),
        ensemble.RandomForestClassifier(2, max_depth=2, random_state=0),
        ensemble.GradientBoostingRegressor(n_estimators=2, random_state=0),
        ensemble.HistGradientBoostingClassifier(max_iter=2, random_state=0),
        ensemble.VotingClassifier([("a", line), ("b", naive_bayes.GaussianNB())], voting="soft"),
        ensemble.StackingRegressor([("a", linear_model.Ridge())], cv=2),
        calibration.CalibratedClassifierCV(line, cv=2),
        naive_bayes.GaussianNB(),
        neighbors.KNeighborsClassifier(3),
        neighbors.KNeighborsRegressor(2, algorithm="kd_tree"),
        svm.SVC(random_state=0),
        svm.SVR(),
        neural_network.MLPRegressor(hidden_layer_sizes=(3,), max_iter=5, random_state=0),
        compose.TransformedTargetRegressor(linear_model.Ridge(), func=np.exp, inverse_func=np.log),
    )
    for step in (
        preprocessing.StandardScaler(),
        preprocessing.KBinsDiscretizer(3, encode="onehot-dense", quantile_method="linear"),
        preprocessing.SplineTransformer(3),
        preprocessing.PolynomialFeatures(),
        preprocessing.PowerTransformer(),
        preprocessing.QuantileTransformer(n_quantiles=5),
        preprocessing.OneHotEncoder(handle_unknown="ignore"),
        impute.SimpleImputer(add_indicator=True),
        impute.KNNImputer(),
        decomposition.PCA(2),
        feature_selection.SelectKBest(k=2),
        make_union(preprocessing.StandardScaler(), preprocessing.MinMaxScaler()),
        compose.make_column_transformer((preprocessing.RobustScaler(), [0]), remainder="drop"),
    ):
        yield make_pipeline(step, linear_model.LogisticRegression())
    yield make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), linear_model.LogisticRegression())
    yield make_pipeline(
        TfidfVectorizer(analyzer="char_wb"), decomposition.TruncatedSVD(2), linear_model.Ridge()
    )
    yield make_pipeline(HashingVectorizer(n_features=16), naive_bayes.BernoulliNB())


def compiled_models() -> Iterator[bytes]:
    """The programs: the steps, a NUL, the arrays; of those models that this golive compiles."""
    for estimator in _estimators():
        with (
            warnings.catch_warnings(),
            tempfile.TemporaryDirectory() as directory,
            suppress(NotExportableError),
        ):
            warnings.simplefilter("ignore")
            yield _compiled(estimator, Path(directory))


def _compiled(estimator: Any, folder: Path) -> bytes:
    is_text = "vectorizer" in str(getattr(estimator, "steps", [[""]])[0][0])
    rows: Any = _TEXTS if is_text else _ROWS
    fitted = estimator.fit(rows, (np.arange(len(rows)) % 3))
    write_program(fitted, _signature(fitted, is_text=is_text), folder)
    return (folder / PROGRAM).read_bytes() + SEPARATOR + (folder / ARRAYS).read_bytes()


def _signature(estimator: Any, *, is_text: bool) -> Signature:
    if is_text:
        form: Any = "series"
        columns = (Column(name="text", type="text", dtype="object"),)
    else:
        form = "matrix"
        columns = tuple(Column(name=f"x{at}", type="number", dtype="float64") for at in range(3))
    classes = (0, 1, 2) if hasattr(estimator, "classes_") else ()
    kind: Any = "multiclass" if classes else "regression"
    return Signature(form=form, columns=columns, output=Output(kind=kind, classes=classes))


def main(folder: Path) -> None:
    """Write each to a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for at, program in enumerate(compiled_models()):
        (folder / f"compiled-{at}").write_bytes(program)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
