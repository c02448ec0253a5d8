from __future__ import annotations

import gzip
import subprocess
import sys
import textwrap
from dataclasses import dataclass

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LassoCV, LogisticRegressionCV
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from tests.end_to_end.live_server import child_environment

import golive
from golive.packing.draft import Asked, draft_model
from golive.packing.progress import say_nothing
from golive.packing.rewriting import rewrite
from golive.packing.slimming import slimmed
from golive.packing.source import StagedModel, stage_model
from golive.runtimes.loading import load_estimator


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.normal(size=(300, 16)), columns=[f"x{i}" for i in range(16)])
    return table.assign(y=np.where(table["x0"] + rng.normal(size=300) > 0, "yes", "no"))


def paths_model(frame, **steps):
    model = LogisticRegressionCV(
        Cs=20, cv=8, l1_ratios=(0.0,), use_legacy_attributes=True, scoring="accuracy"
    )
    return make_pipeline(StandardScaler(), model).fit(frame.drop(columns="y"), frame["y"])


@pytest.fixture(scope="module")
def cross_validated(frame):
    return paths_model(frame)


def pack(model, frame, folder, **options):
    return golive.pack(
        model, frame, target="y", output=folder / "m.bundle", compile=False, **options
    )


@dataclass
class Slimmed:
    """What slimming made of a model; nothing is written and no clean process answers."""

    staged: StagedModel
    notes: list[str]

    @property
    def content(self):
        return (self.staged.root / self.staged.spec.file).read_bytes()

    @property
    def estimator(self):
        return load_estimator(self.staged.root, self.staged.spec)


def slim(model, frame, folder):
    """Stage, draft and slim a model, as packing does."""
    root = folder / "root"
    root.mkdir()
    staged = stage_model(model, root)
    draft = draft_model(staged, frame, Asked(target="y"), say_nothing)
    return Slimmed(*slimmed(staged, draft, say_nothing))


def left_out(notes):
    return [note for note in notes if note.startswith("Left out")]


@pytest.fixture(scope="module")
def packed(cross_validated, frame, tmp_path_factory):
    """The bundle of a saved model with paths, where its file is, and what was said."""
    folder = tmp_path_factory.mktemp("packed")
    joblib.dump(cross_validated, folder / "model.joblib")
    said = []
    return pack(folder / "model.joblib", frame, folder, progress=said.append), folder, said


def test_paths_of_cross_validation_are_left_out_of_the_file_and_it_is_said(packed, cross_validated):
    bundle, folder, said = packed

    slim, whole = load_estimator(bundle.path, bundle.manifest.model)[-1], cross_validated[-1]
    assert not {"coefs_paths_", "scores_"} & vars(slim).keys()
    assert vars(whole).keys() - vars(slim).keys() == {"coefs_paths_", "scores_"}
    before = (folder / "model.joblib").stat().st_size
    after = bundle.manifest.files["model/model.joblib"].size
    assert after < before / 5
    [note] = left_out(bundle.manifest.notes)
    assert note == (
        "Left out coefs_paths_ and scores_ of LogisticRegressionCV, which prediction never reads: "
        f"{after / 1e6:.3f} MB instead of {before / 1e6:.3f} MB."
    )
    assert note.removesuffix(".") in said
    assert note in bundle.card
    assert vars(cross_validated[-1]).keys() >= {"coefs_paths_", "scores_"}


def test_the_slim_model_answers_with_the_same_bits(packed, cross_validated, frame):
    bundle, _, _ = packed
    slim = load_estimator(bundle.path, bundle.manifest.model)
    inputs = frame.drop(columns="y") * 3.7

    assert slim.predict_proba(inputs).tobytes() == cross_validated.predict_proba(inputs).tobytes()


def test_keep_all_keeps_the_file_byte_for_byte(cross_validated, frame, tmp_path):
    joblib.dump(cross_validated, tmp_path / "model.joblib")

    bundle = pack(tmp_path / "model.joblib", frame, tmp_path, keep_all=True)

    packed = (bundle.path / "model" / "model.joblib").read_bytes()
    assert packed == (tmp_path / "model.joblib").read_bytes()
    assert left_out(bundle.manifest.notes) == []
    assert "keep_all=True" in bundle.card


