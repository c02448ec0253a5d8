"""Which models can be compared on labelled rows."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from golive.release.gate import NotMade
from golive.release.labelled import LabelledRows, read_pair
from golive.signature.model import Column, Output

ROWS = LabelledRows(Path("rows.csv"), "won", metric=None, tolerance=0.0)


def bundle(output: Output, *, columns=(Column(name="a", type="number", dtype="float64"),)):
    """What is read of a bundle before its records are."""
    return SimpleNamespace(
        name="games",
        version="0123",
        manifest=SimpleNamespace(data_sha256=None),
        signature=SimpleNamespace(columns=columns, output=output),
    )


BINARY = bundle(Output(kind="binary", classes=(0, 1), positive=1))
REGRESSION = bundle(Output(kind="regression"))
FUNCTION = bundle(Output(kind="custom"), columns=())


@pytest.mark.parametrize(
    ("champion", "challenger", "because"),
    [
        (BINARY, REGRESSION, "one predicts numbers and the other classes"),
        (FUNCTION, BINARY, "no metric is known for the answers of games 0123"),
        (BINARY, FUNCTION, "no metric is known for the answers of games 0123"),
    ],
)
def test_models_without_a_common_metric_are_not_compared(champion, challenger, because) -> None:
    assert read_pair(ROWS, champion, challenger) == NotMade(because)
