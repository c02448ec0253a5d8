"""Events, and what the function of a small model answers: in process, and under AWS's own client.

The model is `m`: `yes` where the number `a` is positive, whatever `b` is.
"""

import base64
import gzip
import json
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

from tests.aws_lambda.events import (
    CONSOLE_PROXY,
    CONSOLE_SAMPLE,
    HEADERS,
    QUEUE,
    alb,
    http,
    packed,
    queue,
    rest,
    schedule,
    url,
)

YES, NO = {"a": 3.0, "b": 0.5}, {"a": -3.0, "b": 0.5}
BAD = {"a": "three", "b": 0.5}
MIXED = [YES, BAD, NO]
MIXED_LABELS = ["yes", "wrong_type", "no"]
MANY = [YES] * 200


@dataclass(frozen=True)
class Case:
    """An event and its answer.

    Attributes:
        name: What is special about it.
        event: The event.
        status: Of an answer to a front, or in a problem; None where the answer has none.
        labels: Of each prediction, the code of its error in its place; None: there are none.
        code: Of the problem.
        holds: Members of what the function returns.
        is_valid_json: Whether AWS's front doors would let such an event through.
    """

    name: str
    event: Any
    status: int | None = 200
    labels: list[str] | None = None
    code: str | None = None
    holds: dict[str, Any] = field(default_factory=dict)
    is_valid_json: bool = True


