"""Inputs are made of others by their structure."""

import json
import random

from fuzzing.mutation import bytes_changed, mutated


def blind(data, most):
    return b"blind"


def test_json_becomes_other_json_most_of_the_time():
    data = b'{"a": [1, 2, {"b": null}], "c": "text"}'

    made = [mutated(data, most=10_000, seed=seed, blind=blind) for seed in range(200)]

    structured = [each for each in made if each != b"blind"]
    assert 80 < len(structured) < 160
    assert len(set(structured)) > 60
    assert all(json.loads(each) is not Ellipsis for each in structured)
    assert made == [mutated(data, most=10_000, seed=seed, blind=blind) for seed in range(200)]


def test_json_is_found_after_a_head_and_before_arrays():
    after_head = [mutated(b"POST /\n\n[1]", most=99, seed=seed, blind=blind) for seed in range(50)]
    before = [mutated(b"[1]\x00\x01\x02", most=99, seed=seed, blind=blind) for seed in range(50)]

    assert {each[:8] for each in after_head} == {b"POST /\n\n", b"blind"}
    assert {each.partition(b"\x00")[2] for each in before if each != b"blind"} >= {b"\x01\x02"}


def test_what_is_no_json_is_changed_blindly_and_nothing_gets_too_long():
    assert mutated(b"no json", most=99, seed=1, blind=blind) == b"blind"
    assert all(len(mutated(b"[1]", most=5, seed=s, blind=blind)) <= 5 for s in range(100))
    chosen = random.Random(1)
    assert all(len(bytes_changed(b"abc", 5, chosen, (b"word",))) <= 5 for _ in range(100))


def test_what_was_made_before_changes_nothing_of_what_is_made_next():
    first = [mutated(b"[[1], {}]", most=500, seed=seed, blind=blind) for seed in range(300)]
    again = [mutated(b"[[1], {}]", most=500, seed=seed, blind=blind) for seed in range(300)]

    assert first == again
