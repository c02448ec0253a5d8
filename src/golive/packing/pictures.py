"""Pictures: images of a sample, as a client sends each and as the model takes it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from golive.engine.answers import Fault
from golive.engine.images import ImageReader
from golive.errors import SignatureError, UsageError
from golive.optional import require
from golive.packing.image_files import ImageFile
from golive.runtimes.arrays import pixels_of
from golive.runtimes.png import is_image, png_base64
from golive.signature.model import Column, PixelLayout, PixelMode, PixelScale

__all__ = ["Picture", "PictureFacts", "given_of", "with_pictures"]

_MODES: dict[int, PixelMode] = {1: "L", 3: "RGB", 4: "RGBA"}
_CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4}
_RANGES: dict[PixelScale, tuple[float, float]] = {
    "0..255": (0, 255),
    "0..1": (0, 1),
    "-1..1": (-1, 1),
}
_OFF_GRID = 0.02  # of a step between two of the 256 levels


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What all pictures of a column have in common; see the members of `Column`.

    Attributes:
        dtype: Of the arrays that the model takes, or `object` where it takes images.
        shape: (height, width, channels), or empty where they differ.
        pixel_mode: Their mode, or None where they differ.
        pixel_scale: The range of the arrays' values.
        pixel_layout: The order of the arrays' axes.
    """

    dtype: str = "object"
    shape: tuple[int, ...] = ()
    pixel_mode: PixelMode | None = None
    pixel_scale: PixelScale = "0..255"
    pixel_layout: PixelLayout = "hwc"


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a sample.

    Attributes:
        encoded: The image file in base64, as a client sends it.
        given: What the model takes: an array, or a `PIL.Image.Image`.
        facts: Of its column.
    """

    encoded: str
    given: Any
    facts: PictureFacts

    def __len__(self) -> int:
        """The number of bytes of the file."""
        return len(self.encoded) // 4 * 3 - self.encoded[-2:].count("=")


def given_of(cell: Any) -> Any:
    """What the model takes of a cell: of a picture its array or image, else the cell itself."""
    return cell.given if isinstance(cell, Picture) else cell


def with_pictures(
    frame: pd.DataFrame,
    names: Sequence[str] = (),
    scale: PixelScale | None = None,
    *,
    facts: PictureFacts | None = None,
) -> pd.DataFrame:
    """The table with the images of its columns as pictures.

    Columns of `PIL.Image.Image` and of `ImageFile` hold images; of arrays and bytes those do that
    are named.

    Args:
        frame: A sample.
        names: Columns that hold images.
        scale: The range of the arrays that the model takes; None infers it from the arrays of
            the sample, and of image files makes images, not arrays. Arrays of `uint8` are scaled
            as image files are.
        facts: What is known of the pictures already, as from a signature; else inferred.

    Raises:
        UsageError: There is no such column, or its arrays are no images.
        SignatureError: A file of the sample is no image.
    """
    for name in names:
        if name not in frame.columns:
            listed = ", ".join(map(repr, frame.columns))
            raise UsageError(
                f"The sample has no column {name!r} of images.", hint=f"Its columns are {listed}."
            )
    held = [n for n in frame.columns if n in names or any(map(_is_picture, _first(frame[n])))]
    changed = {str(name): _pictures(frame[name], scale, facts) for name in held}
    return frame.assign(**changed) if changed else frame


def _first(series: pd.Series[Any]) -> list[Any]:
    """The first cell that is no null, if there is one; only objects may be pictures."""
    if series.dtype != object:
        return []
    return next(([cell] for cell in series.tolist() if not _is_null(cell)), [])


def _is_picture(cell: object) -> bool:
    return isinstance(cell, ImageFile) or is_image(cell)


def _is_null(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and cell != cell)  # noqa: PLR0124 - NaN


def _pictures(
    series: pd.Series[Any], scale: PixelScale | None, facts: PictureFacts | None
) -> pd.Series[Any]:
    name, cells = str(series.name), series.tolist()
    first = next((cell for cell in cells if not _is_null(cell)), None)
    if isinstance(first, Picture):
        return series
    if isinstance(first, np.ndarray) and first.dtype == np.uint8 and _is_rescaled(scale, facts):
        made = _of_files(_images_of(cells, name), name, scale, facts)
    elif isinstance(first, np.ndarray):
        made = _of_arrays(cells, name, scale, facts)
    elif isinstance(first, bytes | str) or is_image(first):
        made = _of_files(cells, name, scale, facts)
    else:
        raise UsageError(
            f"Column {name!r} holds no images, but cells such as {str(first)[:60]!r}.",
            hint="Images are arrays (height, width[, channels]), image files or PIL images.",
        )
    return pd.Series(made, index=series.index, name=series.name, dtype=object)


def _is_rescaled(scale: PixelScale | None, facts: PictureFacts | None) -> bool:
    """Whether the model takes its pixels in another range than that of the bytes of an image."""
    return (scale if facts is None else facts.pixel_scale) not in (None, "0..255")


def _images_of(cells: list[Any], name: str) -> list[Any]:
    """Arrays of bytes as the images that they are, before a model's own scaling."""
    image = require("PIL.Image", extra="images")
    known = _facts_of_arrays([cell for cell in cells if not _is_null(cell)], name, "0..255")
    return [None if _is_null(c) else image.fromarray(_levels(c, name, known)) for c in cells]


def _of_arrays(
    cells: list[Any], name: str, scale: PixelScale | None, facts: PictureFacts | None
) -> list[Picture | None]:
    arrays = [cell for cell in cells if not _is_null(cell)]
    known = facts or _facts_of_arrays(arrays, name, scale)
    levels = [None if _is_null(cell) else _levels(cell, name, known) for cell in cells]
    image = require("PIL.Image", extra="images")
    return [
        None if found is None else Picture(png_base64(image.fromarray(found)), cell, known)
        for cell, found in zip(cells, levels, strict=True)
    ]


