"""Function models: schemas instead of columns."""

from dataclasses import dataclass

import pytest

from golive.errors import SignatureError
from golive.packing.inference import infer_signature


@dataclass
class Request:
    items: list[str]


def count(request: Request) -> int:
    return len(request.items)


def test_a_function_has_the_schemas_of_its_types():
    inference = infer_signature(
        count, "function", [{"items": []}], request_type=Request, answer_type=int
    )

    signature = inference.signature
    assert (signature.form, signature.columns, signature.output.kind) == ("object", (), "custom")
    assert signature.json_schema is not None
    assert signature.json_schema["type"] == "object"
    assert signature.output.json_schema is not None
    assert inference.frame == [{"items": []}]


def test_a_function_needs_requests():
    with pytest.raises(SignatureError, match="list of requests"):
        infer_signature(count, "function", [], request_type=Request)
