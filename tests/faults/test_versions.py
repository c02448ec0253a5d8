"""What a server answers is judged by the version that it names."""

import json

import pytest

from faults import questions
from faults.questions import Reply
from faults.versions import share_of

FORMULAS = {"aaaa": (3, 1), "bbbb": (5, 2)}


def answer(version, scores, *, named=None):
    body = {"version": version, "predictions": [{"score": score} for score in scores]}
    return Reply(200, {"golive-model-version": named or version}, json.dumps(body).encode())


def asked(number=0, **options):
    return questions.of_versions(number, FORMULAS, **options)


def test_each_version_is_right_by_its_own_formula():
    assert asked(1).body == b'[{"n": 7.0}, {"n": 8.0}]'
    assert asked(1).judge(answer("aaaa", [22.0, 25.0])) == "answered"
    assert asked(1).judge(answer("bbbb", [37.0, 42.0])) == "answered"


@pytest.mark.parametrize(
    "reply",
    [
        answer("aaaa", [2.0]),  # what the other version says
        answer("aaaa", [1.0, 4.0]),
        answer("aaaa", [1.0], named="bbbb"),
        answer("cccc", [1.0]),
    ],
)
def test_what_belongs_to_another_version_is_wrong(reply):
    assert asked().judge(reply).startswith("wrong: ")


def test_who_asks_for_a_version_gets_that_one():
    pinned = asked(pin="bbbb")

    assert pinned.headers == "golive-version: bbbb\r\n"
    assert pinned.judge(answer("bbbb", [2.0])) == "answered"
    assert pinned.judge(answer("aaaa", [1.0])).startswith("wrong: ")


def test_some_bodies_belong_to_some_versions():
    mine = asked(among=lambda body: ["aaaa"])

    assert mine.judge(answer("aaaa", [1.0])) == "answered"
    assert mine.judge(answer("bbbb", [2.0])).startswith("wrong: ")


def test_a_version_that_is_not_served_is_no_answer():
    reply = Reply(409, {}, b'{"code": "version_not_served"}')

    assert asked(pin="aaaa").judge(reply) == "wrong: 409 version_not_served"


def test_a_share_is_a_hash_of_the_body():
    shares = [share_of(b"%d" % number) for number in range(1000)]

    assert all(0 <= share < 1 for share in shares)
    assert 60 < sum(share < 0.1 for share in shares) < 140
