"""JSON Schemas of function models' types."""

import re
from dataclasses import dataclass
from typing import Annotated, TypedDict

import msgspec
import pydantic
import pytest
from PIL import Image

from golive.errors import SignatureError
from golive.signature.type_schema import type_schema

PADDED = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$(?!\n)"


@dataclass
class Budget:
    budget_id: str | None = None


class Pair(TypedDict):
    budgets: list[Budget]


class Tree(msgspec.Struct):
    children: list["Tree"]


class Strict(pydantic.BaseModel):
    size: int


def test_definitions_stand_where_they_are_used() -> None:
    assert type_schema(Pair) == {
        "title": "Pair",
        "type": "object",
        "properties": {
            "budgets": {
                "type": "array",
                "items": {
                    "title": "Budget",
                    "type": "object",
                    "properties": {
                        "budget_id": {
                            "anyOf": [{"type": "string"}, {"type": "null"}],
                            "default": None,
                        }
                    },
                    "required": [],
                },
            }
        },
        "required": ["budgets"],
    }


def test_a_type_that_holds_itself_ends() -> None:
    assert type_schema(Tree)["properties"]["children"] == {"type": "array", "items": {}}


def test_a_pydantic_model_describes_itself() -> None:
    assert type_schema(Strict)["properties"] == {"size": {"title": "Size", "type": "integer"}}


def test_a_type_outside_json_is_refused() -> None:
    with pytest.raises(SignatureError, match="complex has no JSON Schema"):
        type_schema(complex)


@dataclass
class Photo:
    image: Image.Image
    data: Annotated[bytes, msgspec.Meta(max_length=3)] = b""


class Parcel(pydantic.BaseModel):
    data: pydantic.Base64Bytes


def test_images_and_bytes_are_base64_texts() -> None:
    properties = type_schema(Photo)["properties"]

    assert properties["image"] == {
        "type": "string",
        "contentEncoding": "base64",
        "contentMediaType": "image/*",
        "maxLength": 13981016,
        "description": "A PNG, JPEG, GIF, BMP, WebP or TIFF image as base64.",
    }
    assert properties["data"] == {
        "type": "string",
        "contentEncoding": "base64",
        "maxLength": 4,
        "default": "",
        "pattern": PADDED,
    }
    assert type_schema(Parcel)["properties"]["data"]["pattern"] == PADDED


@pytest.mark.parametrize("text", ["", "A", "AA", "AAA", "AAAA", "AA==", "AAA=", "AA=", "-_AA", "é"])
def test_the_pattern_of_bytes_says_what_is_read(text) -> None:
    is_described = re.search(PADDED, text) is not None

    def is_read(described) -> bool:
        try:
            msgspec.convert({"data": text}, described)
        except msgspec.ValidationError:
            return False
        return True

    assert is_read(TypedDict("Data", {"data": bytes})) == is_described
    assert not is_described or Parcel(data=text)
