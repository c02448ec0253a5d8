"""Shapes: which kind of event a function was invoked with. Pure."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, Literal

from golive.errors import UsageError
from golive.signature.model import JsonValue

__all__ = ["HttpShape", "Shape", "shape_of"]

HttpShape = Literal["rest", "http", "url", "alb", "plain"]
"""Requests: of a REST API (or an HTTP API in format 1.0), of an HTTP API, of a function URL, of an
Application Load Balancer, and those that somebody wrote by hand with a `body`."""

Shape = HttpShape | Literal["queue", "ping", "refresh", "sample", "records"]
"""Beside requests: messages of SQS, what keeps a function warm, what has it look for another
version, the test event of the console, and records."""

_SAMPLE = {"key1": "value1", "key2": "value2", "key3": "value3"}
_PLAIN_KEYS = frozenset(
    {
        "body", "isBase64Encoded", "headers", "multiValueHeaders", "httpMethod", "path", "rawPath",
        "queryStringParameters", "multiValueQueryStringParameters", "rawQueryString",
        "pathParameters", "stageVariables", "requestContext", "resource", "version", "routeKey",
        "cookies",
    }
)  # fmt: skip
_SCHEDULES = frozenset({"aws.events", "aws.scheduler"})
_WARMERS = frozenset({"serverless-plugin-warmup", "golive-warm"})


def shape_of(event: JsonValue, *, columns: AbstractSet[str] = frozenset()) -> Shape:
    """The shape of an event.

    Args:
        event: What the function was invoked with.
        columns: Names of the model's columns: what has only these is a record, whatever they are.

    Raises:
        UsageError: It is an event of another service, whose answer nobody would get.
    """
    if not isinstance(event, dict) or (event and event.keys() <= columns):
        return "records"
    front = _front(event)
    if front is not None:
        return front
    told = _told(event)
    if told is not None:
        return told
    is_plain = "body" in event or "httpMethod" in event or "rawPath" in event
    return "plain" if is_plain and event.keys() <= _PLAIN_KEYS else "records"


def _front(event: dict[str, Any]) -> HttpShape | None:
    """Whose request it is, or None; the version decides before anything else."""
    version, context = event.get("version"), event.get("requestContext")
    about = context if isinstance(context, dict) else {}
    if version == "2.0" and (about or "rawPath" in event):
        return "url" if ".lambda-url." in str(about.get("domainName", "")) else "http"
    if "elb" in about:
        return "alb"
    return "rest" if about and "httpMethod" in event else None


def _told(event: dict[str, Any]) -> Shape | None:
    """What the event asks for beside answers, or None."""
    match event:
        case {"golive": "ping"}:
            return "ping"
        case {"golive": "refresh"}:
            return "refresh"
        case {"source": str(source)} if source in _WARMERS:
            return "ping"
        case {"source": str(source), "detail-type": str(kind), "detail": _}:
            if source in _SCHEDULES and kind == "Scheduled Event":
                return "ping"
            raise _foreign(f"an event of EventBridge ({kind} of {source})")
        case {"Records": [dict() as first, *_] as listed} if all(
            isinstance(each, dict) for each in listed
        ):
            return _of_records(first)
    return "sample" if event == _SAMPLE else None


def _of_records(first: dict[str, Any]) -> Shape | None:
    source = first.get("eventSource", first.get("EventSource"))
    if source == "aws:sqs":
        return "queue"
    if isinstance(source, str) and source.startswith("aws:"):
        raise _foreign(f"an event of {source.removeprefix('aws:')}")
    return None


def _foreign(what: str) -> UsageError:
    return UsageError(
        f"This is {what}, and nobody would get the answer.",
        hint="Send requests, messages of SQS, or records by a direct invocation.",
    )
