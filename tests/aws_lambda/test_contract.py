"""One contract: every front gets the status, headers and body that the local server gives."""

import base64
import io
import json
from urllib.parse import quote

import httpx
import msgspec
import pytest
from tests.aws_lambda.events import alb, http, rest, url
from tests.http.conformance.conftest import Front

from golive.http.gateway_building import build_gateway
from golive.http.plan import ServePlan
from golive.settings import ServeSettings
from golive.wiring.models import load_models

YES, NO = {"a": 3.0, "b": 0.5}, {"a": -3.0, "b": 0.5}
JSON = {"content-type": "application/json"}
TENSOR = {"name": "a", "shape": [1], "datatype": "FP64", "data": [3.0]}
NOT_COMPARED = {
    "content-length", "golive-request-id", "date", "server", "connection", "keep-alive",
    "transfer-encoding",
}  # fmt: skip


def post(name, body, path="/predict", **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = JSON | {n.replace("_", "-"): v for n, v in headers.items()}
    return pytest.param("POST", path, "", given, data, id=name)


def get(name, path, query="", **headers):
    return pytest.param("GET", path, query, headers, b"", id=name)


REQUESTS = [
    post("a record", YES),
    post("a list", [YES, {"a": "x", "b": 1}, NO, {"b": 1}, 7]),
    post("an envelope", {"records": [YES, NO], "ids": ["x", 7], "threshold": 1.0}),
    post("no record", []),
    post("only faulty ones", [{"a": None, "b": 1}]),
    post("an option that cannot be", {"records": [YES], "threshold": 2}),
    post("more columns", {**YES, "c": 1}),
    post("ids of the caller", YES, x_request_id="mine"),
    post("a trace", YES, traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    post("nothing", b""),
    post("broken", b'{"a": 3.0,'),
    post("NaN", b'{"a": NaN, "b": 1}'),
    post("a number too large", b'{"a": 1e400, "b": 1}'),
    post("a large integer", b'{"a": 123456789012345678901234567890, "b": 1}'),
    post("twice the same key", b'{"a": 3.0, "a": -3.0, "b": 1}'),
    post("a lone surrogate", b'{"a": "\\ud800", "b": 1}'),
    post("no UTF-8", b'{"a": "\xff", "b": 1}'),
    post("too deep", b'[{"a": ' + b"[" * 300 + b"]" * 300 + b', "b": 1}]'),
    post("far too deep", b"[" * 100_000),
    post("several languages", {"records": [YES], "ids": ["жёлтый 🟡"]}),
    post("another version", YES, golive_version="99"),
    post("this version by name", YES, golive_version="99", accept="image/png"),
    post("a wrong type", b"a=3", content_type="application/x-www-form-urlencoded"),
    post("an unknown coding", YES, content_encoding="br"),
    post("no gzip", b"not gzip", content_encoding="gzip"),
    post("not acceptable", YES, accept="image/png"),
    post("a wrong method", YES, path="/readyz"),
    post("a path that is not there", YES, path="/nowhere"),
    post("a path with an umlaut", YES, path="/nöwhere"),
    post("the model's own path", [YES], path="/models/m/predict"),
    post("another model", YES, path="/models/other/predict"),
    post("MLflow", {"dataframe_split": {"columns": ["a", "b"], "data": [[3, 1]]}}, "/invocations"),
    post("TensorFlow Serving", {"instances": [YES, {"a": 1}]}, "/v1/models/m:predict"),
    post("Open Inference", {"inputs": [TENSOR]}, "/v2/models/m/infer"),
    get("a query", "/predict", "a=3&b=0.5&_id=x"),
    get("a query with a plus", "/predict", "a=%2B3&b=5e-1&_id=x+y%20z"),
    get("a query that lacks a column", "/predict", "a=3"),
    get("a query that is no UTF-8", "/predict", "a=%ff&b=1"),
    get("the index", "/"),
    get("the models", "/models"),
    get("a model", "/models/m"),
    get("its schema", "/models/m/schema.json"),
    get("OpenAPI", "/openapi.json"),
    get("health", "/healthz"),
    get("readiness", "/readyz"),
    get("the ping of SageMaker", "/ping"),
    get("metadata", "/v2/models/m"),
    get("a page", "/", accept="text/html"),
]


@pytest.fixture(scope="module")
def server(bundle):
    """The local server, without /metrics, which a function does not have."""
    settings = ServeSettings.load({})
    house = build_gateway(
        settings,
        stream=io.StringIO(),
        change=lambda context: msgspec.structs.replace(context, exposition=None),
    )
    house.open(load_models(ServePlan(bundles=(str(bundle.path),), settings=settings)))
    running = Front(gateway=house.gateway)
    with httpx.Client(base_url=f"http://127.0.0.1:{running.address[1]}", timeout=30) as client:
        yield client
    running.close()
    house.close()


def of_rest(method, path, query, headers, body):
    event = rest(method=method, path=path, query=query, headers=headers, **body)
    if "%ff" in query:  # API Gateway decodes it, and nothing is left that is no UTF-8
        pytest.skip("a REST API hands over decoded text")
    return event


def of_alb(method, path, query, headers, body):
    pairs = dict(part.split("=", 1) for part in query.split("&")) if query else {}
    return alb(method=method, path=path, query=pairs, headers=headers, **body)


def of_http(method, path, query, headers, body):
    return http(method=method, path=path, query=query, headers=headers, **body)


def of_stage(method, path, query, headers, body):
    return http(
        method=method, path=f"/dev{path}", query=query, headers=headers, stage="dev", **body
    )


def of_url(method, path, query, headers, body):
    return url(method=method, path=path, query=query, headers=headers, **body)


FRONTS = {"rest": of_rest, "http": of_http, "stage": of_stage, "url": of_url, "alb": of_alb}


def body_members(body):
    """What an event has of a body: text where it is one."""
    if not body:
        return {"body": None}
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def compared(headers, body):
    """Headers and body as far as they are the same everywhere."""
    kept = {name: value for name, value in headers.items() if name not in NOT_COMPARED}
    if "json" not in headers.get("content-type", ""):
        return kept, body
    told = json.loads(body)
    if isinstance(told, dict):
        told.pop("request_id", None)
    return kept, told


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize(("method", "path", "query", "headers", "body"), REQUESTS)
def test_a_front_gets_what_the_local_server_gives(
    opened, server, front, method, path, query, headers, body
):
    event = FRONTS[front](method, path, query, headers, body_members(body))

    target = quote(path, safe="/:") + (f"?{query}" if query else "")
    request = server.build_request(method, target, headers=headers, content=body)
    for name in ("accept-encoding", "accept", "user-agent"):
        if name not in headers:
            del request.headers[name]
    expected = server.send(request)
    answer = opened(event)

    data = answer["body"].encode()
    if answer["isBase64Encoded"]:
        data = base64.b64decode(data)
    assert answer["statusCode"] == expected.status_code
    assert compared(answer["headers"], data) == compared(expected.headers, expected.content)