@pytest.mark.parametrize(
    ("name", "dump"),
    [
        ("model.joblib", lambda m, p: joblib.dump(m, p, compress=3)),
        ("model.joblib.gz", joblib.dump),
        ("model.joblib.xz", lambda m, p: joblib.dump(m, p, compress=("xz", 1))),
        ("model.pkl", lambda m, p: p.write_bytes(cloudpickle.dumps(m))),
        ("model.pkl.gz", lambda m, p: p.write_bytes(gzip.compress(cloudpickle.dumps(m)))),
    ],
)
def test_every_format_keeps_its_compression_and_gives_the_same_bytes_twice(
    cross_validated, frame, tmp_path, name, dump
):
    dump(cross_validated, tmp_path / name)
    root = tmp_path / "staged"
    root.mkdir()

    made = slim(tmp_path / name, frame, tmp_path)
    rewrite(root, stage_model(tmp_path / name, root).spec, root / f"again-{name}")

    assert len(left_out(made.notes)) == 1
    assert made.content == (root / f"again-{name}").read_bytes()
    assert made.content[:2] == (tmp_path / name).read_bytes()[:2]


def test_a_skops_file_loses_the_same_attributes(cross_validated, frame, tmp_path):
    skops_io = pytest.importorskip("skops.io")
    skops_io.dump(cross_validated, tmp_path / "model.skops")

    made = slim(tmp_path / "model.skops", frame, tmp_path)

    inputs, found = frame.drop(columns="y"), made.estimator
    assert not {"coefs_paths_", "scores_"} & vars(found[-1]).keys()
    assert found.predict_proba(inputs).tolist() == cross_validated.predict_proba(inputs).tolist()
    assert len(left_out(made.notes)) == 1


def test_sets_in_a_model_do_not_change_the_id_from_process_to_process(frame, tmp_path):
    model = paths_model(frame)
    model.words = frozenset({"alpha", "beta", "gamma", "delta", "epsilon", "zeta"})
    joblib.dump(model, tmp_path / "model.joblib")
    frame.to_csv(tmp_path / "train.csv", index=False)
    command = [sys.executable, "-m", "golive", "pack", "model.joblib", "--data", "train.csv"]
    command += ["--target", "y", "--no-compile"]  # programs: end_to_end/test_bundle_identity.py
    ids = set()

    for seed in ("1", "2"):
        subprocess.run(
            [*command, "-o", f"{seed}.bundle"],
            cwd=tmp_path,
            env={**child_environment(), "PYTHONHASHSEED": seed},
            check=True,
        )
        bundle = golive.load(tmp_path / f"{seed}.bundle").bundle
        assert len(left_out(bundle.manifest.notes)) == 1
        ids.add(bundle.manifest.id)

    assert len(ids) == 1


def test_classes_of_the_training_script_survive(frame, tmp_path):
    (tmp_path / "train.py").write_text(
        textwrap.dedent("""
        import joblib, sys
        import pandas as pd
        from sklearn.base import BaseEstimator, TransformerMixin
        from sklearn.linear_model import LogisticRegressionCV
        from sklearn.pipeline import make_pipeline
        from steps import Twice

        class Centred(TransformerMixin, BaseEstimator):
            def fit(self, X, y=None):
                self.mean_ = X.mean()
                return self
            def transform(self, X):
                return X - self.mean_

        if __name__ == "__main__":
            frame = pd.read_csv("train.csv")
            model = LogisticRegressionCV(Cs=20, cv=8, l1_ratios=(0.0,), scoring="accuracy",
                                         use_legacy_attributes=True)
            pipeline = make_pipeline(Centred(), Twice(), model)
            joblib.dump(pipeline.fit(frame.drop(columns="y"), frame["y"]), "model.joblib")
        """)
    )
    (tmp_path / "steps.py").write_text(
        textwrap.dedent("""
        from sklearn.base import BaseEstimator, TransformerMixin

        class Twice(TransformerMixin, BaseEstimator):
            def fit(self, X, y=None):
                return self
            def transform(self, X):
                return 2 * X
        """)
    )
    frame.to_csv(tmp_path / "train.csv", index=False)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)

    bundle = pack(
        tmp_path / "model.joblib", tmp_path / "train.csv", tmp_path, code=[tmp_path / "train.py"]
    )

    assert len(left_out(bundle.manifest.notes)) == 1
    assert len(golive.load(bundle.path).predict(frame.head(9).drop(columns="y"))) == 9


