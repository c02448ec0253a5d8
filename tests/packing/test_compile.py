"""Bundles that are compiled while packing, afterwards and again, and those that cannot be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import golive
from golive.bundle.reading import open_bundle
from golive.compiling.refusal import NotProvenError
from golive.engine.loading import answering_engine
from golive.packing.recompile import compile as compile_bundle


def table():
    generator = np.random.default_rng(5)
    return pd.DataFrame(generator.normal(size=(120, 2)), columns=["a", "b"])


def labels(frame):
    return np.where(frame["a"] > frame["b"], "yes", "no")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A bundle that was packed without compiling."""
    frame = table()
    model = LogisticRegression().fit(frame, labels(frame))
    path = tmp_path_factory.mktemp("plain") / "plain.bundle"
    return golive.pack(model, frame, name="m", output=path, compile=False)


@pytest.fixture(scope="module")
def fast(plain, tmp_path_factory):
    """The same, compiled afterwards."""
    return golive.compile(plain.path, output=tmp_path_factory.mktemp("fast") / "fast.bundle")


def answers(path, **how):
    return golive.load(path, **how).predict(table().iloc[:20])


def test_without_compiling_the_original_answers_and_the_bundle_says_so(plain):
    assert plain.manifest.answers == "original"
    assert plain.manifest.answers_because == "It was packed without compiling it."
    assert plain.proof is None
    assert not any("compiled" in note for note in plain.manifest.notes)


def test_a_bundle_is_compiled_afterwards(plain, fast):
    assert fast.manifest.answers == "compiled"
    assert fast.manifest.id != plain.manifest.id
    assert fast.proof is not None
    assert fast.proof.is_chosen
    assert fast.manifest.answers_because == fast.proof.reason
    assert fast.golden == plain.golden
    assert type(answering_engine(fast)._model).__name__ == "CompiledModel"


def test_the_original_answers_where_it_is_asked_for(fast):
    assert type(answering_engine(fast, original=True)._model).__name__ == "SklearnModel"


def test_the_program_answers_as_the_original_does(fast):
    compiled, original = answers(fast.path), answers(fast.path, original=True)

    assert [a["label"] for a in compiled] == [a["label"] for a in original]
    assert [a["score"] for a in compiled] == pytest.approx(
        [a["score"] for a in original], rel=1e-12
    )


def test_a_sample_may_be_given_to_prove_it_on(plain, tmp_path):
    made = golive.compile(plain.path, data=table(), output=tmp_path / "made.bundle")

    assert made.proof is not None
    assert made.proof.tried[0].rows == 120


def test_another_threshold_keeps_the_program_and_proves_it_again(fast, tmp_path):
    strict = golive.repack(fast.path, threshold=0.9, output=tmp_path / "strict.bundle")

    assert strict.manifest.answers == "compiled"
    assert (strict.path / "scorer/arrays.bin").read_bytes() == (
        fast.path / "scorer/arrays.bin"
    ).read_bytes()
    assert strict.proof is not None
    assert strict.proof.reason != fast.proof.reason
    assert {a["label"] for a in answers(strict.path) if a["score"] < 0.9} == {"no"}


def test_a_bundle_of_the_original_stays_one_when_it_is_packed_again(plain, tmp_path):
    again = golive.repack(plain.path, name="other", output=tmp_path / "again.bundle")

    assert again.manifest.answers == "original"
    assert again.manifest.answers_because == "It was packed without compiling it."


def test_a_step_without_an_exporter_is_told_loudly_and_the_original_answers(tmp_path):
    frame = table()
    steps = FunctionTransformer(np.tanh), LogisticRegression()
    model = make_pipeline(*steps).fit(frame, labels(frame))

    bundle = golive.pack(model, frame, name="m", output=tmp_path / "m.bundle")

    [note] = [n for n in bundle.manifest.notes if n.startswith("Not compiled")]
    assert note.startswith("Not compiled, so the original answers: ")
    assert "FunctionTransformer" in note
    assert bundle.manifest.answers == "original"
    assert bundle.proof is not None
    assert not bundle.proof.is_chosen
    assert f"- {note}\n" in bundle.card
    assert "scorer/program.json" not in bundle.manifest.files
    with pytest.raises(NotProvenError, match="FunctionTransformer") as caught:
        compile_bundle(bundle.path, output=tmp_path / "never.bundle")
    assert caught.value.hint == f"golive serve {bundle.path}"
    assert not (tmp_path / "never.bundle").exists()


def test_a_model_that_uses_some_columns_of_its_sample_is_compiled(tmp_path):
    frame = table().assign(unused=1.0)
    columns = make_column_transformer((StandardScaler(), ["b", "a"]))
    model = make_pipeline(columns, LogisticRegression()).fit(frame, labels(frame))

    bundle = golive.pack(model, frame, name="m", output=tmp_path / "m.bundle")

    assert bundle.signature.column_names == ("a", "b")
    assert bundle.manifest.answers == "compiled"


def test_labels_against_the_rest_are_the_models_own_where_probabilities_are_equal(tmp_path):
    angles = np.arange(120) % 3 * (2 * np.pi / 3)
    noise = table() * 0.3
    frame = pd.DataFrame({"a": np.cos(angles) + noise["a"], "b": np.sin(angles) + noise["b"]})
    model = OneVsRestClassifier(LogisticRegression(C=10))
    model.fit(frame, np.array(["a", "b", "c"])[np.arange(120) % 3])
    far = pd.DataFrame({"a": [12.0, 11.0], "b": [27.0, 27.5]})
    assert (model.predict_proba(far)[:, :2] == 0.5).all()

    path = golive.pack(model, frame, name="m", output=tmp_path / "m.bundle").path

    for original in (False, True):
        found = golive.load(path, original=original).predict(far)
        assert [a["label"] for a in found] == model.predict(far).tolist() == ["b", "b"]


def test_a_model_of_another_kind_is_answered_by_itself_and_no_note_is_made(tmp_path):
    source = tmp_path / "twice.py"
    source.write_text("def twice(request: dict) -> dict:\n    return {'y': 2 * request['x']}\n")

    bundle = golive.pack(
        f"{source}:twice", [{"x": 1}, {"x": 2}], name="f", output=tmp_path / "f.bundle"
    )

    assert bundle.manifest.answers == "original"
    assert bundle.manifest.answers_because == "Models of the kind function are not compiled."
    assert bundle.manifest.notes == ()
    with pytest.raises(NotProvenError, match="Models of the kind function are not compiled"):
        compile_bundle(bundle.path, output=tmp_path / "never.bundle")


def test_a_bundle_that_was_copied_opens_and_answers(fast, tmp_path):
    fast.path.rename(tmp_path / "elsewhere.bundle")
    try:
        assert open_bundle(tmp_path / "elsewhere.bundle", verify_all=True).proof == fast.proof
        assert len(answers(tmp_path / "elsewhere.bundle")) == 20
    finally:
        (tmp_path / "elsewhere.bundle").rename(fast.path)
