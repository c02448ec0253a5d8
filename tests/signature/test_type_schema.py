"""JSON Schemas of function models' types."""

from dataclasses import dataclass
from typing import TypedDict

import msgspec
import pydantic
import pytest

from golive.errors import RecordError, SignatureError
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


def test_a_record_error_in_an_answer_is_the_object_that_stands_for_it() -> None:
    failed = {
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "field": {"type": "string"},
                },
                "required": ["code", "message"],
            }
        },
        "required": ["error"],
    }

    assert type_schema(list[int | RecordError]) == {
        "type": "array",
        "items": {"anyOf": [{"type": "integer"}, failed]},
    }
