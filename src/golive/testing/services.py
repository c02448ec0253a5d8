"""Services over fake engines, with ids that can be written out in a test."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import msgspec

from golive.service.context import ServiceContext
from golive.service.exchange import Request, Response
from golive.service.served import Example, ServedModel
from golive.service.service import Service
from golive.signature.model import JsonValue
from golive.testing.engines import FakeEngine

__all__ = ["counted_ids", "fake_model", "fake_service", "get", "post", "strict_json"]


def counted_ids() -> Callable[[], str]:
    """Ids that count up from `00000000-0000-7000-8000-000000000001`."""
    numbers = count(1)
    return lambda: f"00000000-0000-7000-8000-{next(numbers):012d}"


def fake_model(name: str = "sum", *, drifted: bool = False) -> ServedModel:
    """A served regression that gives the column `x` back."""
    return ServedModel(
        name=name,
        version="0123456789ab",
        engine=FakeEngine(),
        examples=(Example({"x": 2.0}, {"score": 2.0}), Example({"x": 3.0}, {"score": 3.0})),
        card="# A sum",
        drifted=drifted,
        facts={"id": "0123456789abcdef"},
    )


def fake_service(*models: ServedModel, context: ServiceContext | None = None) -> Service:
    """A service of these models, or of the one `fake_model`."""
    served = {model.name: model for model in models or (fake_model(),)}
    return Service(served, context or ServiceContext(new_id=counted_ids()))


def strict_json(response: Response | bytes) -> JsonValue:
    """The body, if it is strict JSON in UTF-8 (no NaN, no lone surrogates)."""
    return msgspec.json.decode(response if isinstance(response, bytes) else response.body)


def post(body: bytes | JsonValue, *, path: str = "/predict", **headers: str) -> Request:
    """A POST of JSON; header names with `_` for `-`."""
    given = {"content-type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    encoded = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Request(method="POST", path=path, headers=given, body=encoded)


def get(path: str, *query: tuple[str, str], **headers: str) -> Request:
    """A GET; header names with `_` for `-`."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method="GET", path=path, query=query, headers=given)
