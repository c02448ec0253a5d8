"""Hostile rows."""

from golive.packing.hostile import hostile_rows
from golive.signature.model import Column, Output, Signature


def test_a_nested_vector_is_filled_in_its_shape():
    column = Column(name="grid", type="vector", dtype="float64", shape=(1, 2))
    signature = Signature(form="tensors", columns=(column,), output=Output(kind="regression"))

    rows = hostile_rows([{"grid": [[1.0, 2.0]]}], signature)

    assert rows[0] == {"grid": None}
    assert {"grid": [[-1, -1]]} in rows


def test_bytes_may_be_none_and_images_are_left_alone():
    columns = (
        Column(name="data", type="bytes", dtype="object"),
        Column(name="photo", type="image", dtype="object"),
    )
    signature = Signature(form="frame", columns=columns, output=Output(kind="regression"))

    rows = hostile_rows([{"data": "AAAA", "photo": "AAAA"}], signature)

    assert [row["data"] for row in rows] == [None, "", "AA==", "AAAA"]
    assert [row["photo"] for row in rows] == ["AAAA"] * 3 + [None]
