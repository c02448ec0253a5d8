"""Image files of a sample: a folder of them, or the cells of a table that hold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from golive.errors import UsageError

__all__ = ["ENDINGS", "IMAGE", "ImageFile", "read_folder", "with_image_files"]

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
IMAGE = "image"
"""What the column of a folder's images is called."""


class ImageFile(bytes):
    """The bytes of an image file, in contrast to bytes of any other meaning."""

    __slots__ = ()


def read_folder(folder: Path, target: str | None) -> pd.DataFrame:
    """The table of a folder of images, in the order of their paths.

    Args:
        folder: It and its sub-folders hold the images; other files are passed over.
        target: What to call the column of the sub-folders' names, the classes; None for no such
            column.

    Raises:
        UsageError: It has no images, or images outside of sub-folders and a target is wanted.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    if not files:
        raise UsageError(
            f"{folder} has no images.", hint=f"Their names must end in one of {', '.join(ENDINGS)}."
        )
    images = pd.Series([ImageFile(path.read_bytes()) for path in files], dtype=object)
    frame = pd.DataFrame({IMAGE: images})
    if target is None:
        return frame
    loose = next((path for path in files if path.parent == folder), None)
    if loose is not None:
        raise UsageError(
            f"{loose} lies in no sub-folder, so its class is unknown.",
            hint=f"Put each image into the folder of its class: {folder}/CLASS/{loose.name}",
        )
    classes = [path.relative_to(folder).parts[0] for path in files]
    return frame.assign(**{target: classes})


def with_image_files(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with the structs `{bytes, path}`, as sets of images have them, as image files."""
    changed = {
        str(name): pd.Series([_of_struct(v, str(name)) for v in frame[name].tolist()], dtype=object)
        for name in frame.columns
        if frame[name].dtype == object and any(map(_is_struct, frame[name].tolist()[:100]))
    }
    return frame.assign(**changed)


def _is_struct(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"bytes", "path"}


def _of_struct(value: Any, name: str) -> Any:
    if not _is_struct(value):
        return value
    if value["bytes"] is None:
        raise UsageError(
            f"Column {name!r} holds an image's path ({value['path']}) without its bytes.",
            hint="Write the table with the images in it, or give the folder of the images.",
        )
    return ImageFile(value["bytes"])
