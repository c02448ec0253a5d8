"""Shapes of events."""

import pytest
from tests.aws_lambda.events import alb, http, queue, rest, schedule, url

from golive.aws_lambda.shapes import shape_of
from golive.errors import UsageError

S3 = {"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}}}]}
SNS = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "{}"}}]}
RULE = schedule() | {"source": "shop.orders", "detail-type": "Order placed"}


@pytest.mark.parametrize(
    ("event", "shape"),
    [
        (rest({}), "rest"),
        (rest({}) | {"version": "1.0"}, "rest"),
        (http({}), "http"),
        (http({}) | {"httpMethod": "POST"}, "http"),
        ({"version": "2.0", "rawPath": "/predict"}, "http"),
        (url({}), "url"),
        (alb({}), "alb"),
        (queue("{}"), "queue"),
        ({"body": "{}"}, "plain"),
        ({"httpMethod": "GET", "path": "/readyz"}, "plain"),
        ({"body": "a note", "age": 3}, "records"),
        ({"Records": []}, "records"),
        ({"Records": [{"eventSource": "ours"}]}, "records"),
        ({"golive": "ping", "more": 1}, "ping"),
        ({"golive": "something"}, "records"),
        ({"version": "2.0", "a": 1}, "records"),
        ({"key1": "value1"}, "records"),
        ([{"body": "{}"}], "records"),
        ("ping", "records"),
        (None, "records"),
    ],
)
def test_an_event_has_the_shape_of_who_sends_it(event, shape):
    assert shape_of(event) == shape


@pytest.mark.parametrize(
    "event", [{"body": "a note"}, {"golive": "ping"}, {"key1": "value1"}, {"Records": [{}]}]
)
def test_what_has_only_columns_of_the_model_is_a_record(event):
    assert shape_of(event, columns={*event, "more"}) == "records"


@pytest.mark.parametrize(
    ("event", "told"),
    [(S3, "an event of s3"), (SNS, "an event of sns"), (RULE, "Order placed of shop.orders")],
)
def test_an_event_whose_answer_nobody_gets_is_refused(event, told):
    with pytest.raises(UsageError, match=told) as refused:
        shape_of(event)

    assert refused.value.hint == (
        "Send requests, messages of SQS, or records by a direct invocation."
    )
