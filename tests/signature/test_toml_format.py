"""Signatures as TOML."""

import pytest
from hypothesis import given, settings
from msgspec.structs import replace
from tests.signature.strategies import signatures

from golive.errors import SignatureError
from golive.signature.model import Column, Output, Signature
from golive.signature.toml_format import dumps
from golive.signature.toml_reading import loads

SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="age", type="integer", dtype="int64", minimum=17, maximum=90, example=42),
        Column(
            name="sex",
            type="category",
            dtype="object",
            categories=("Female", "Male"),
            on_unseen="error",
        ),
    ),
    output=Output(kind="binary", classes=("no", "yes"), positive="yes"),
)
BODY = """\
[input]
form = "frame"
on_extra = "ignore"

[[column]]
name = "age"
type = "integer"
dtype = "int64"
nullable = false
minimum = 17
maximum = 90
example = 42
on_null = "error"

[[column]]
name = "sex"
type = "category"
dtype = "object"
nullable = false
categories = ["Female", "Male"]
on_null = "error"
on_unseen = "error"

[output]
kind = "binary"
classes = ["no", "yes"]
positive = "yes"
"""


@given(signatures())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(signature) -> None:
    assert repr(loads(dumps(signature))) == repr(signature)


def test_a_signature_is_written_with_what_a_person_needs() -> None:
    header, _, body = dumps(SIGNATURE).partition("\n\n")

    assert body == BODY
    assert "You may edit" in header
    assert "repack" in header


def test_categories_of_several_types_are_kept_apart() -> None:
    column = replace(SIGNATURE.columns[1], categories=("1", 1, 2.5, True), on_unseen="pass")
    signature = replace(SIGNATURE, columns=(column,))

    assert repr(loads(dumps(signature))) == repr(signature)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'on_unseen = "error"',
            'on_unseen = "eror"',
            (
                "line 22, column 1: `on_unseen` of [column]: 'eror' is not allowed; "
                "allowed: pass, error, null."
            ),
        ),
        (
            'dtype = "int64"',
            "dtype = 64",
            "line 8, column 1: `dtype` of [column]: must be a text, not 64.",
        ),
        (
            "minimum = 17",
            'minimum = 17\non_unseen = "error"',
            (
                'line 11, column 1: on_unseen = "error" is not legal for the integer column "age"; '
                "legal: pass."
            ),
        ),
        (
            'name = "sex"',
            'name = "age"',
            'line 16, column 1: `name` of [column]: the column "age" stands there twice.',
        ),
        (
            'kind = "binary"',
            'kind = "binary"\nthreshold = 2',
            "line 26, column 1: `threshold` of [output]: must be a number from 0 to 1, not 2.",
        ),
        (
            "[output]",
            "[outputs]",
            (
                "line 24, column 1: [outputs]: unknown table [outputs]; "
                "known: input, column, lookup, features, output."
            ),
        ),
        ('type = "integer"\n', "", "line 5, column 1: [column]: `type` is missing."),
        (
            "nullable = false\nmin",
            "  nulable = false\nmin",
            (
                "line 9, column 3: `nulable` of [column]: unknown key; known: name, type, dtype, "
                "description, nullable, minimum, maximum, categories, length, shape, max_bytes, "
                "max_pixels, pixel_mode, pixel_scale, pixel_layout, example, on_missing, "
                "on_null, on_unseen, on_non_finite, on_range, default, null_as."
            ),
        ),
        (
            "example = 42",
            "example = nan",
            "line 12, column 1: `example` of [column]: must be finite.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, message) -> None:
    text = BODY.replace(old, new, 1)

    with pytest.raises(SignatureError) as caught:
        loads(text)

    assert caught.value.message == message


def test_a_default_policy_needs_a_default() -> None:
    text = BODY.replace('on_null = "error"', 'on_null = "default"', 1)

    with pytest.raises(SignatureError, match='"age" uses a default and has none'):
        loads(text)


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(SignatureError, match="line 2"):
        loads("[input]\nform = frame\n")


@pytest.mark.parametrize("value", ["[" * 100_000, "9" * 5_000])
def test_what_toml_cannot_be_read_of_is_refused(value) -> None:
    with pytest.raises(SignatureError, match="The signature is not TOML"):
        loads(f"x = {value}")


def test_dates_may_be_written_as_toml_dates() -> None:
    text = BODY.replace('type = "integer"', 'type = "datetime"').replace("= 17", "= 2024-05-31")
    text = text.replace("maximum = 90\nexample = 42\n", "")

    assert loads(text).columns[0].minimum == "2024-05-31"


def test_a_value_that_toml_cannot_hold_is_refused() -> None:
    column = replace(SIGNATURE.columns[0], example=float("nan"))

    with pytest.raises(SignatureError, match="`example` cannot be written"):
        dumps(replace(SIGNATURE, columns=(column,)))
