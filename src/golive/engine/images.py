"""Images: opened within limits, turned upright, and brought to the mode and size of a column."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from golive.engine.answers import Fault
from golive.engine.base64_text import coerce_bytes
from golive.engine.values import describe
from golive.optional import require
from golive.signature.model import MAX_BYTES, MAX_PIXELS, Column

__all__ = ["FORMATS", "ImageReader"]

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
"""The formats of image files that are opened, by Pillow's names."""
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_EIGHT_BITS = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK",
                         "YCbCr", "LAB", "HSV"})  # fmt: skip
_TRANSPARENT = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})


class ImageReader:
    """Makes images of the values of one column.

    The size of the file is checked before it is decoded, and the number of pixels before they are:
    a small file may declare any size. Only the first frame of several is read.

    Args:
        column: Its limits, its `pixel_mode` and its `shape`.

    Raises:
        MissingExtraError: Pillow is not installed.
    """

    def __init__(self, column: Column) -> None:
        self._pillow = require("PIL.Image", extra="images")
        self._ops = require("PIL.ImageOps", extra="images")
        self._name = column.name
        self._max_bytes = column.max_bytes or MAX_BYTES
        self._max_pixels = column.max_pixels or MAX_PIXELS
        self._size = column.shape[1::-1] or None
        channels = column.shape[2] if len(column.shape) == 3 else None
        self._mode = column.pixel_mode or _MODES.get(channels or 0)

    def read(self, value: Any, name: str | None = None) -> Any | Fault:
        """The `PIL.Image.Image` that the value stands for.

        Args:
            value: Base64 text of an image file; a Python caller's bytes of one, image, or array of
                uint8 with the axes (height, width) or (height, width, channels).
            name: The field's name in messages; the column's if None.
        """
        name = name or self._name
        if isinstance(value, self._pillow.Image):
            return self._fitted(value, name)
        if hasattr(value, "__array_interface__"):
            return self._of_array(value, name)
        if not isinstance(value, (str, bytes, bytearray, memoryview)):
            message = f'"{name}" must be an image as base64 text, got {describe(value)}'
            return Fault("wrong_type", message, name)
        data = coerce_bytes(value, name, self._max_bytes)
        return data if isinstance(data, Fault) else self._of_file(data, name)

    def _of_file(self, data: bytes, name: str) -> Any | Fault:
        try:
            with self._pillow.open(BytesIO(data), formats=FORMATS) as image:
                return self._fitted(image, name)
        except (self._pillow.DecompressionBombError, self._pillow.DecompressionBombWarning):
            return self._too_many_pixels(name, "too many")
        except self._pillow.UnidentifiedImageError:
            return _bad(name, f"its {len(data)} bytes are none ({', '.join(FORMATS)})")
        except Exception as error:  # noqa: BLE001 - a codec may raise anything for hostile bytes
            return _bad(name, f"it is damaged ({str(error) or type(error).__name__})")

    def _of_array(self, array: Any, name: str) -> Any | Fault:
        shape = tuple(array.shape)
        if str(array.dtype) != "uint8" or len(shape) not in (2, 3) or 0 in shape:
            return _bad(name, f"it is an array of {array.dtype} and shape {shape}, not of uint8")
        if len(shape) == 3 and shape[2] not in _MODES:
            return _bad(name, f"its shape {shape} has not 1, 3 or 4 channels last")
        if len(shape) == 3 and shape[2] == 1:
            array = array[:, :, 0]
        return self._fitted(self._pillow.fromarray(array), name)

    def _fitted(self, image: Any, name: str) -> Any | Fault:
        width, height = image.size
        if width * height > self._max_pixels:
            return self._too_many_pixels(name, f"{width} x {height}")
        image = self._ops.exif_transpose(image)
        if self._mode is not None:
            if image.mode not in _EIGHT_BITS and not image.mode.startswith("I;16"):
                return _bad(name, f"its pixels are of the mode {image.mode}; send 8 or 16 bits")
            image = self._in_mode(image, self._mode)
        if self._size is not None and image.size != self._size:
            image = image.resize(self._size, self._pillow.Resampling.BILINEAR)
        return image

    def _in_mode(self, image: Any, mode: str) -> Any:
        if image.mode == mode:
            return image
        if image.mode.startswith("I;16"):
            image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
        is_transparent = image.mode in _TRANSPARENT or "transparency" in image.info
        if is_transparent and mode != "RGBA":
            front = image.convert("RGBA")
            image = self._pillow.new("RGBA", image.size, "white")
            image.alpha_composite(front)
        elif image.mode not in ("1", "L", "RGB", "RGBA"):
            image = image.convert("RGBA" if is_transparent else "RGB")
        return image.convert(mode)

    def _too_many_pixels(self, name: str, found: str) -> Fault:
        message = f'"{name}" has {found} pixels; at most {self._max_pixels} in all are allowed'
        return Fault("too_large", message, name)


def _bad(name: str, reason: str) -> Fault:
    return Fault("bad_image", f'"{name}" must be an image, but {reason}', name)
