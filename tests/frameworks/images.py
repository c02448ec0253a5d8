"""A small bundle of a model of images, for the extra that reads them."""

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import golive


def pack_small(bundle: Path) -> None:
    """A classifier of images of 4 × 4 pixels, which clients send as files."""
    images = np.random.default_rng(3).integers(0, 256, (100, 4, 4)).astype("float64")
    target = (images[:, 0, 0] > 128).astype(int)
    model = LogisticRegression(max_iter=500).fit(images.reshape(-1, 16), target)
    sample = {"photo": images, "y": target}
    golive.pack(model, sample, target="y", images="photo", output=bundle)
