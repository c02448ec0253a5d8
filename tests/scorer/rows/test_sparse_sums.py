from __future__ import annotations

from array import array

from golive.scorer.rows.sparse_sums import sparse_sums


def test_many_outputs_of_very_different_sizes_are_each_as_exact_as_alone():
    weights = memoryview(array("d", [10.0**-at for at in range(40)]))

    sums = sparse_sums(weights, [0.0] * 40, are_alike=False)

    assert sums(([0], [1.0])) == [10.0**-at for at in range(40)]
