"""Headers of a request: media types, hosts, and what of the caller's ids may be echoed."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address

__all__ = [
    "accepts_json",
    "echoed_headers",
    "is_csv_body",
    "is_host_allowed",
    "is_json_body",
    "prefers_html",
    "weighted_values",
]

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{0,5})?", re.IGNORECASE | re.ASCII)
_REQUEST_ID = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_JSON_RANGES = ("application/json", "application/*", "*/*")
_HTML_RANGES = ("text/html", "text/*")


def is_json_body(content_type: str | None) -> bool:
    """Whether a body of this type is JSON in UTF-8: `application/json` or a `+json` type."""
    media_type, parameters = _parse_media(content_type or "")
    kind, _, subtype = media_type.partition("/")
    is_json = media_type == "application/json" or (bool(kind) and subtype.endswith("+json"))
    return is_json and _is_utf_8(parameters)


def is_csv_body(content_type: str | None) -> bool:
    """Whether a body of this type is CSV in UTF-8 with a header."""
    media_type, parameters = _parse_media(content_type or "")
    has_header = parameters.get("header", "present") == "present"
    return media_type == "text/csv" and has_header and _is_utf_8(parameters)


def accepts_json(accept: str | None) -> bool:
    """Whether an `Accept` header allows `application/json`; its most specific range decides."""
    return accept is None or not accept.strip() or _accepted(accept, _JSON_RANGES) > 0


def prefers_html(accept: str | None) -> bool:
    """Whether an `Accept` header names HTML and puts it above JSON, as browsers' do."""
    if accept is None:
        return False
    return _accepted(accept, _HTML_RANGES) > _accepted(accept, _JSON_RANGES)


def weighted_values(header: str) -> dict[str, float]:
    """The values of an `Accept…` header in lower case, each with its greatest weight."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        value, parameters = _parse_media(part)
        weights[value] = max(_quality(parameters), weights.get(value, 0.0))
    return weights


def is_host_allowed(host: str | None, allowed: Collection[str]) -> bool:
    """Whether a `Host` header is loopback or among `allowed`.

    A page of the web can make a browser send requests to this machine under a name of its own
    (DNS rebinding); its Host gives it away. A request without Host is no browser's.

    Args:
        host: The header, or None.
        allowed: Names without port, in lower case; `*.example.com` is every name below
            `example.com`, `*` is every name.
    """
    if host is None or "*" in allowed:
        return True
    match = _HOST.fullmatch(host)
    if match is None:
        return False
    name = match[1].lower().removeprefix("[").removesuffix("]").removesuffix(".")
    return _is_loopback(name) or any(_matches(name, pattern.lower()) for pattern in allowed)


def echoed_headers(headers: dict[str, str]) -> dict[str, str]:
    """The caller's `x-request-id` and `traceparent`, where they are well-formed.

    Anything but printable ASCII (1 to 200 characters) is not echoed and not logged.
    """
    echoed = {}
    if _REQUEST_ID.fullmatch(request_id := headers.get("x-request-id", "")):
        echoed["x-request-id"] = request_id
    if _TRACEPARENT.fullmatch(traceparent := headers.get("traceparent", "")):
        echoed["traceparent"] = traceparent
    return echoed


def _accepted(accept: str, ranges: tuple[str, ...]) -> float:
    """The weight that an `Accept` header gives to the first of `ranges` that is in it, or 0."""
    weights = weighted_values(accept)
    return next((weights[name] for name in ranges if name in weights), 0.0)


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return name == pattern


def _parse_media(text: str) -> tuple[str, dict[str, str]]:
    media_type, *rest = text.split(";")
    parameters = {}
    for part in rest:
        name, _, value = part.partition("=")
        parameters[name.strip().lower()] = value.strip().strip('"').lower()
    return media_type.strip().lower(), parameters


def _is_utf_8(parameters: dict[str, str]) -> bool:
    return parameters.get("charset", "utf-8") in {"utf-8", "utf8"}


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
