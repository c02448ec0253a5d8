"""Handwritten digits as arrays, and as the image files that clients send."""

import base64
import io
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

HELD_OUT = 210
_LABELS = load_digits().target[:910]
_PIXELS = (load_digits().images[:910] * 15.9).astype("uint8")

TRAIN, TRAIN_LABELS = _PIXELS[:-HELD_OUT], _LABELS[:-HELD_OUT]
ASKED, ASKED_LABELS = _PIXELS[-HELD_OUT:], _LABELS[-HELD_OUT:]


def shares(pixels: np.ndarray) -> np.ndarray:
    """From 0 to 1, as most nets take them."""
    return (pixels / 255).astype("float32")


def encoded(pixels: np.ndarray) -> str:
    """A PNG file in base64."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def write_folder(folder: Path) -> Path:
    """The training images as files, in a folder for each class."""
    for at, (pixels, label) in enumerate(zip(TRAIN, TRAIN_LABELS, strict=True)):
        file = folder / str(label) / f"{at}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(encoded(pixels)))
    return folder
