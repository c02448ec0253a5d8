"""JSON Schemas of function models' types."""

from dataclasses import dataclass
from typing import TypedDict

import msgspec
import pydantic
import pytest

from golive.errors import SignatureError
from golive.signature.type_schema import type_schema


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
