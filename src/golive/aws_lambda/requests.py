"""Requests: what a front hands to a function, as a request of the service. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from golive.aws_lambda.json_events import json_text
from golive.aws_lambda.paths import service_path
from golive.aws_lambda.shapes import HttpShape
from golive.service.exchange import Request
from golive.service.problems import Problem
from golive.service.query_text import MOST_PAIRS, parse_query
from golive.signature.model import JsonValue

__all__ = ["Received", "body_of_text", "body_of_value", "read_request", "records_request"]

_JSON = "application/json"
_JSON_BEGINS = (b"{", b"[", b'"')
_UNREADABLE_QUERY = Problem(code="bad_query", detail="The query is not UTF-8, or too long.")


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A request, as far as it could be read.

    Attributes:
        request: The request.
        problem: Why not all of it could be read, or None.
        front_request_id: The front's own id of it, or None.
        has_lists: Whether headers come, and are to go back, as lists of values.
    """

    request: Request
    problem: Problem | None = None
    front_request_id: str | None = None
    has_lists: bool = False


def read_request(
    event: dict[str, Any], shape: HttpShape, *, base_path: str = "", takes_text: bool = False
) -> Received:
    """The request of an event.

    Args:
        event: The event.
        shape: Its shape.
        base_path: What stands before every path, such as `/models`.
        takes_text: Whether a record of the model may be a text: a body that somebody wrote by
            hand may then be one without quotes.
    """
    about = _mapping(event.get("requestContext"))
    headers = _headers(event)
    body, problem = _body(event, is_text=takes_text and shape == "plain")
    is_written = shape == "plain" and "body" in event
    if is_written or not isinstance(event.get("body"), str | None):
        headers.setdefault("content-type", _JSON)
    try:
        query = _query(event, shape)
    except ValueError:
        query, problem = (), _UNREADABLE_QUERY
    request = Request(
        method=_method(event, about).upper(),
        path=_path(event, about, shape, base_path),
        query=query,
        headers=headers,
        body=body,
        client=_client(about, shape, headers),
    )
    return Received(
        request=request,
        problem=problem,
        front_request_id=_text_or_none(about.get("requestId")),
        has_lists=isinstance(event.get("multiValueHeaders"), dict),
    )


def records_request(body: bytes, problem: Problem | None = None) -> Received:
    """The request for answers to records that came without a path and headers.

    Args:
        body: The records, as JSON.
        problem: Why they could not be read, or None.
    """
    request = Request(method="POST", path="/predict", headers={"content-type": _JSON}, body=body)
    return Received(request=request, problem=problem)


def body_of_value(value: JsonValue, *, called: str) -> tuple[bytes, Problem | None]:
    """The JSON body that Lambda has already decoded, or why there is none.

    Args:
        value: What it decoded.
        called: What that is called in the problem.
    """
    try:
        return json_text(value), None
    except RecursionError:
        return b"", Problem(code="too_deep", detail=f"The {called} nests too deeply.")


def body_of_text(text: str, *, is_text: bool) -> bytes:
    """The JSON body that a text is, or stands for where a record may be a text without quotes."""
    body = text.encode("utf-8", "surrogatepass")
    if is_text and body.lstrip()[:1] not in _JSON_BEGINS:
        return json_text(text)
    return body


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    """The values of a list, as texts; of anything else, itself."""
    listed = value if isinstance(value, list) else [value]
    return [str(each) for each in listed if each is not None]


def _method(event: dict[str, Any], about: dict[str, Any]) -> str:
    of_version_2 = _mapping(about.get("http")).get("method")
    named = of_version_2 or event.get("httpMethod")
    return str(named or ("POST" if "body" in event else "GET"))


def _path(event: dict[str, Any], about: dict[str, Any], shape: HttpShape, base_path: str) -> str:
    raw = event.get("rawPath") if shape in ("http", "url") else event.get("path")
    path = raw or event.get("path") or event.get("rawPath")
    if path is None:
        return "/predict" if shape == "plain" else "/"
    if shape in ("alb", "plain"):
        return service_path(str(path), base_path=base_path)
    route = event.get("resource") if shape == "rest" else _route(event.get("routeKey"))
    return service_path(
        str(path),
        route=_text_or_none(route),
        parameters=_mapping(event.get("pathParameters")),
        stage=_text_or_none(about.get("stage")),
        domain=_text_or_none(about.get("domainName")),
        base_path=base_path,
    )


def _route(key: Any) -> str | None:
    """The pattern of a route's key, such as `POST /{proxy+}`."""
    return key.partition(" ")[2] or None if isinstance(key, str) else None


def _headers(event: dict[str, Any]) -> dict[str, str]:
    """Lower-case names to values; repeated ones joined."""
    listed: dict[str, list[str]] = {}
    for name, value in _mapping(event.get("headers")).items():
        if value is not None:
            listed.setdefault(name.lower(), []).append(str(value))
    many: dict[str, list[str]] = {}
    for name, values in _mapping(event.get("multiValueHeaders")).items():
        many.setdefault(name.lower(), []).extend(_texts(values))
    listed |= {name: values for name, values in many.items() if values}
    cookies = event.get("cookies")
    if isinstance(cookies, list) and cookies:
        listed["cookie"] = ["; ".join(map(str, cookies))]
    return {name: ", ".join(values) for name, values in listed.items()}


def _query(event: dict[str, Any], shape: HttpShape) -> tuple[tuple[str, str], ...]:
    """The decoded pairs of the query.

    Raises:
        ValueError: It is not UTF-8, or too long.
    """
    raw = event.get("rawQueryString")
    if isinstance(raw, str):
        return parse_query(raw.encode())
    pairs = tuple(_pairs(event))
    if len(pairs) > MOST_PAIRS:
        raise ValueError("There are too many pairs.")
    if shape != "alb":
        return pairs
    return tuple((_decoded(name), _decoded(value)) for name, value in pairs)


def _pairs(event: dict[str, Any]) -> Iterable[tuple[str, str]]:
    many = _mapping(event.get("multiValueQueryStringParameters"))
    for name, values in many.items():
        yield from ((name, value) for value in _texts(values))
    for name, value in _mapping(event.get("queryStringParameters")).items():
        if name not in many and value is not None:
            yield name, str(value)


def _decoded(text: str) -> str:
    """A load balancer leaves the query as it was sent."""
    return unquote_plus(text, errors="strict")


def _client(about: dict[str, Any], shape: HttpShape, headers: dict[str, str]) -> str | None:
    """The address that the front saw at its other end, or None."""
    if shape == "alb":  # it appends the address to what was sent
        return headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or None
    found = _mapping(about.get("http")).get("sourceIp")
    found = found or _mapping(about.get("identity")).get("sourceIp")
    return _text_or_none(found)


def _body(event: dict[str, Any], *, is_text: bool) -> tuple[bytes, Problem | None]:
    body = event.get("body")
    if body is None:
        return b"", None
    if not isinstance(body, str):
        return body_of_value(body, called="body")
    if event.get("isBase64Encoded") is not True:
        return body_of_text(body, is_text=is_text), None
    try:
        return base64.b64decode(body, validate=True), None
    except (binascii.Error, ValueError):
        detail = "The event says that its body is base64 (isBase64Encoded), and it is not."
        return b"", Problem(code="malformed_encoding", detail=detail)
