from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import golive
from golive.bundle.contents import BundleContents
from golive.bundle.golden import GoldenRecord
from golive.bundle.writing import write_bundle
from golive.errors import EnvironmentDriftError, SignatureError, UsageError


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"a": rng.normal(size=80), "b": rng.normal(size=80)})
    model = LogisticRegression().fit(frame, frame["a"] > 0)
    folder = tmp_path_factory.mktemp("repack")
    # What becomes of a program is told in test_compile.py.
    return golive.pack(model, frame, name="m", output=folder / "m.bundle", compile=False)


def test_a_threshold_makes_a_new_bundle_with_its_golden_records_run_again(bundle, tmp_path):
    new = golive.repack(bundle.path, threshold=0.999, output=tmp_path / "new.bundle")

    assert new.signature.output.threshold == 0.999
    assert new.manifest.id != bundle.manifest.id
    labels = [g.output["label"] for g in new.golden if "label" in g.output]
    scores = [g.output["score"] for g in new.golden if "score" in g.output]
    assert labels == [s >= 0.999 for s in scores]
    assert golive.load(new.path).predict({"a": 0.2, "b": 0.0})[0]["label"] is False


def test_an_edited_signature_and_card_are_taken_over(bundle, tmp_path):
    text = (bundle.path / "signature.toml").read_text()
    (tmp_path / "edited.toml").write_text(
        text.replace('name = "a"', 'name = "a"\ndescription = "height in m"', 1)
    )
    (tmp_path / "card.md").write_text("# Mine\n")

    new = golive.repack(
        bundle.path,
        signature=tmp_path / "edited.toml",
        card=tmp_path / "card.md",
        output=tmp_path / "new.bundle",
    )

    assert new.signature.columns[0].description == "height in m"
    assert new.card == "# Mine\n"


def test_a_card_alone_changes_no_id(bundle, tmp_path):
    (tmp_path / "card.md").write_text("# Mine\n")

    new = golive.repack(bundle.path, card=tmp_path / "card.md", output=tmp_path / "new.bundle")

    assert new.manifest.id == bundle.manifest.id


def test_what_the_model_decides_cannot_be_edited(bundle, tmp_path):
    text = (bundle.path / "signature.toml").read_text()
    (tmp_path / "edited.toml").write_text(text.replace('name = "a"', 'name = "z"', 1))

    with pytest.raises(SignatureError, match="columns cannot be edited"):
        golive.repack(
            bundle.path, signature=tmp_path / "edited.toml", output=tmp_path / "new.bundle"
        )


def test_repacking_nothing_is_an_error(bundle, tmp_path):
    with pytest.raises(UsageError, match="Nothing is to be changed"):
        golive.repack(bundle.path, output=tmp_path / "new.bundle")


def test_a_bundle_is_not_replaced_by_what_is_made_from_it(bundle):
    before = bundle.manifest.id

    with pytest.raises(UsageError, match="a bundle never changes"):
        golive.repack(bundle.path, threshold=0.4, output=bundle.path)

    assert golive.load(bundle.path).bundle.manifest.id == before


def test_without_an_output_the_first_free_number_is_taken(bundle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    made = [golive.repack(bundle.path, threshold=t).source.name for t in (0.3, 0.4)]
    zipped = golive.repack(bundle.path, threshold=0.3, output=tmp_path / "m.zip")
    again = golive.repack(zipped.source, threshold=0.6)

    assert made == ["m-2.bundle", "m-3.bundle"]
    assert again.source.name == "m-2.bundle.zip"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('type = "number"', 'type = "text"', "type of the column 'a'"),
        ('dtype = "float64"', 'dtype = "float32"', "dtype of the column 'a'"),
        ('kind = "binary"', 'kind = "binary"\nlabel_source = "predict"', "label_source"),
        ('kind = "binary"', 'kind = "binary"\nhas_probabilities = false', "has_probabilities"),
    ],
)
def test_types_and_where_labels_come_from_cannot_be_edited(bundle, tmp_path, before, after, named):
    text = (bundle.path / "signature.toml").read_text()
    (tmp_path / "edited.toml").write_text(text.replace(before, after, 1))

    with pytest.raises(SignatureError, match=named):
        golive.repack(
            bundle.path, signature=tmp_path / "edited.toml", output=tmp_path / "new.bundle"
        )


def test_repacking_where_answers_have_drifted_does_not_write_them_down_as_right(bundle, tmp_path):
    first, *rest = bundle.golden
    drifted = GoldenRecord(first.record, first.output | {"score": 0.123})
    contents = BundleContents(
        name="m",
        model=bundle.manifest.model,
        signature=bundle.signature,
        requirements=bundle.requirements,
        golden=(drifted, *rest),
        profile=bundle.profile,
        card=bundle.card,
        model_files={bundle.manifest.model.file: bundle.path / bundle.manifest.model.file},
        python_version="3.11.0",
        tolerance=bundle.manifest.tolerance,
    )
    write_bundle(contents, tmp_path / "old.bundle", created_at=datetime.now(UTC))

    with pytest.raises(EnvironmentDriftError, match=r"golden record 0, score: packed 0\.123"):
        golive.repack(tmp_path / "old.bundle", threshold=0.4, output=tmp_path / "new.bundle")


@pytest.mark.parametrize("threshold", [1.5, -0.1, float("nan"), True])
def test_a_threshold_is_a_number_from_0_to_1(bundle, tmp_path, threshold):
    with pytest.raises(UsageError, match="from 0 to 1"):
        golive.repack(bundle.path, threshold=threshold, output=tmp_path / "new.bundle")
