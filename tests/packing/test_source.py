from __future__ import annotations

import gzip
import pickle

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from golive.errors import ModelLoadError, UsageError
from golive.packing.source import stage_model


@pytest.fixture
def model():
    return LinearRegression().fit(np.array([[0.0], [1.0]]), [1.0, 3.0])


def files_of(root):
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def test_a_file_is_staged_byte_for_byte(model, tmp_path):
    joblib.dump(model, tmp_path / "price.joblib.gz", compress=("gzip", 3))

    staged = stage_model(tmp_path / "price.joblib.gz", tmp_path / "root")

    assert files_of(tmp_path / "root") == ["model/price.joblib.gz"]
    assert (tmp_path / "root" / "model" / "price.joblib.gz").read_bytes() == (
        tmp_path / "price.joblib.gz"
    ).read_bytes()
    assert staged.spec.loader == "joblib"
    assert staged.default_name == "price"
    assert staged.estimator.predict([[2.0]]) == pytest.approx([5.0])


def test_a_compressed_pickle_is_loaded(model, tmp_path):
    (tmp_path / "m.pkl.gz").write_bytes(gzip.compress(pickle.dumps(model)))

    staged = stage_model(str(tmp_path / "m.pkl.gz"), tmp_path / "root")

    assert staged.estimator.coef_ == pytest.approx([2.0])


def test_an_object_in_memory_is_pickled(model, tmp_path):
    staged = stage_model(model, tmp_path)

    assert files_of(tmp_path) == ["model/model.pkl"]
    assert (staged.spec.kind, staged.spec.loader) == ("sklearn", "pickle")
    assert staged.default_name == "linearregression"


def test_an_object_that_cannot_be_pickled_says_what_to_do(model, tmp_path):
    model.log_ = (tmp_path / "log").open("w")

    with pytest.raises(ModelLoadError, match="LinearRegression cannot be pickled") as caught:
        stage_model(model, tmp_path / "root")

    model.log_.close()
    assert "open files" in caught.value.hint


def test_a_function_brings_the_module_beside_it_and_what_it_includes(tmp_path):
    (tmp_path / "beside.py").write_text("OFFSET = 2\n")
    (tmp_path / "table.txt").write_text("3")
    (tmp_path / "score.py").write_text(
        "from pathlib import Path\n\nfrom beside import OFFSET\n\n"
        "FACTOR = int(Path(__file__).with_name('table.txt').read_text())\n\n\n"
        "def score(request: dict) -> int:\n    return request['x'] * FACTOR + OFFSET\n"
    )

    staged = stage_model(
        f"{tmp_path}/score.py:score", tmp_path / "root", include=[tmp_path / "table.txt"]
    )

    assert files_of(tmp_path / "root") == ["code/beside.py", "code/score.py", "code/table.txt"]
    assert staged.estimator({"x": 4}) == 14
    assert staged.default_name == "score"


def test_a_function_that_stands_in_no_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="not at the top of a Python file") as caught:
        stage_model(lambda request: request, tmp_path)

    assert "file.py:function" in caught.value.hint


def test_boosters_in_memory_are_saved_in_their_own_format(tmp_path):
    xgboost = pytest.importorskip("xgboost")
    lightgbm = pytest.importorskip("lightgbm")
    rows, truths = np.arange(40.0).reshape(-1, 1), np.arange(40.0)
    trees = xgboost.train({}, xgboost.DMatrix(rows, truths), 2)
    light = lightgbm.train({"verbose": -1}, lightgbm.Dataset(rows, truths), 2)

    first = stage_model(trees, tmp_path / "x")
    second = stage_model(light, tmp_path / "l")

    assert (files_of(tmp_path / "x"), first.spec.kind) == (["model/model.ubj"], "xgboost")
    assert (files_of(tmp_path / "l"), second.spec.kind) == (["model/model.txt"], "lightgbm")
