"""The comparison of two graphs, as data."""

import pytest

from golive.deploying.changes import Change, FieldChange, Rules, compare
from golive.deploying.records import Record, RecordedGraph, plain, read_graph, write_graph
from golive.errors import UsageError

RULES = Rules(
    replacing={"House": frozenset({"street"}), "Door": frozenset({"house"})},
    kept=frozenset({"Garden"}),
)


def _graph(*resources: Record, tags: dict | None = None) -> RecordedGraph:
    return RecordedGraph(stack="town", resources=resources, tags=tags or {})


def _house(**properties) -> Record:
    return Record(kind="House", name="Home", properties={"street": "A", "floors": 2, **properties})


DOOR = Record(kind="Door", name="Front", properties={"house": "Home"})
BELL = Record(kind="Bell", name="Bell", properties={"wire": "to <id:Front>!", "tone": "f"})
GARDEN = Record(kind="Garden", name="Garden", properties={})


def test_everything_is_added_where_nothing_is():
    assert compare(None, _graph(_house(), DOOR), RULES) == (
        Change(action="add", kind="House", name="Home"),
        Change(action="add", kind="Door", name="Front"),
    )


def test_nothing_changes_where_both_are_the_same():
    graph = _graph(_house(), DOOR, BELL, tags={"a": "b"})

    assert compare(graph, graph, RULES) == ()


def test_a_property_is_changed_in_place():
    found = compare(_graph(_house(), DOOR), _graph(_house(floors=3), DOOR), RULES)

    field = FieldChange(field="floors", before=2, after=3, replaces=False)
    assert found == (Change(action="change", kind="House", name="Home", fields=(field,)),)


def test_what_names_a_replaced_resource_is_replaced_or_changed_too():
    before, after = _graph(_house(), DOOR, BELL), _graph(_house(street="B"), DOOR, BELL)

    found = {change.name: change for change in compare(before, after, RULES)}

    assert {name: change.action for name, change in found.items()} == {
        "Home": "replace",
        "Front": "replace",
        "Bell": "change",
    }
    assert found["Front"].fields[0].because == "Home"
    assert found["Bell"].fields[0].because == "Front"


def test_what_leaves_the_graph_is_deleted_or_stays():
    found = compare(_graph(_house(), GARDEN), _graph(), RULES)

    assert [(change.action, change.name) for change in found] == [
        ("delete", "Home"),
        ("keep", "Garden"),
    ]


def test_another_kind_under_the_same_name_is_another_resource():
    other = Record(kind="Tent", name="Home", properties={})

    [change] = compare(_graph(_house()), _graph(other), RULES)

    assert change.action == "replace"
    assert change.fields[0].field == "kind"


def test_tags_are_compared_as_one():
    [change] = compare(_graph(tags={"a": "1"}), _graph(tags={"a": "2"}), RULES)

    assert (change.kind, change.action) == ("Tags", "change")
    assert (change.fields[0].before, change.fields[0].after) == ({"a": "1"}, {"a": "2"})


def test_a_graph_is_kept_as_text_and_read_again():
    graph = _graph(_house(), DOOR, tags={"a": "ü"})

    text = write_graph(graph)

    assert read_graph(text, "graph.json") == graph
    assert write_graph(read_graph(text, "graph.json")) == text


def test_the_kept_format_1_is_read():
    text = (
        '{"format": 1, "stack": "town", "tags": {}, "resources": '
        '[{"kind": "Door", "name": "Front", "properties": {"house": "Home"}}]}'
    )

    assert read_graph(text, "graph.json") == _graph(DOOR)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "graph.json is no recorded graph"),
        ("[]", "graph.json is no recorded graph"),
        ('{"format": 1}', "graph.json is no recorded graph"),
        ('{"format": 2}', "graph.json has format 2; this golive reads 1."),
    ],
)
def test_what_is_no_graph_is_refused(text, words):
    with pytest.raises(UsageError, match=words):
        read_graph(text, "graph.json")


def test_pairs_become_an_object_and_other_tuples_a_list():
    assert plain({"a": (("x", "1"), ("y", "2")), "b": ("x", "y"), "c": ()}) == {
        "a": {"x": "1", "y": "2"},
        "b": ["x", "y"],
        "c": [],
    }
