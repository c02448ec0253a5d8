"""Arrays of a batch: one a column, the batch first, in the dtype and shape of the column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.errors import SignatureError
from golive.runtimes.protocols import Batch
from golive.signature.model import Column, PixelLayout, PixelScale, Signature

__all__ = ["array_shape", "column_array", "pixels_of", "tensor_columns"]

Array = np.ndarray[Any, np.dtype[Any]]


def tensor_columns(signature: Signature) -> Callable[[Batch], list[Array]]:
    """A function that turns a batch of n records into one array a column.

    Each has the shape (n, *shape) and the column's dtype: numbers (n,), or (n, 1) where the
    column's `shape` is (1,); vectors and images as `array_shape` says; texts and bytes as objects.

    Args:
        signature: The model's signature.

    Raises:
        SignatureError: A column has a dtype that NumPy does not know.
    """
    converts = [column_array(column) for column in signature.columns]

    def build(batch: Batch) -> list[Array]:
        return [convert(v) for convert, v in zip(converts, batch.columns, strict=True)]

    return build


def column_array(column: Column) -> Callable[[list[Any]], Array]:
    """A function that turns n values of the column into one array; see `tensor_columns`.

    A null among floats is NaN; where there is none, of integers or images of any size, building
    raises ValueError.
    """
    dtype = _dtype_of(column)
    match column.type:
        case "image":
            return lambda values: _image_array(column, dtype, values)
        case "vector":
            return lambda values: _vector_array(column, dtype, values)
        case "string" | "text" | "category" | "datetime" | "bytes" if dtype.hasobject:
            return lambda values: _object_array(column, values)
        case _:
            return lambda values: np.array(values, dtype=dtype).reshape(-1, *column.shape)


def array_shape(column: Column) -> tuple[int | None, ...]:
    """The shape of one value's array; None for a size that no signature fixes."""
    if column.type != "image":
        return column.dimensions if column.type == "vector" else column.shape
    height, width, channels = column.shape or (None, None, _channels(column))
    match column.pixel_layout:
        case "hwc":
            return (height, width, channels)
        case "chw":
            return (channels, height, width)
        case "hw":
            return (height, width)
        case "flat" if height is None or width is None or channels is None:
            return (None,)
        case "flat":
            return (height * width * channels,)


def pixels_of(image: Any, layout: PixelLayout, scale: PixelScale, dtype: Any) -> Array:
    """One image's pixels.

    Args:
        image: A `PIL.Image.Image` of the mode L, RGB or RGBA.
        layout: The order of the axes; `hw` is for images without channels.
        scale: What 0 and 255 become.
        dtype: Of the array. Scales other than 0..255 are floats.
    """
    pixels = np.asarray(image)
    if pixels.ndim == 2 and layout != "hw":
        pixels = pixels[:, :, np.newaxis]
    if layout == "chw":
        pixels = pixels.transpose(2, 0, 1)
    elif layout == "flat":
        pixels = pixels.reshape(-1)
    return _scaled(pixels, scale).astype(dtype, copy=False)


def _scaled(pixels: Array, scale: PixelScale) -> Array:
    match scale:
        case "0..255":
            return pixels
        case "0..1":
            return pixels / 255
        case "-1..1":
            return pixels / 127.5 - 1


def _channels(column: Column) -> int | None:
    return None if column.pixel_mode is None else len(column.pixel_mode)


def _dtype_of(column: Column) -> np.dtype[Any]:
    try:
        dtype = np.dtype(column.dtype)
    except TypeError as error:
        if column.type in ("string", "text", "category"):
            return np.dtype(object)  # pandas' own dtypes, such as `str` and `category`
        raise SignatureError(
            f"Column {column.name!r} has the dtype {column.dtype!r}, which NumPy does not know.",
            hint="Use a dtype of NumPy, such as int64, float32, bool or object.",
        ) from error
    if dtype.hasobject and column.type == "vector":
        return np.dtype("float64")
    if column.type in ("string", "text", "category", "bytes") and dtype.kind in "USO":
        return np.dtype(object)
    return np.dtype("uint8") if dtype.hasobject and column.type == "image" else dtype


def _vector_array(column: Column, dtype: np.dtype[Any], values: list[Any]) -> Array:
    shape = column.dimensions
    if shape == (None,):
        shape = (len(next((value for value in values if value is not None), ())),)
    return _filled(values, shape, dtype)


def _image_array(column: Column, dtype: np.dtype[Any], values: list[Any]) -> Array:
    pixels = [
        None if v is None else pixels_of(v, column.pixel_layout, column.pixel_scale, dtype)
        for v in values
    ]
    shape = array_shape(column)
    if None in shape:
        shape = next((p.shape for p in pixels if p is not None), tuple(s or 0 for s in shape))
    return _filled(pixels, shape, dtype)


def _filled(values: list[Any], shape: tuple[int | None, ...], dtype: np.dtype[Any]) -> Array:
    sizes = tuple(size or 0 for size in shape)
    array = np.empty((len(values), *sizes), dtype=dtype)
    for at, value in enumerate(values):
        array[at] = _element(value, sizes, dtype)
    return array


def _element(value: Any, sizes: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    if value is None:
        if dtype.kind != "f":
            raise ValueError(f"A null cannot stand in an array of {dtype}.")
        return np.full(sizes, np.nan, dtype)
    element = np.asarray(value, dtype)
    if element.shape != sizes:  # NumPy would repeat the smaller one
        raise ValueError(f"Values of the shapes {sizes} and {element.shape} fit no one array.")
    return element


def _object_array(column: Column, values: list[Any]) -> Array:
    array = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        array[at] = value
    return array.reshape(-1, *column.shape)
