from __future__ import annotations

import pandas as pd

from golive.packing.truths import truths_of
from golive.signature.model import Output


def test_truths_that_a_file_turned_into_numbers_are_the_classes_they_stand_for():
    output = Output(kind="binary", classes=("0", "1"), positive="1")

    assert truths_of(pd.Series([1, 0, None]), output) == ["1", "0", None]


def test_whole_floats_are_integer_classes():
    output = Output(kind="multiclass", classes=(1, 2, 3))

    truths = truths_of(pd.Series([1.0, 3.0, float("nan")]), output)

    assert truths == [1, 3, None]
    assert [type(t) for t in truths[:2]] == [int, int]


def test_a_truth_that_is_no_class_is_kept_so_that_it_counts_as_wrong():
    output = Output(kind="binary", classes=("a", "b"), positive="b")

    assert truths_of(pd.Series(["a", "zebra"]), output) == ["a", "zebra"]


def test_a_regressions_truths_are_numbers():
    assert truths_of(pd.Series([1.5, None]), Output(kind="regression")) == [1.5, None]
