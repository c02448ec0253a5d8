"""Events as AWS sends them: of each front, with what every one of them has."""

import base64
import json
from urllib.parse import parse_qs, parse_qsl

HEADERS = {"Content-Type": "application/json", "User-Agent": "tests"}
API = "abc123.execute-api.us-east-1.amazonaws.com"
URL = "abc123.lambda-url.us-east-1.on.aws"
QUEUE = "arn:aws:sqs:us-east-1:012345678912:games"


def text_of(body):
    return body if body is None or isinstance(body, str) else json.dumps(body)


def lists_of(headers):
    return {name: [value] for name, value in headers.items()}


def rest(
    body=None, *, method="POST", path="/predict", query="", headers=HEADERS, stage="prod",
    domain=API, resource="/{proxy+}", **more,
):  # fmt: skip
    """API Gateway REST, payload 1.0, proxied by `/{proxy+}`."""
    many = parse_qs(query, keep_blank_values=True) or None
    last = None if many is None else {name: values[-1] for name, values in many.items()}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": lists_of(headers),
        "queryStringParameters": last,
        "multiValueQueryStringParameters": many,
        "pathParameters": {"proxy": path.lstrip("/")} if "proxy" in resource else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/{stage}{path}",
            "stage": stage,
            "domainName": domain,
            "requestId": "front-1",
            "identity": {"sourceIp": "192.0.2.7", "userAgent": "tests"},
            "accountId": "012345678912",
            "apiId": "abc123",
        },
        "body": text_of(body),
        "isBase64Encoded": False,
        **more,
    }


def http(
    body=None, *, method="POST", path="/predict", query="", headers=HEADERS, stage="$default",
    domain=API, route="$default", parameters=None, **more,
):  # fmt: skip
    """HTTP API, payload 2.0."""
    event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "accountId": "012345678912",
            "apiId": "abc123",
            "domainName": domain,
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "tests",
            },
            "requestId": "front-2",
            "routeKey": route,
            "stage": stage,
            "timeEpoch": 1767312000000,
        },
        "isBase64Encoded": False,
        **more,
    }
    if query:
        event["queryStringParameters"] = dict(parse_qsl(query, errors="replace"))
    if parameters is not None:
        event["pathParameters"] = parameters
    if body is not None:
        event["body"] = text_of(body)
    return event


def url(body=None, **how):
    """Function URL, payload 2.0."""
    return http(body, domain=URL, **how)


def alb(
    body=None, *, method="POST", path="/predict", query=None, headers=HEADERS, lists=False, **more
):
    """Application Load Balancer; headers and query as lists where its target group says so."""
    own = {name.lower(): value for name, value in headers.items()}
    own |= {"x-forwarded-for": "203.0.113.9, 192.0.2.7", "host": "lb.example.com"}
    pairs = query or {}
    event = {
        "requestContext": {
            "elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:0:targetgroup/g/1"}
        },
        "httpMethod": method,
        "path": path,
        "body": text_of(body) or "",
        "isBase64Encoded": False,
        **more,
    }
    if lists:
        return event | {
            "multiValueHeaders": lists_of(own),
            "multiValueQueryStringParameters": lists_of(pairs),
        }
    return event | {"headers": own, "queryStringParameters": pairs}


def queue(*bodies, arn=QUEUE):
    """A batch of SQS; messages are named m1, m2, …"""
    return {
        "Records": [
            {
                "messageId": f"m{at}",
                "receiptHandle": "handle",
                "body": text_of(body),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": "us-east-1",
            }
            for at, body in enumerate(bodies, 1)
        ]
    }


def schedule():
    """A rule of EventBridge that fires."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "012345678912",
        "time": "2026-01-02T03:04:05Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:012345678912:rule/warm"],
        "detail": {},
    }


def packed(body):
    """A body as base64."""
    data = body if isinstance(body, bytes) else text_of(body).encode()
    return {"body": base64.b64encode(data).decode(), "isBase64Encoded": True}


CONSOLE_SAMPLE = {"key1": "value1", "key2": "value2", "key3": "value3"}

CONSOLE_PROXY = {
    "body": "eyJ0ZXN0IjoiYm9keSJ9",
    "resource": "/{proxy+}",
    "path": "/path/to/resource",
    "httpMethod": "POST",
    "isBase64Encoded": True,
    "queryStringParameters": {"foo": "bar"},
    "multiValueQueryStringParameters": {"foo": ["bar"]},
    "pathParameters": {"proxy": "/path/to/resource"},
    "stageVariables": {"baz": "qux"},
    "headers": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
    },
    "multiValueHeaders": {"Accept": ["text/html,application/xhtml+xml,*/*;q=0.8"]},
    "requestContext": {
        "accountId": "123456789012",
        "resourceId": "123456",
        "stage": "prod",
        "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "identity": {"sourceIp": "127.0.0.1"},
        "path": "/prod/path/to/resource",
        "resourcePath": "/{proxy+}",
        "httpMethod": "POST",
        "apiId": "1234567890",
        "protocol": "HTTP/1.1",
    },
}
"""The template `apigateway-aws-proxy` of the console, shortened."""
