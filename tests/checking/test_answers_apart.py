"""Answers that a model gives in a process of its own."""

import math

import pytest

from golive.bundle.reading import open_bundle
from golive.checking.answers_apart import answers_apart

RECORDS = [{"a": 1.5, "b": 0.0}, {"a": math.inf, "b": 0.0}, {"a": -2, "b": 1}]


@pytest.mark.parametrize("together", [1, 2, 500])
def test_records_are_answered_in_order_however_many_at_once(small_versions, together) -> None:
    answers = answers_apart(open_bundle(small_versions.good), RECORDS, together=together)

    first, second, third = answers.outputs
    assert answers.failure == ""
    assert (first["label"], third["label"]) == ("yes", "no")
    assert second["error"]["code"] == "non_finite"


def test_a_bundle_that_is_gone_is_a_failure(small_versions, tmp_path) -> None:
    bundle = open_bundle(small_versions.good)
    moved = type(bundle)(path=bundle.path, manifest=bundle.manifest, source=tmp_path / "gone")

    answers = answers_apart(moved, RECORDS)

    assert answers.outputs == []
    assert "There is no bundle at" in answers.failure
