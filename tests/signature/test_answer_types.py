from __future__ import annotations

from dataclasses import dataclass

import pytest

from golive import RecordError
from golive.signature.answer_types import ERROR_SCHEMA, answer_type_schema


@dataclass
class Match:
    score: float


MATCH = {
    "title": "Match",
    "type": "object",
    "properties": {"score": {"type": "number"}},
    "required": ["score"],
}


@pytest.mark.parametrize(
    ("described", "schema"),
    [
        (Match, MATCH),
        (Match | RecordError, {"anyOf": [MATCH, ERROR_SCHEMA]}),
        (list[Match], {"type": "array", "items": MATCH}),
        (
            list[Match | RecordError],
            {"type": "array", "items": {"anyOf": [MATCH, ERROR_SCHEMA]}},
        ),
        (
            dict[str, Match | RecordError],
            {"type": "object", "additionalProperties": {"anyOf": [MATCH, ERROR_SCHEMA]}},
        ),
        (
            list[list[RecordError | float]],
            {
                "type": "array",
                "items": {"type": "array", "items": {"anyOf": [{"type": "number"}, ERROR_SCHEMA]}},
            },
        ),
        (None, {"type": "null"}),
        (RecordError, ERROR_SCHEMA),
    ],
)
def test_errors_in_place_of_items_are_in_the_schema(described, schema):
    assert answer_type_schema(type(None) if described is None else described) == schema
