"""Requests that events hold."""

import pytest
from tests.aws_lambda.events import alb, http, packed, rest

from golive.aws_lambda.requests import read_request


def test_repeated_headers_are_joined_and_null_ones_are_left_out():
    event = rest({}) | {
        "headers": {"X-One": "last", "X-Null": None, "Only-Here": "1"},
        "multiValueHeaders": {"X-One": ["first", "last"], "x-none": None},
    }

    headers = read_request(event, "rest").request.headers

    assert headers == {"x-one": "first, last", "only-here": "1"}


def test_cookies_of_an_http_api_are_one_header():
    event = http({}, headers={}, cookies=["a=1", "b=2"])

    assert read_request(event, "http").request.headers == {"cookie": "a=1; b=2"}


@pytest.mark.parametrize(
    ("event", "shape", "query"),
    [
        (rest(method="GET", query="a=1&a=2&b=x%20y"), "rest",
         (("a", "1"), ("a", "2"), ("b", "x y"))),
        (rest(method="GET") | {"queryStringParameters": {"a": "50%"}}, "rest", (("a", "50%"),)),
        (http(method="GET", query="b=1&a=x+y&b=%2B"), "http",
         (("b", "1"), ("a", "x y"), ("b", "+"))),
        (alb(method="GET", query={"a": "x%20y+z", "b": ""}), "alb", (("a", "x y z"), ("b", ""))),
        (rest(method="GET"), "rest", ()),
    ],
)  # fmt: skip
def test_a_query_is_decoded_once(event, shape, query):
    assert read_request(event, shape).request.query == query


@pytest.mark.parametrize(
    ("event", "shape"),
    [
        (http(method="GET", query="a=%ff"), "http"),
        (alb(method="GET", query={"a": "%ff"}), "alb"),
        (alb(method="GET", query={str(at): "" for at in range(10_001)}), "alb"),
    ],
)
def test_a_query_that_cannot_be_read_is_a_problem(event, shape):
    received = read_request(event, shape)

    assert received.problem.code == "bad_query"
    assert received.request.query == ()


@pytest.mark.parametrize(
    ("event", "shape", "client"),
    [
        (rest({}), "rest", "192.0.2.7"),
        (http({}), "http", "192.0.2.7"),
        (alb({}), "alb", "192.0.2.7"),
        (alb({}) | {"headers": {}}, "alb", None),
        ({"body": "{}"}, "plain", None),
    ],
)
def test_the_client_is_who_the_front_saw(event, shape, client):
    assert read_request(event, shape).request.client == client


def test_a_text_without_quotes_is_a_record_only_where_somebody_wrote_the_event():
    by_hand = read_request({"body": "good game"}, "plain", takes_text=True)
    in_quotes = read_request({"body": '"good game"'}, "plain", takes_text=True)
    a_list = read_request({"body": ' ["good game"]'}, "plain", takes_text=True)
    of_a_front = read_request(http("good game"), "http", takes_text=True)

    assert by_hand.request.body == in_quotes.request.body == b'"good game"'
    assert a_list.request.body == b' ["good game"]'
    assert of_a_front.request.body == b"good game"


def test_a_body_that_is_no_text_is_json_and_declared_so():
    received = read_request(http({}, headers={}) | {"body": [{"a": "ö"}]}, "http")

    assert received.request.body == b'[{"a":"\\u00f6"}]'
    assert received.request.headers == {"content-type": "application/json"}


def test_base64_counts_only_where_the_event_says_so():
    told = read_request(http(**packed({"a": 1})), "http")
    not_told = read_request(http(**packed({"a": 1})) | {"isBase64Encoded": None}, "http")

    assert told.request.body == b'{"a": 1}'
    assert not_told.request.body == b"eyJhIjogMX0="


def test_the_front_s_own_id_is_kept():
    assert read_request(rest({}), "rest").front_request_id == "front-1"
    assert read_request(alb({}), "alb").front_request_id is None
