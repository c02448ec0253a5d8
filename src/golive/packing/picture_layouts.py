"""The layouts in which a model may take the pixels of a column of pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.packing.pictures import Picture
from golive.runtimes.arrays import array_shape
from golive.signature.model import Column, PixelLayout

__all__ = ["laid_out", "layouts_of"]


def layouts_of(column: Column) -> tuple[PixelLayout, ...]:
    """Every layout, the column's own first."""
    own = column.pixel_layout
    others: tuple[PixelLayout, ...] = ("hwc", "chw", "flat", "hw")
    return (own, *(layout for layout in others if layout != own))


def laid_out(cell: Any, column: Column) -> Any:
    """The picture with its array in the column's layout; another cell as it is."""
    if not isinstance(cell, Picture):
        return cell
    height, width, channels = column.shape
    pixels = cell.given
    if cell.facts.pixel_layout == "chw":
        pixels = pixels.reshape(channels, height, width).transpose(1, 2, 0)
    pixels = pixels.reshape(height, width, channels)
    if column.pixel_layout == "chw":
        pixels = pixels.transpose(2, 0, 1)
    facts = replace(cell.facts, pixel_layout=column.pixel_layout)
    given = np.ascontiguousarray(pixels).reshape([size or 1 for size in array_shape(column)])
    return replace(cell, given=given, facts=facts)
