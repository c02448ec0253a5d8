"""Images as values of a column."""

import base64
import struct
import zlib

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.images import png

from golive.engine.answers import Fault
from golive.engine.decode import Decoder
from golive.engine.images import ImageReader
from golive.signature.model import Column, Output, Signature

RGB = Image.new("RGB", (4, 2), (10, 200, 30))


def read(value, **facts):
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode()
    return ImageReader(Column(name="photo", type="image", dtype="object", **facts)).read(value)


def declared(width, height):
    """A PNG of a few bytes that declares any size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_a_file_of_each_kind_without_loss_is_read(kind):
    image = read(png(RGB, kind), pixel_mode="RGB")

    assert (image.mode, image.size) == ("RGB", (4, 2))
    assert image.getpixel((3, 1)) == (10, 200, 30)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_file_of_each_kind_with_loss_is_read(kind):
    image = read(png(RGB, kind, quality=95), pixel_mode="RGB")

    np.testing.assert_allclose(image.getpixel((3, 1)), (10, 200, 30), atol=6)


@pytest.mark.parametrize("kind", ["PPM", "PCX", "ICO"])
def test_files_of_other_kinds_are_refused(kind):
    fault = read(png(RGB.resize((16, 16)), kind))

    assert fault == Fault(
        "bad_image",
        '"photo" must be an image, but its bytes are none of PNG, JPEG, GIF, BMP, WEBP, TIFF',
        "photo",
    )


def test_an_image_of_one_pixel_is_an_image():
    assert read(png(Image.new("L", (1, 1), 7))).getpixel((0, 0)) == 7


def test_the_size_of_the_file_is_limited():
    fault = read(png(RGB), max_bytes=20)

    assert fault.code == "too_large"
    assert "at most 20 are allowed" in fault.message


def test_the_pixels_are_counted_before_they_are_decoded():
    allowed, refused = read(png(RGB), max_pixels=8), read(png(RGB), max_pixels=7)

    assert allowed.size == (4, 2)
    assert (refused.code, refused.message) == (
        "too_large",
        '"photo" has 4 x 2 pixels; at most 7 are allowed',
    )


@pytest.mark.parametrize(
    ("width", "height"),
    [(8_000, 8_000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1)],
)
def test_a_tiny_file_of_huge_declared_size_is_refused_unread(width, height):
    assert len(declared(width, height)) < 100
    assert read(declared(width, height)).code == "too_large"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_a_truncated_file_is_refused(kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8))
    whole = png(noise, kind)

    for part in (0.3, 0.6, 0.9):
        fault = read(whole[: int(len(whole) * part)])
        assert isinstance(fault, Fault), part
        assert fault.code == "bad_image"


def test_no_bytes_are_no_image():
    assert read("").code == "bad_image"
    assert read(b"GIF89a").code == "bad_image"


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_changed_bytes_raise(data):
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"]))
    broken = bytearray(png(RGB, kind))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    result = read(bytes(broken), pixel_mode="RGB", shape=(2, 2, 3), max_pixels=10_000)

    if isinstance(result, Fault):
        assert result.code in ("bad_image", "too_large")
    else:
        assert (result.mode, result.size) == ("RGB", (2, 2))


def test_an_image_is_turned_as_its_exif_says():
    image = Image.new("RGB", (4, 2))
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise

    turned = read(png(image, exif=exif))

    assert turned.size == (2, 4)
    assert turned.getpixel((1, 0)) == (255, 0, 0)


def test_a_palette_becomes_colours():
    palette = Image.new("P", (1, 1), 1)
    palette.putpalette([0, 0, 0, 9, 8, 7])

    assert read(png(palette), pixel_mode="RGB").getpixel((0, 0)) == (9, 8, 7)


def test_what_is_transparent_lies_over_white():
    clear = Image.new("RGBA", (1, 1), (200, 0, 0, 0))
    half = Image.new("LA", (1, 1), (0, 128))
    palette = Image.new("P", (1, 1), 0)

    assert read(png(clear), pixel_mode="RGB").getpixel((0, 0)) == (255, 255, 255)
    assert read(png(half), pixel_mode="L").getpixel((0, 0)) == 127
    assert read(png(palette, transparency=0), pixel_mode="RGB").getpixel((0, 0)) == (255,) * 3
    assert read(png(clear), pixel_mode="RGBA").getpixel((0, 0)) == (200, 0, 0, 0)


def test_one_colour_of_a_grey_image_may_be_transparent():
    grey = Image.new("L", (1, 1), 9)

    assert read(png(grey, transparency=9), pixel_mode="L").getpixel((0, 0)) == 255
    assert read(png(grey, transparency=8), pixel_mode="L").getpixel((0, 0)) == 9


def test_sixteen_bits_become_eight():
    deep = Image.new("I;16", (1, 1), 40_000)

    assert read(png(deep), pixel_mode="L").getpixel((0, 0)) == 156
    assert read(png(deep, "TIFF"), pixel_mode="RGB").getpixel((0, 0)) == (156,) * 3
    assert read(png(deep)).mode == "I;16"


def test_pixels_of_thirty_two_bits_are_refused():
    fault = read(png(Image.new("F", (1, 1), 0.5), "TIFF"), pixel_mode="L")

    assert (fault.code, fault.message) == (
        "bad_image",
        '"photo" must be an image, but its pixels are of the mode F; send 8 or 16 bits',
    )


def test_inks_become_light():
    image = read(png(Image.new("CMYK", (8, 8), (0, 0, 0, 255)), "JPEG"), pixel_mode="RGB")

    assert max(image.getpixel((4, 4))) < 8


def test_black_and_white_become_grey():
    assert read(png(Image.new("1", (1, 1), 1)), pixel_mode="L").getpixel((0, 0)) == 255


def test_the_first_frame_of_several_is_read():
    frames = [Image.new("L", (2, 2), level) for level in (10, 200)]
    animated = png(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert read(animated, pixel_mode="L").getpixel((0, 0)) == 10


def test_an_image_of_another_size_is_resized():
    image = read(png(RGB), shape=(3, 5, 1))

    assert (image.mode, image.size) == ("L", (5, 3))


def test_python_callers_pass_files_images_and_arrays():
    reader = ImageReader(
        Column(name="photo", type="image", dtype="uint8", shape=(2, 4, 3), pixel_mode="RGB")
    )
    values = [png(RGB), RGB, np.asarray(RGB), Image.new("L", (4, 2)), np.zeros((2, 4, 1), np.uint8)]

    images = [reader.read(value) for value in values]

    assert [(image.mode, image.size) for image in images] == [("RGB", (4, 2))] * 5
    assert images[0].tobytes() == images[1].tobytes() == images[2].tobytes() == RGB.tobytes()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (np.zeros((2, 2), np.float32), "bad_image"),
        (np.zeros((2, 2, 2), np.uint8), "bad_image"),
        (np.zeros((0, 2), np.uint8), "bad_image"),
        (np.zeros(4, np.uint8), "bad_image"),
        ([[1, 2]], "wrong_type"),
        (7, "wrong_type"),
    ],
)
def test_other_python_values_are_refused(value, code):
    assert ImageReader(Column(name="x", type="image", dtype="object")).read(value).code == code


def test_the_images_of_one_request_have_a_limit_together():
    column = Column(name="photo", type="image", dtype="object", max_pixels=100)
    signature = Signature(form="frame", columns=(column,), output=Output(kind="custom"))
    decoder = Decoder(signature, limits_images=True)
    text = base64.b64encode(png(Image.new("L", (10, 10)))).decode()
    body = msgspec.json.encode([{"photo": text}] * 5)

    read = decoder.decode_body(body)

    assert read.indices == [0, 1, 2, 3]
    assert read.faults == {
        4: Fault(
            "too_large",
            '"photo" comes after images that have 400 pixels together, the most in one request; '
            "send it in another one",
            "photo",
        )
    }
    assert decoder.decode_body(body).indices == [0, 1, 2, 3]
    assert decoder.decode_rows([{"photo": text}] * 5).faults == {}
    assert Decoder(signature).decode_body(body).faults == {}


def test_images_that_are_enlarged_count_as_what_they_become():
    column = Column(name="photo", type="image", dtype="object", max_pixels=100, shape=(20, 20))
    reader = ImageReader(column, is_for_request=True)
    file = base64.b64encode(png(Image.new("L", (1, 1)))).decode()

    assert reader.read(file).size == (20, 20)
    assert reader.read(file).code == "too_large"
