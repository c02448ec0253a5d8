"""Arrays of a batch."""

import numpy as np
import pytest
from PIL import Image

from golive.errors import SignatureError
from golive.runtimes.arrays import array_shape, column_array, tensor_columns
from golive.runtimes.protocols import Batch
from golive.signature.model import Column, Output, Signature

RED = Image.new("RGB", (3, 2), (255, 0, 51))


def array_of(values, **facts):
    return column_array(Column(name="x", **facts))(values)


def image_column(**facts):
    return {"type": "image", "dtype": "float32", "shape": (2, 3, 3), "pixel_mode": "RGB", **facts}


def test_a_batch_becomes_one_array_a_column():
    signature = Signature(
        form="tensors",
        columns=(
            Column(name="id", type="integer", dtype="int64"),
            Column(name="age", type="number", dtype="float32", shape=(1,)),
            Column(name="text", type="text", dtype="object"),
            Column(name="grid", type="vector", dtype="float32", shape=(2, 2)),
        ),
        output=Output(kind="regression"),
    )
    columns = ([1, 2], [0.5, None], ["a", "b"], [[[1.0, 2.0], [3.0, 4.0]], None])

    built = tensor_columns(signature)(Batch(columns, 2))

    assert [(a.shape, str(a.dtype)) for a in built] == [
        ((2,), "int64"),
        ((2, 1), "float32"),
        ((2,), "object"),
        ((2, 2, 2), "float32"),
    ]
    assert np.isnan(built[1][1])
    assert built[3][0].tolist() == [[1, 2], [3, 4]]
    assert np.isnan(built[3][1]).all()


def test_a_batch_of_no_records_has_the_shape():
    assert array_of([], **image_column()).shape == (0, 2, 3, 3)
    assert array_of([], type="vector", dtype="int32", shape=(4, 1)).shape == (0, 4, 1)
    assert array_of([], type="number", dtype="float32").shape == (0,)


@pytest.mark.parametrize(
    ("layout", "shape"),
    [("hwc", (2, 3, 3)), ("chw", (3, 2, 3)), ("flat", (18,))],
)
def test_pixels_have_the_columns_layout(layout, shape):
    column = image_column(pixel_layout=layout)

    array = array_of([RED], **column)

    assert array.shape == (1, *shape)
    assert array_shape(Column(name="x", **column)) == shape
    channels = array[0] if layout == "chw" else array[0].reshape(2, 3, 3).transpose(2, 0, 1)
    assert channels[:, 1, 2].tolist() == [255, 0, 51]


def test_a_grey_image_has_one_channel_or_none():
    grey = Image.new("L", (3, 2), 7)

    with_channel = array_of([grey], **image_column(shape=(2, 3, 1), pixel_mode="L"))
    without = array_of(
        [grey], **image_column(shape=(2, 3, 1), pixel_mode="L", pixel_layout="hw", dtype="uint8")
    )

    assert with_channel.shape == (1, 2, 3, 1)
    assert without.shape == (1, 2, 3)
    assert without.dtype == np.uint8


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("0..255", [255, 0, 51]), ("0..1", [1, 0, 0.2]), ("-1..1", [1, -1, -0.6])],
)
def test_pixels_have_the_columns_scale(scale, expected):
    array = array_of([RED], **image_column(pixel_scale=scale))

    np.testing.assert_allclose(array[0, 0, 0], expected, rtol=1e-6)


def test_images_of_any_size_make_one_array_where_they_are_equal():
    column = image_column(shape=())

    assert array_of([RED, RED], **column).shape == (2, 2, 3, 3)
    with pytest.raises(ValueError, match="fit no one array"):
        array_of([RED, Image.new("RGB", (1, 1))], **column)


def test_vectors_of_any_length_make_one_array_where_they_are_equal():
    assert array_of([[1.0, 2.0]], type="vector", dtype="object").dtype == np.float64
    with pytest.raises(ValueError, match="fit no one array"):
        array_of([[1.0, 2.0], [1.0]], type="vector", dtype="object")


def test_a_null_among_integers_is_refused():
    with pytest.raises(ValueError, match="A null cannot stand in an array of uint8"):
        array_of([None], type="vector", dtype="uint8", length=2)


def test_texts_of_pandas_own_dtypes_are_objects():
    array = array_of(["a", None], type="text", dtype="str", shape=(1,))

    assert array.dtype == object
    assert array.tolist() == [["a"], [None]]


def test_an_unknown_dtype_is_refused():
    with pytest.raises(SignatureError, match="'int65', which NumPy does not know"):
        array_of([1], type="integer", dtype="int65")
