"""Images as PNG files in base64."""

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.images import png

from golive.runtimes.png import is_image, png_base64


def test_an_image_is_told_from_other_values():
    opened = Image.open(BytesIO(png(Image.new("L", (1, 1)))))

    assert is_image(opened)
    assert is_image(opened.copy())
    assert not is_image(np.zeros((1, 1)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_mode_that_png_knows_is_kept(mode):
    image = Image.new(mode, (2, 3))

    with Image.open(BytesIO(base64.b64decode(png_base64(image)))) as read:
        assert (read.mode, read.size) == (mode, (2, 3))
        assert read.tobytes() == image.tobytes()


def test_other_modes_become_colours():
    with Image.open(BytesIO(base64.b64decode(png_base64(Image.new("HSV", (1, 1)))))) as read:
        assert read.mode == "RGB"