def body_of(answer):
    """What the caller reads: the body of a front's answer, or the answer itself."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return answer
    body = answer["body"]
    headers = answer.get("headers") or {n: v[0] for n, v in answer["multiValueHeaders"].items()}
    data = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
    if headers.get("content-encoding") == "gzip":
        data = gzip.decompress(data)
    return json.loads(data) if data else None


def told(answer):
    """Status, labels and code of an answer."""
    body = body_of(answer)
    is_front = isinstance(answer, dict) and "statusCode" in answer
    members = body if isinstance(body, dict) else {}
    status = answer["statusCode"] if is_front else members.get("status", 200)
    entries = members.get("predictions")
    labels = None
    if entries is not None and all(isinstance(entry, dict) for entry in entries):
        labels = [e["label"] if "label" in e else e["error"]["code"] for e in entries]
    return status if isinstance(status, int) else 200, labels, members.get("code")


def without(headers, *names):
    return {n: v for n, v in headers.items() if n not in names}


TEXT = without(HEADERS, "Content-Type") | {"Content-Type": "text/plain"}
GZIP = HEADERS | {"Content-Encoding": "gzip"}
TAKES_GZIP = HEADERS | {"Accept-Encoding": "gzip"}
TENSORS = {
    "inputs": [
        {"name": "a", "shape": [2], "datatype": "FP64", "data": [3.0, -3.0]},
        {"name": "b", "shape": [2], "datatype": "FP64", "data": [0.5, 0.5]},
    ]
}

REST = [
    Case("rest: a list", rest([YES, NO]), labels=["yes", "no"]),
    Case("rest: a record", rest(YES), labels=["yes"]),
    Case("rest: an envelope", rest({"records": [YES], "ids": ["x"]}), labels=["yes"]),
    Case("rest: a threshold", rest({"records": [YES], "threshold": 1.0}), labels=["no"]),
    Case("rest: base64", rest(**packed([NO])), labels=["no"]),
    Case("rest: gzip", rest(headers=GZIP, **packed(gzip.compress(json.dumps([YES]).encode()))),
         labels=["yes"]),
    Case("rest: no base64", rest(body="%%%", isBase64Encoded=True), 400, code="malformed_encoding"),
    Case("rest: body null", rest(None), 400, code="malformed_json"),
    Case("rest: body missing", without(rest(), "body"), 400, code="malformed_json"),
    Case("rest: body empty", rest(""), 400, code="malformed_json"),
    Case("rest: body an object", rest() | {"body": YES}, labels=["yes"]),
    Case("rest: body a list", rest() | {"body": MIXED}, labels=MIXED_LABELS),
    Case("rest: broken JSON", rest('{"a": 3.0,'), 400, code="malformed_json"),
    Case("rest: NaN in the text", rest('{"a": NaN, "b": 1}'), 400, code="malformed_json"),
    Case("rest: some are faulty", rest(MIXED), labels=MIXED_LABELS),
    Case("rest: all are faulty", rest([BAD, {}]), 422, labels=["wrong_type", "missing_column"],
         code="invalid_records"),
    Case("rest: no records", rest([]), labels=[]),
    Case("rest: a query", rest(method="GET", query="a=3&b=0.5"), labels=["yes"]),
    Case("rest: health", rest(method="GET", path="/healthz"), holds={"statusCode": 200}),
    Case("rest: ready", rest(method="GET", path="/readyz")),
    Case("rest: head", rest(method="HEAD", path="/readyz"), holds={"body": ""}),
    Case("rest: no such path", rest(YES, path="/nowhere"), 404, code="not_found"),
    Case("rest: no such method", rest(method="DELETE"), 405, code="method_not_allowed"),
    Case("rest: wrong type", rest(YES, headers=TEXT), 415, code="unsupported_media_type"),
    Case("rest: not acceptable", rest(YES, headers=HEADERS | {"Accept": "image/png"}), 406,
         code="not_acceptable"),
    Case("rest: headers null", rest(YES, headers={}) | {"headers": None, "multiValueHeaders": None},
         415, code="unsupported_media_type"),
    Case("rest: single headers", rest(YES) | {"multiValueHeaders": None}, labels=["yes"]),
    Case("rest: exact resource", rest(YES, resource="/predict"), labels=["yes"]),
    Case("rest: base path mapping", rest(YES, path="/games/predict", domain="api.example.com")
         | {"pathParameters": {"proxy": "predict"}}, labels=["yes"]),
    Case("rest: stage in the path", without(rest(YES, path="/prod/predict"), "resource"),
         labels=["yes"]),
    Case("rest: bytes are not sent as such", rest(MANY, headers=TAKES_GZIP), labels=["yes"] * 200,
         holds={"isBase64Encoded": False}),
    Case("rest: the console's template", CONSOLE_PROXY, 404, code="not_found"),
    Case("rest: another version", rest(YES, headers=HEADERS | {"golive-version": "99"}), 409,
         code="version_not_served"),
    Case("rest: MLflow", rest({"dataframe_records": [YES]}, path="/invocations"),
         holds={"statusCode": 200}),
    Case("rest: TensorFlow Serving", rest({"instances": [YES]}, path="/v1/models/m:predict")),
    Case("rest: Open Inference", rest(TENSORS, path="/v2/models/m/infer")),
]  # fmt: skip

HTTP = [
    Case("http: a list", http(MIXED), labels=MIXED_LABELS),
    Case("http: base64", http(**packed([NO])), labels=["no"]),
    Case("http: no body", http(), 400, code="malformed_json"),
    Case("http: a named stage", http(YES, path="/dev/predict", stage="dev"), labels=["yes"]),
    Case("http: a stage named as a path", http({"instances": [YES]},
         path="/v1/v1/models/m:predict", stage="v1")),
    Case("http: a route", http(YES, path="/games/predict", domain="api.example.com",
         route="POST /{proxy+}", parameters={"proxy": "predict"}), labels=["yes"]),
    Case("http: a query", http(method="GET", query="a=-3&b=0.5"), labels=["no"]),
    Case("http: a query that is no UTF-8", http(method="GET", query="a=%ff"), 400,
         code="bad_query"),
    Case("http: cookies", http(YES, cookies=["a=1", "b=2"]), labels=["yes"]),
    Case("http: the version decides", http(YES) | {"httpMethod": "GET", "path": "/nowhere"},
         labels=["yes"]),
    Case("http: payload 1.0", rest(YES, path="/dev/predict", stage="dev", resource="$default")
         | {"version": "1.0"}, labels=["yes"]),
    Case("http: compressed", http(MANY, headers=TAKES_GZIP), labels=["yes"] * 200,
         holds={"isBase64Encoded": True}),
    Case("http: no such path", http(YES, path="/nowhere"), 404, code="not_found"),
    Case("http: an icon", http(method="GET", path="/favicon.ico"), 404, code="not_found"),
]  # fmt: skip

OTHERS = [
    Case("url: a list", url([NO]), labels=["no"]),
    Case("url: a record in base64", url(**packed(YES)), labels=["yes"]),
    Case("url: a form", url("a=3", headers={"Content-Type": "application/x-www-form-urlencoded"}),
         415, code="unsupported_media_type"),
    Case("url: the index", url(method="GET", path="/")),
    Case("url: OpenAPI", url(method="GET", path="/openapi.json")),
    Case("alb: a list", alb([YES, NO]), labels=["yes", "no"],
         holds={"statusDescription": "200 OK"}),
    Case("alb: lists of headers", alb([YES], lists=True), labels=["yes"]),
    Case("alb: an encoded query", alb(method="GET", query={"%61": "%33", "b": "0%2E5"}),
         labels=["yes"]),
    Case("alb: an encoded query in lists", alb(method="GET", lists=True,
         query={"a": "-3", "b": "0.5"}), labels=["no"]),
    Case("alb: a health check", alb(method="GET", path="/healthz",
         headers={"User-Agent": "ELB-HealthChecker/2.0"})),
    Case("alb: base64", alb(**packed([YES])), labels=["yes"]),
    Case("alb: no such path", alb(YES, path="/nowhere"), 404, code="not_found",
         holds={"statusDescription": "404 Not Found"}),
    Case("plain: body an object", {"body": YES}, labels=["yes"]),
    Case("plain: body a list", {"body": MIXED}, labels=MIXED_LABELS),
    Case("plain: body a text", {"body": json.dumps(YES)}, labels=["yes"]),
    Case("plain: body bare text", {"body": "three"}, 400, code="malformed_json"),
    Case("plain: body null", {"body": None}, 400, code="malformed_json"),
    Case("plain: a path", {"httpMethod": "GET", "path": "/readyz"}),
    Case("plain: base64", packed(NO), labels=["no"]),
]  # fmt: skip

DIRECT = [
    Case("direct: a record", YES, labels=["yes"]),
    Case("direct: a list", MIXED, labels=MIXED_LABELS),
    Case("direct: an envelope", {"records": [YES, NO], "threshold": 1.0}, labels=["no", "no"]),
    Case("direct: an empty object", {}, 422, labels=["missing_column"], code="invalid_records"),
    Case("direct: an empty list", [], labels=[]),
    Case("direct: null", None, 422, code="bad_request_shape"),
    Case("direct: a text", "three", 422, code="bad_request_shape"),
    Case("direct: a number", 3, 422, code="bad_request_shape"),
    Case("direct: a list of numbers", [1, 2], 422, labels=["not_an_object"] * 2,
         code="invalid_records"),
    Case("direct: a number too large", {"a": inf, "b": 0.5}, 422, labels=["non_finite"],
         code="invalid_records", is_valid_json=False),
    Case("direct: NaN", {"a": nan, "b": 0.5}, 400, code="malformed_json", is_valid_json=False),
    Case("direct: a lone surrogate", {"a": "\ud800", "b": 0.5}, 400,
         code="malformed_json"),
    Case("direct: the console's sample", CONSOLE_SAMPLE, None, holds={"golive": "sample"}),
    Case("direct: other keys", {"key1": "value1"}, 422, labels=["missing_column"],
         code="invalid_records"),
    Case("ping: by name", {"golive": "ping"}, None, holds={"golive": "ping", "status": "ready"}),
    Case("ping: a schedule", schedule(), None, holds={"golive": "ping", "model": "m"}),
    Case("ping: the scheduler", schedule() | {"source": "aws.scheduler"}, None,
         holds={"golive": "ping"}),
    Case("ping: a warmer", {"source": "serverless-plugin-warmup"}, None, holds={"golive": "ping"}),
    Case("refresh: a fixed version", {"golive": "refresh"}, None,
         holds={"golive": "refresh", "outcome": "fixed"}),
    Case("queue: messages", queue(YES, MIXED), None, holds={"batchItemFailures": []}),
    Case("queue: faulty records", queue(BAD, YES), None, holds={"batchItemFailures": []}),
    Case("queue: no JSON", queue("three"), None, holds={"batchItemFailures": []}),
    Case("queue: no body", queue(None), None, holds={"batchItemFailures": []}),
    Case("queue: in order", queue(YES, NO, arn=f"{QUEUE}.fifo"), None,
         holds={"batchItemFailures": []}),
]  # fmt: skip

CASES = [*REST, *HTTP, *OTHERS, *DIRECT]