def test_a_search_keeps_what_it_predicts_with(frame, tmp_path):
    grid = {"C": np.geomspace(0.01, 10, 8).tolist(), "gamma": np.geomspace(0.001, 1, 8).tolist()}
    search = GridSearchCV(SVC(), grid, cv=3).fit(frame.drop(columns="y"), frame["y"])
    joblib.dump(search, tmp_path / "model.joblib")

    found = slim(tmp_path / "model.joblib", frame, tmp_path).estimator

    inputs = frame.drop(columns="y")
    assert "cv_results_" not in vars(found)
    assert found.predict(inputs).tolist() == search.predict(inputs).tolist()
    assert found.decision_function(inputs).tolist() == search.decision_function(inputs).tolist()


def test_a_network_loses_its_optimiser(frame, tmp_path):
    network = MLPClassifier((80,), max_iter=300, random_state=0, early_stopping=True)
    network.fit(frame.drop(columns="y"), frame["y"])

    found = slim(network, frame, tmp_path).estimator

    inputs = frame.drop(columns="y")
    assert not {"_optimizer", "loss_curve_", "_best_coefs"} & vars(found).keys()
    assert found.predict_proba(inputs).tolist() == network.predict_proba(inputs).tolist()


def test_what_prediction_reads_is_never_left_out(frame, tmp_path):
    neighbours = KNeighborsClassifier().fit(frame.drop(columns="y"), frame["y"])
    joblib.dump(neighbours, tmp_path / "model.joblib")

    made = slim(tmp_path / "model.joblib", frame, tmp_path)

    assert made.content == (tmp_path / "model.joblib").read_bytes()
    assert left_out(made.notes) == []


def test_little_is_not_worth_a_change(frame, tmp_path):
    forest = RandomForestClassifier(30, oob_score=True, random_state=0)
    forest.fit(frame.drop(columns="y"), frame["y"])
    joblib.dump(forest, tmp_path / "model.joblib")

    made = slim(tmp_path / "model.joblib", frame, tmp_path)

    assert made.content == (tmp_path / "model.joblib").read_bytes()


READER = """
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegressionCV


class Reader(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.inner_ = LogisticRegressionCV(
            Cs=20, cv=8, l1_ratios=(0.0,), scoring="accuracy", use_legacy_attributes=True
        ).fit(X, y)
        self.classes_ = self.inner_.classes_
        return self

    def predict_proba(self, X):
        shift = 1.0 if "yes" in getattr(self.inner_, "coefs_paths_", {}) else 0.5
        return self.inner_.predict_proba(shift * X)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
"""


def test_a_model_that_answers_otherwise_without_them_keeps_them(frame, tmp_path, monkeypatch):
    (tmp_path / "reader.py").write_text(READER)
    monkeypatch.syspath_prepend(tmp_path)
    from reader import Reader

    model = Reader().fit(frame.drop(columns="y"), frame["y"])
    joblib.dump(model, tmp_path / "model.joblib")

    made = slim(tmp_path / "model.joblib", frame, tmp_path)

    assert made.content == (tmp_path / "model.joblib").read_bytes()
    [note] = [note for note in made.notes if "kept whole" in note]
    assert note == (
        "The model file is kept whole, with coefs_paths_ and scores_ of LogisticRegressionCV: "
        "without them it answers differently."
    )


def test_a_file_that_warns_when_it_is_loaded_keeps_its_warning(
    cross_validated, frame, tmp_path, monkeypatch
):
    import sklearn.base

    monkeypatch.setattr(sklearn.base, "__version__", "1.2.3")
    joblib.dump(cross_validated, tmp_path / "model.joblib")
    monkeypatch.undo()

    with pytest.warns(UserWarning, match=r"from version 1\.2\.3"):
        made = slim(tmp_path / "model.joblib", frame, tmp_path)

    assert made.content == (tmp_path / "model.joblib").read_bytes()
    assert "from version 1.2.3" in next(n for n in made.notes if "kept whole" in n)


@pytest.mark.parametrize(
    "model",
    [
        LassoCV(cv=4, alphas=50),
        GradientBoostingRegressor(n_estimators=5, subsample=0.5),
    ],
    ids=lambda m: type(m).__name__,
)
def test_regressors_answer_the_same_without_what_is_left_out(frame, tmp_path, model):
    table = frame.drop(columns="y").assign(y=frame["x0"] * 2)
    model.fit(frame.drop(columns="y"), table["y"])

    found = slim(model, table, tmp_path).estimator

    inputs = frame.drop(columns="y")
    assert found.predict(inputs).tolist() == model.predict(inputs).tolist()
