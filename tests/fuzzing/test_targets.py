"""What is fuzzed holds for its seeds and for some hundred inputs made of them."""

from itertools import islice

import pytest

from fuzzing.campaign import Finds, inputs
from fuzzing.target import BrokenError, Target, same_twice
from fuzzing.targets import NAMES, find


@pytest.mark.parametrize("name", NAMES)
def test_all_holds_for_seeds_and_some_hundred_inputs(name, tmp_path):
    target = find(name)
    finds = Finds(target, tmp_path)

    for data in islice(inputs(target, 1), 300):
        finds.attempt(data)

    assert [path.read_text() for path in tmp_path.glob("*.txt")] == []


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_as_long_as_inputs_may_be(name):
    target = find(name)

    assert target.seeds
    assert max(map(len, target.seeds)) <= target.longest


def test_inputs_are_the_same_for_the_same_seed():
    target = find("json")

    first, again, other = (list(islice(inputs(target, seed), 50)) for seed in (1, 1, 2))

    assert first == again != other


def refuse(data):
    if b"x" in data:
        raise RuntimeError("it has an x")
    if b"y" in data:
        raise BrokenError("it has a y")


def test_a_find_is_kept_once_for_each_place(tmp_path):
    finds = Finds(Target(about="", check=refuse, seeds=(b"",)), tmp_path)

    for data in (b"a", b"x", b"xx", b"y", b"yy"):
        finds.attempt(data)

    assert sorted(path.read_bytes() for path in tmp_path.glob("*.input")) == [b"x", b"y"]
    texts = [path.read_text() for path in tmp_path.glob("*.txt")]
    assert sorted(text.splitlines()[-1] for text in texts) == [
        "RuntimeError: it has an x",
        "fuzzing.target.BrokenError: it has a y",
    ]


def test_a_reader_that_gives_something_else_the_second_time_is_found():
    answers = iter([1, 2])

    with pytest.raises(BrokenError, match="first 1, and then 2"):
        same_twice(lambda: next(answers), ValueError)


def test_a_refusal_is_an_answer_and_what_was_not_declared_is_none():
    def read():
        raise ValueError("no")

    assert same_twice(read, ValueError) == "ValueError: no"
    with pytest.raises(ValueError, match="no"):
        same_twice(read, KeyError)
