"""Images: opened within limits, turned upright, and brought to the mode and size of a column."""

from __future__ import annotations

import math
from collections.abc import Callable
from io import BytesIO
from typing import Any

from golive.engine.answers import Fault
from golive.engine.base64_text import coerce_bytes
from golive.engine.values import describe
from golive.optional import require
from golive.signature.model import MAX_BYTES, MAX_PIXELS, Column

__all__ = ["FORMATS", "ImageReader"]

_IMAGES_OF_REQUEST = 4

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
"""The formats of image files that are opened, by Pillow's names."""
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_EIGHT_BITS = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK",
                         "YCbCr", "LAB", "HSV"})  # fmt: skip
_TRANSPARENT = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})


class ImageReader:
    """Makes images of the values of one column.

    The size of the file is checked before it is decoded, and the number of pixels before they are:
    a small file may declare any size. Only the first frame of several is read. The images of one
    request may have four times the pixels of the largest one together, or else thousands of small
    files would fill the memory.

    Args:
        column: Its limits, its `pixel_mode` and its `shape`.
        is_for_request: The reader is for the images of one request, and limits them together.

    Raises:
        MissingExtraError: Pillow is not installed.
    """

    def __init__(self, column: Column, *, is_for_request: bool = False) -> None:
        self._pillow = require("PIL.Image", extra="images")
        self._ops = require("PIL.ImageOps", extra="images")
        self._name = column.name
        self._max_bytes = column.max_bytes or MAX_BYTES
        self._max_pixels = column.max_pixels or MAX_PIXELS
        self._size = column.shape[1::-1] or None
        channels = column.shape[2] if len(column.shape) == 3 else None
        self._mode = column.pixel_mode or _MODES.get(channels or 0)
        self._most_together = self._max_pixels * _IMAGES_OF_REQUEST if is_for_request else math.inf
        self._together = 0

    def read(self, value: Any) -> Any | Fault:
        """The `PIL.Image.Image` that the value stands for.

        Args:
            value: Base64 text of an image file; a Python caller's bytes of one, image, or array of
                uint8 with the axes (height, width) or (height, width, channels).
        """
        if not isinstance(value, (str, bytes, bytearray, memoryview)):
            return self._guarded(lambda: self._of_python(value))
        data = coerce_bytes(value, self._name, self._max_bytes)
        return data if isinstance(data, Fault) else self._guarded(lambda: self._of_file(data))

    def _guarded(self, read: Callable[[], Any]) -> Any | Fault:
        """What `read` gives, or the fault that its exception stands for."""
        try:
            return read()
        except (self._pillow.DecompressionBombError, self._pillow.DecompressionBombWarning):
            return self._too_many_pixels("far too many")
        except self._pillow.UnidentifiedImageError:
            return self._bad(f"its bytes are none of {', '.join(FORMATS)}")
        except Exception as error:  # noqa: BLE001 - a codec may raise anything for hostile bytes
            return self._bad(f"it is damaged ({str(error) or type(error).__name__})")

    def _of_file(self, data: bytes) -> Any | Fault:
        with self._pillow.open(BytesIO(data), formats=FORMATS) as image:
            return self._fitted(image)

    def _of_python(self, value: Any) -> Any | Fault:
        if isinstance(value, self._pillow.Image):
            return self._fitted(value)
        if not hasattr(value, "__array_interface__"):
            message = f'"{self._name}" must be an image as base64 text, got {describe(value)}'
            return Fault("wrong_type", message, self._name)
        shape = tuple(value.shape)
        if str(value.dtype) != "uint8" or len(shape) not in (2, 3) or 0 in shape:
            return self._bad(f"it is an array of {value.dtype} and shape {shape}, not of uint8")
        if len(shape) == 3 and shape[2] not in _MODES:
            return self._bad(f"its shape {shape} has not 1, 3 or 4 channels last")
        pixels = value[:, :, 0] if len(shape) == 3 and shape[2] == 1 else value
        return self._fitted(self._pillow.fromarray(pixels))

    def _fitted(self, image: Any) -> Any | Fault:
        width, height = image.size
        if width * height > self._max_pixels:
            return self._too_many_pixels(f"{width} x {height}")
        kept_width, kept_height = self._size or image.size
        self._together += max(width * height, kept_width * kept_height)
        if self._together > self._most_together:
            return self._too_many_together()
        image = self._ops.exif_transpose(image)
        if self._mode is not None:
            if image.mode not in _EIGHT_BITS and not image.mode.startswith("I;16"):
                return self._bad(f"its pixels are of the mode {image.mode}; send 8 or 16 bits")
            image = self._in_mode(image, self._mode)
        if self._size is not None and image.size != self._size:
            image = image.resize(self._size, self._pillow.Resampling.BILINEAR)
        return image

    def _in_mode(self, image: Any, mode: str) -> Any:
        """The image in 8 bits a channel; what is transparent over white, where `mode` has none."""
        if image.mode == mode and "transparency" not in image.info:
            return image
        if image.mode.startswith("I;16"):
            image.info.pop("transparency", None)
            image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
        is_transparent = image.mode in _TRANSPARENT or "transparency" in image.info
        if is_transparent and mode != "RGBA":
            front = image.convert("RGBA")
            image = self._pillow.new("RGBA", image.size, "white")
            image.alpha_composite(front)
            image = image.convert("RGB")
        elif image.mode not in ("1", "L", "RGB", "RGBA"):
            image = image.convert("RGBA" if is_transparent else "RGB")
        return image.convert(mode)

    def _too_many_pixels(self, found: str) -> Fault:
        message = f'"{self._name}" has {found} pixels; at most {self._max_pixels} are allowed'
        return Fault("too_large", message, self._name)

    def _too_many_together(self) -> Fault:
        message = (
            f'"{self._name}" comes after images that have {self._most_together} pixels together, '
            "the most in one request; send it in another one"
        )
        return Fault("too_large", message, self._name)

    def _bad(self, reason: str) -> Fault:
        return Fault("bad_image", f'"{self._name}" must be an image, but {reason}', self._name)
