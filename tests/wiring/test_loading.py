from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import golive
from golive.errors import BundleCorruptError, RequestError, UsageError


def test_nulls_of_a_frame_are_nulls_and_infinities_are_named(bundle):
    frame = pd.DataFrame({"a": [1.0, np.nan, np.inf], "b": [0.0, 0.0, 0.0]})

    answered, null, infinite = golive.load(bundle.path).predict(frame)

    assert answered["label"] == "yes"
    assert null["error"]["code"] == "null_not_allowed"
    assert infinite["error"]["code"] == "non_finite"


def test_extra_columns_of_a_frame_are_ignored_and_their_order_does_not_matter(bundle):
    predictor = golive.load(bundle.path)
    frame = pd.DataFrame({"id": ["x"], "b": [0.5], "a": [-1.0]})

    assert predictor.predict(frame) == predictor.predict({"a": -1.0, "b": 0.5})


def test_an_option_that_does_not_fit_is_refused(bundle):
    with pytest.raises(RequestError):
        golive.load(bundle.path).predict({"a": 1.0, "b": 1.0}, top=2)


def test_there_is_no_bundle_where_there_is_nothing(tmp_path):
    with pytest.raises(UsageError, match="no bundle at") as caught:
        golive.load(tmp_path / "gone.bundle")
    assert caught.value.hint.startswith("golive pack")


def test_a_folder_that_is_no_bundle_is_refused(tmp_path):
    with pytest.raises(BundleCorruptError, match="manifest"):
        golive.load(tmp_path)


def test_the_predictor_tells_its_signature_and_bundle(bundle):
    predictor = golive.load(bundle.path)

    assert predictor.signature.column_names == ("a", "b")
    assert predictor.bundle.manifest.id == bundle.manifest.id
