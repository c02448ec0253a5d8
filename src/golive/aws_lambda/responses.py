"""Responses: what a front takes back from a function. Pure."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import Any

import msgspec

from golive.aws_lambda.requests import Received
from golive.aws_lambda.shapes import HttpShape
from golive.service.exchange import Response
from golive.signature.model import JsonValue

__all__ = ["event_answer", "plain_answer", "sent_bytes"]

_OF_THE_FRONT = frozenset({"content-length", "connection", "transfer-encoding"})


def event_answer(response: Response, shape: HttpShape, received: Received) -> dict[str, JsonValue]:
    """What the front of this shape takes back.

    Bytes that are no text, compressed ones among them, are base64, and so marked.

    Args:
        response: The response.
        shape: Of the event.
        received: What was read of it.
    """
    status = response.status
    headers = {n: v for n, v in response.headers.items() if n not in _OF_THE_FRONT}
    text, is_base64 = _text(response.body, is_encoded="content-encoding" in headers)
    answer: dict[str, JsonValue] = {"statusCode": status}
    if shape == "alb":
        answer["statusDescription"] = f"{status} {_phrase(status)}"
    if shape == "alb" and received.has_lists:
        answer["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    else:
        answer["headers"] = headers
    return answer | {"body": text, "isBase64Encoded": is_base64}


def plain_answer(response: Response) -> JsonValue:
    """What a direct invocation gets: the body's JSON, a problem's too."""
    answer: Any = msgspec.json.decode(response.body)
    return answer


def sent_bytes(answer: JsonValue) -> int:
    """The bytes of an answer as Lambda's runtime sends it, or a few more."""
    return len(json.dumps(answer))


def _text(body: bytes, *, is_encoded: bool) -> tuple[str, bool]:
    if not is_encoded:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
