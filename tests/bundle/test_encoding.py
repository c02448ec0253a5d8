import pytest

from golive.bundle.encoding import compact_json, indented_json


def test_keys_are_sorted_at_every_depth():
    assert compact_json({"b": {"d": 1, "c": "ö"}, "a": [True, None]}) == (
        '{"a":[true,null],"b":{"c":"ö","d":1}}'.encode()
    )


def test_keys_may_stay_as_given():
    assert compact_json({"b": 1, "a": 2}, order=None) == b'{"b":1,"a":2}'


def test_indented_json_ends_with_a_line_feed():
    assert indented_json({"a": [1]}) == b'{\n  "a": [\n    1\n  ]\n}\n'


@pytest.mark.parametrize(
    "value",
    [float("nan"), [float("inf")], {"a": -float("inf")}, "\ud800", object(), {1.5j: 1}],
)
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="JSON cannot hold"):
        compact_json(value)


def test_a_value_that_holds_itself_is_refused():
    endless: list = []
    endless.append(endless)

    with pytest.raises(ValueError, match="JSON cannot hold"):
        compact_json(endless)
