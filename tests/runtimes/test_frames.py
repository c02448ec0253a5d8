import math
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from golive.errors import SignatureError
from golive.runtimes.frames import input_builder
from golive.runtimes.protocols import Batch
from golive.signature.model import Column, Output, Signature

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def built(form, columns, *values, **options):
    signature = Signature(form=form, columns=tuple(columns), output=Output(kind="regression"))
    return input_builder(signature, **options)(Batch(tuple(values), len(values[0])))


def one_column(kind, dtype, values, **facts):
    return built("frame", [Column(name="x", type=kind, dtype=dtype, **facts)], values)["x"]


@pytest.mark.parametrize(
    ("kind", "dtype", "values", "expected"),
    [
        ("integer", "int64", [1, 2], "int64"),
        ("integer", "int32", [1, 2], "int32"),
        ("integer", "int64", [1, None], "float64"),
        ("integer", "Int64", [1, None], "Int64"),
        ("number", "float64", [1, None], "float64"),
        ("number", "float32", [1.5, 2.0], "float32"),
        ("boolean", "bool", [True, False], "bool"),
        ("boolean", "bool", [True, None], "object"),
        ("string", "object", ["a", None], "object"),
        ("string", "object", ["a", "b"], "object"),
        ("string", "str", ["a", None], "str"),
        ("datetime", "datetime64[us]", [NOON, None], "datetime64[us]"),
        ("datetime", "datetime64[ns]", [NOON, None], "datetime64[ns]"),
        ("datetime", "datetime64[us, Asia/Tokyo]", [NOON], "datetime64[us, Asia/Tokyo]"),
        ("vector", "object", [[1.0, 2.0], [3.0, 4.0]], "object"),
        ("vector", "object", [None, [3.0, 4.0]], "object"),
    ],
)
def test_a_column_has_its_training_dtype(kind, dtype, values, expected):
    assert str(one_column(kind, dtype, values).dtype) == expected


def test_a_column_of_no_records_has_its_dtype():
    assert str(one_column("boolean", "bool", []).dtype) == "bool"
    assert str(one_column("datetime", "datetime64[ns]", []).dtype) == "datetime64[ns]"


def test_nulls_of_objects_are_what_the_model_saw():
    assert one_column("string", "object", ["a", None], null_as="none")[1] is None
    assert math.isnan(one_column("string", "object", ["a", None], null_as="nan")[1])


def test_booleans_with_nulls_are_numbers_where_objects_are_not_taken():
    column = Column(name="x", type="boolean", dtype="bool")

    frame = built("frame", [column], [True, None], boolean_nulls="number")

    assert frame.x.dtype == "float64"
    assert frame.x[0] == 1.0


def test_categories_keep_the_signatures_order():
    column = one_column("category", "category", ["b", None, "a"], categories=("b", "a", "c"))

    assert column.cat.categories.tolist() == ["b", "a", "c"]
    assert column.cat.codes.tolist() == [0, -1, 1]


def test_integer_categories_stay_integers():
    column = one_column("category", "category", [3, 1], categories=(1, 3))

    assert column.dtype == pd.CategoricalDtype([1, 3])


def test_an_unknown_category_never_becomes_null_silently():
    with pytest.raises(ValueError, match="'z' is not among the categories of column 'x'"):
        one_column("category", "category", ["a", "z"], categories=("a", "b"))


def test_times_are_brought_to_the_columns_zone():
    tokyo = one_column("datetime", "datetime64[us, Asia/Tokyo]", [NOON, NOON.replace(tzinfo=None)])
    naive = one_column("datetime", "datetime64[us]", [NOON, NOON.replace(tzinfo=None)])

    assert [time.hour for time in tokyo] == [21, 21]
    assert [time.hour for time in naive] == [12, 12]


def test_a_matrix_has_the_columns_in_order():
    columns = [
        Column(name="a", type="integer", dtype="int64"),
        Column(name="b", type="boolean", dtype="bool"),
    ]

    matrix = built("matrix", columns, [1, None], [True, False])

    assert matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix, [[1.0, 1.0], [math.nan, 0.0]])


def test_a_matrix_of_float32_stays_so():
    columns = [Column(name=name, type="number", dtype="float32") for name in "ab"]

    assert built("matrix", columns, [1.0], [2.0]).dtype == np.float32


def test_a_matrix_with_text_holds_objects():
    columns = [
        Column(name="a", type="integer", dtype="object"),
        Column(name="b", type="string", dtype="object", null_as="none"),
    ]

    matrix = built("matrix", columns, [1, 2], ["x", None])

    assert matrix.tolist() == [[1, "x"], [2, None]]


def test_a_sole_vector_column_is_the_matrix():
    column = Column(name="v", type="vector", dtype="object", length=2)

    np.testing.assert_array_equal(
        built("matrix", [column], [[1.0, 2.0], None]), [[1.0, 2.0], [math.nan, math.nan]]
    )
    assert built("matrix", [column], []).shape == (0, 2)


def test_a_sole_image_column_is_the_matrix():
    column = Column(
        name="v", type="image", dtype="float64", shape=(2, 2, 1), pixel_mode="L", pixel_layout="hw"
    )

    matrix = built("matrix", [column], [Image.new("L", (2, 2), 7)])

    np.testing.assert_array_equal(matrix, [[7.0, 7.0, 7.0, 7.0]])


def test_tensors_of_one_column_are_its_array():
    column = Column(name="v", type="vector", dtype="float32", shape=(2, 2))

    assert built("tensors", [column], [[[1.0, 2.0], [3.0, 4.0]]]).shape == (1, 2, 2)


def test_images_and_bytes_are_objects_of_a_frame():
    image = Image.new("L", (2, 2), 7)

    assert one_column("image", "object", [image, image])[1] is image
    assert one_column("bytes", "object", [b"a", None], null_as="none").tolist() == [b"a", None]
    pixels = one_column("image", "float32", [image, None], pixel_layout="hw", pixel_scale="0..1")
    np.testing.assert_allclose(pixels[0], np.full((2, 2), 7 / 255), rtol=1e-6)
    assert math.isnan(pixels[1])


def test_a_series_is_the_list_of_texts():
    assert built("series", [Column(name="text", type="text", dtype="str")], ["a", "b"]) == [
        "a",
        "b",
    ]


def test_an_unknown_dtype_is_refused():
    with pytest.raises(SignatureError, match="unknown dtype 'int65'"):
        one_column("integer", "int65", [1])


def test_a_form_without_columns_is_refused():
    signature = Signature(form="series", columns=(), output=Output(kind="regression"))

    with pytest.raises(SignatureError, match="form 'series' and 0 columns"):
        input_builder(signature)


@pytest.mark.parametrize(
    ("dtype", "values", "expected"),
    [
        ("int8", [127, 128], "int64"),
        ("int32", [-(2**31) - 1], "int64"),
        ("uint16", [-1, 5], "int64"),
        ("Int8", [128, None], "Int64"),
    ],
)
def test_integers_beyond_the_training_dtype_are_read_wider_as_pandas_does(dtype, values, expected):
    built_values = one_column("integer", dtype, values)

    assert built_values.dtype == expected
    assert [None if pd.isna(v) else v for v in built_values.tolist()] == values
