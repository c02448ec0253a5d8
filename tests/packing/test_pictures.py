"""Pictures: images of a sample."""

import base64

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from tests.images import png

from golive.engine.images import ImageReader
from golive.errors import SignatureError, UsageError
from golive.packing.columns import column_of
from golive.packing.data import as_frame, plain_value
from golive.packing.image_files import ImageFile
from golive.packing.pictures import with_pictures
from golive.runtimes.arrays import column_array

LEVELS = np.random.default_rng(0).integers(0, 256, (5, 4, 6, 3)).astype("uint8")


def pictured(array, **options):
    return with_pictures(as_frame({"x": array}), ["x"], **options)["x"]


@pytest.mark.parametrize(
    ("array", "scale", "layout", "mode"),
    [
        (LEVELS, "0..255", "hwc", "RGB"),
        (LEVELS.astype("float64"), "0..255", "hwc", "RGB"),
        (LEVELS.astype("float32") / 255, "0..1", "hwc", "RGB"),
        (LEVELS.astype("float32") / 127.5 - 1, "-1..1", "hwc", "RGB"),
        (LEVELS.transpose(0, 3, 1, 2), "0..255", "chw", "RGB"),
        (LEVELS[..., 0] / 255, "0..1", "hw", "L"),
        (LEVELS[..., :1], "0..255", "hwc", "L"),
        (np.concatenate([LEVELS, LEVELS[..., :1]], axis=3), "0..255", "hwc", "RGBA"),
    ],
)
def test_an_array_becomes_the_image_that_gives_it_back(array, scale, layout, mode):
    series = pictured(array)
    column = column_of(series)

    opened = [ImageReader(column).read(plain_value(cell)) for cell in series]

    assert column.type == "image"
    assert (column.pixel_scale, column.pixel_layout, column.pixel_mode) == (scale, layout, mode)
    assert column.shape == (4, 6, {"L": 1, "RGB": 3, "RGBA": 4}[mode])
    rebuilt = column_array(column)(opened)
    assert rebuilt.dtype == array.dtype
    np.testing.assert_allclose(rebuilt, array, rtol=0, atol=2e-7)


def test_the_range_may_be_named():
    assert column_of(pictured(np.ones((2, 4, 4)), scale="0..255")).pixel_scale == "0..255"


@pytest.mark.parametrize(
    ("array", "scale", "problem"),
    [
        (np.zeros((2, 5)), None, r"arrays of the shape \(5,\), which are no images"),
        (np.zeros((2, 5, 5, 2)), None, r"shape \(5, 5, 2\), which are no images"),
        (np.full((2, 4, 4), 300.0), None, "pixels from 300 to 300, beyond 0..255"),
        (np.full((2, 4, 4), -2.0), None, "pixels from -2 to -2, beyond -1..1"),
        (np.full((2, 4, 4), np.nan), "0..1", "beyond 0..1"),
        (np.full((2, 4, 4), 0.1234), None, "pixels between the 256 levels of 0..1"),
        ([1, 2], None, "holds no images, but cells such as '1'"),
    ],
)
def test_arrays_that_are_no_images_are_refused(array, scale, problem):
    with pytest.raises(UsageError, match=problem):
        pictured(np.asarray(array), scale=scale)


@pytest.mark.parametrize("array", [LEVELS, LEVELS[..., 0], LEVELS[..., :1]])
def test_arrays_of_bytes_are_scaled_where_another_range_is_named(array):
    series = pictured(array, scale="0..1")
    column = column_of(series)

    opened = [ImageReader(column).read(plain_value(cell)) for cell in series]

    assert (column.dtype, column.pixel_scale) == ("float64", "0..1")
    np.testing.assert_array_equal(column_array(column)(opened).ravel(), (array / 255).ravel())
    np.testing.assert_array_equal(
        np.stack([cell.given for cell in series]).ravel(), (array / 255).ravel()
    )


def test_an_unknown_column_is_named():
    with pytest.raises(UsageError, match="no column 'photo' of images"):
        with_pictures(as_frame(LEVELS), ["photo"])


def files(*images):
    return pd.DataFrame({"x": pd.Series([ImageFile(png(i)) for i in images], dtype=object)})


def test_image_files_are_sent_as_they_are_and_taken_as_images():
    frame = files(Image.new("RGB", (3, 2)), Image.new("RGB", (3, 2)))

    series = with_pictures(frame)["x"]
    column = column_of(series)

    assert series[0].given.size == (3, 2)
    assert base64.b64decode(series[0].encoded) == frame["x"][0]
    assert len(series[0]) == len(frame["x"][0])
    assert (column.dtype, column.shape, column.pixel_mode) == ("object", (2, 3, 3), "RGB")


def test_images_of_several_sizes_and_modes_have_no_shape():
    column = column_of(with_pictures(files(Image.new("RGB", (3, 2)), Image.new("L", (1, 1))))["x"])

    assert (column.shape, column.pixel_mode) == ((), None)


def test_image_files_become_arrays_where_the_range_is_named():
    series = with_pictures(files(Image.new("L", (3, 2), 51)), ["x"], "0..1")["x"]

    np.testing.assert_allclose(series[0].given, np.full((2, 3), 0.2))
    with pytest.raises(UsageError, match="images of several sizes"):
        with_pictures(files(Image.new("L", (3, 2)), Image.new("L", (1, 1))), ["x"], "0..1")


def test_bytes_and_base64_texts_are_images_where_they_are_named():
    dot = png(Image.new("L", (1, 1), 7))
    frame = pd.DataFrame({"a": [dot], "b": [base64.b64encode(dot).decode()], "c": [dot]})

    changed = with_pictures(frame, ["a", "b"])

    assert changed["a"][0].encoded == changed["b"][0].encoded
    assert column_of(changed["c"]).type == "bytes"


def test_a_file_that_is_no_image_is_named_with_its_row():
    frame = pd.DataFrame({"x": pd.Series([None, ImageFile(b"no")], dtype=object)})

    with pytest.raises(SignatureError, match='Row 1 of the sample: "x" must be an image'):
        with_pictures(frame)


def test_a_null_stays_one():
    frame = pd.DataFrame({"x": pd.Series([None, Image.new("L", (1, 1))], dtype=object)})

    series = with_pictures(frame)["x"]

    assert series[0] is None
    assert column_of(series).nullable
