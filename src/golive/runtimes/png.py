"""Images as PNG files in base64: how they stand in JSON."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

__all__ = ["is_image", "png_base64"]

_AS_THEY_ARE = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})


def is_image(value: object) -> bool:
    """Whether the value is a `PIL.Image.Image`; told without importing Pillow."""
    return any(c.__module__ == "PIL.Image" and c.__name__ == "Image" for c in type(value).__mro__)


def png_base64(image: Any) -> str:
    """The image as a PNG file in base64; of a mode that PNG does not know, as RGB.

    Args:
        image: A `PIL.Image.Image`.
    """
    file = BytesIO()
    written = image if image.mode in _AS_THEY_ARE else image.convert("RGB")
    written.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
