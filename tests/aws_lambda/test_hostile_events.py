"""Events that nobody sends: no part of one makes the function fail, or answer what is no JSON."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.aws_lambda.cases import YES
from tests.aws_lambda.events import CONSOLE_PROXY, alb, http, queue, rest, schedule, url

from golive.errors import UsageError

EVENTS = [
    rest([YES], query="a=1"), http([YES], query="a=1", route="POST /{proxy+}", parameters={}),
    url([YES], cookies=["a=1"]), alb([YES], query={"a": "1"}), alb([YES], lists=True),
    queue(YES, YES), schedule(), CONSOLE_PROXY, {"body": YES, "isBase64Encoded": True},
    {"golive": "ping"}, {"records": [YES], "ids": ["x"]},
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def places_of(value, path=()):
    """The path of every member."""
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from places_of(inner, (*path, key))


def changed(event, path, value):
    if not path:
        return value
    whole = copy.deepcopy(event)
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return whole


@st.composite
def hostile(draw):
    event = draw(st.sampled_from(EVENTS))
    path = draw(st.sampled_from(list(places_of(event))))
    return changed(event, path, draw(JSON))


@given(event=hostile())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_event_is_answered_with_json_or_refused(opened, event):
    try:
        answer = opened(event)
    except UsageError:
        return

    json.dumps(answer, allow_nan=False)
    if isinstance(answer, dict) and "statusCode" in answer:
        assert answer["statusCode"] < 500


@pytest.mark.parametrize("depth", [200, 100_000])
def test_events_that_nest_too_deeply_are_a_problem(opened, depth):
    nested = []
    for _ in range(depth):
        nested = [nested]

    assert opened({"a": nested, "b": 1})["status"] in (400, 422)
    assert opened(http([YES]) | {"body": nested})["statusCode"] in (400, 422)