def _facts_of_arrays(arrays: list[Any], name: str, scale: PixelScale | None) -> PictureFacts:
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1:
        raise UsageError(
            f"Column {name!r} holds arrays of the shapes {_listed(shapes)}; images of one column "
            "that a model takes as arrays have one size."
        )
    shape, layout = _image_shape(shapes.pop(), name)
    return PictureFacts(
        dtype=str(arrays[0].dtype),
        shape=shape,
        pixel_mode=_MODES[shape[2]],
        pixel_scale=scale or _scale_of(arrays),
        pixel_layout=layout,
    )


def _image_shape(shape: tuple[int, ...], name: str) -> tuple[tuple[int, ...], PixelLayout]:
    """(height, width, channels) and the layout of an array's shape."""
    match shape:
        case (height, width):
            return (height, width, 1), "hw"
        case (height, width, channels) if channels in _MODES:
            return (height, width, channels), "hwc"
        case (channels, height, width) if channels in _MODES:
            return (height, width, channels), "chw"
    raise UsageError(
        f"Column {name!r} holds arrays of the shape {shape}, which are no images.",
        hint="Images have the shape (height, width), or 1, 3 or 4 channels first or last. Where "
        "the model takes flat rows, give the sample with height and width all the same.",
    )


def _scale_of(arrays: list[Any]) -> PixelScale:
    if arrays[0].dtype.kind in "iub":
        return "0..255"
    if min(float(array.min()) for array in arrays) < 0:
        return "-1..1"
    return "0..1" if max(float(array.max()) for array in arrays) <= 1 else "0..255"


def _levels(array: Any, name: str, facts: PictureFacts) -> Any:
    """The array as an image's: (height, width[, channels]) of uint8."""
    low, high = _RANGES[facts.pixel_scale]
    exact = (np.asarray(array, dtype="float64") - low) * (255 / (high - low))
    levels = np.rint(exact)
    if not np.isfinite(exact).all() or levels.min() < 0 or levels.max() > 255:
        raise UsageError(
            f"Column {name!r} holds pixels from {array.min():.6g} to {array.max():.6g}, beyond "
            f"{facts.pixel_scale}.",
            hint="Name the range with --pixels 0..255, 0..1 or -1..1; a model whose pixels are "
            "brought to another range does that itself, as its first step.",
        )
    if np.abs(exact - levels).max() > _OFF_GRID:
        raise UsageError(
            f"Column {name!r} holds pixels between the 256 levels of {facts.pixel_scale}, which "
            "no image file has.",
            hint="Give the sample as it was read from images, or leave --image out: then clients "
            "send nested lists of numbers.",
        )
    pixels = levels.astype("uint8").reshape(array.shape)
    if facts.pixel_layout == "chw":
        pixels = pixels.transpose(1, 2, 0)
    channels_last = pixels.reshape(facts.shape)
    return channels_last[:, :, 0] if facts.shape[2] == 1 else channels_last


def _of_files(
    cells: list[Any], name: str, scale: PixelScale | None, facts: PictureFacts | None
) -> list[Picture | None]:
    read = _opened(cells, name, PictureFacts())
    known = facts or _facts_of_images([image for image in read if image is not None], name, scale)
    if known != PictureFacts():
        read = _opened(cells, name, known)
    return [
        None if image is None else Picture(_encoded(cell), _as_taken(image, known), known)
        for cell, image in zip(cells, read, strict=True)
    ]


def _opened(cells: list[Any], name: str, facts: PictureFacts) -> list[Any]:
    """The images as they are opened when they are served."""
    column = Column(
        name=name,
        type="image",
        dtype=facts.dtype,
        shape=facts.shape,
        pixel_mode=facts.pixel_mode,
        max_bytes=2**40,
        max_pixels=2**40,
    )
    reader = ImageReader(column)
    images = [None if _is_null(cell) else reader.read(cell) for cell in cells]
    for at, image in enumerate(images):
        if isinstance(image, Fault):
            raise SignatureError(
                f"Row {at} of the sample: {image.message}.", hint="Mend or remove the row."
            )
    return images


def _facts_of_images(images: list[Any], name: str, scale: PixelScale | None) -> PictureFacts:
    modes, sizes = {image.mode for image in images}, {image.size for image in images}
    mode: PixelMode | None = None if scale is None else "RGB"
    if len(modes) == 1 and modes <= _CHANNELS.keys():
        mode = next(iter(modes))
    facts = PictureFacts(pixel_mode=mode)
    if mode is not None and len(sizes) == 1:
        width, height = next(iter(sizes))
        facts = replace(facts, shape=(height, width, _CHANNELS[mode]))
    if scale is None:
        return facts
    if not facts.shape:
        raise UsageError(
            f"Column {name!r} holds images of several sizes ({_listed(sizes)}), and the model "
            "takes arrays of one size.",
            hint="Bring the images of the sample to the size that the model was trained on.",
        )
    layout: Literal["hw", "hwc"] = "hw" if mode == "L" else "hwc"
    dtype = "uint8" if scale == "0..255" else "float64"
    return replace(facts, dtype=dtype, pixel_scale=scale, pixel_layout=layout)


def _as_taken(image: Any, facts: PictureFacts) -> Any:
    if facts.dtype == "object":
        return image
    return pixels_of(image, facts.pixel_layout, facts.pixel_scale, np.dtype(facts.dtype))


def _encoded(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    return base64.b64encode(cell).decode() if isinstance(cell, bytes) else png_base64(cell)


def _listed(values: Sequence[Any] | set[Any]) -> str:
    shown = sorted(map(str, values))
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more
