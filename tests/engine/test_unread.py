from __future__ import annotations

from dataclasses import dataclass

import pytest

from golive.engine.answers import Fault
from golive.engine.decode import Decoder
from golive.engine.envelope import Envelope
from golive.engine.unread import UnreadPass, read_unread
from golive.errors import RequestError
from golive.signature.model import Output, Signature
from golive.testing.engines import regression_signature

SIGNATURE = Signature(form="object", columns=(), output=Output(kind="custom"))


@dataclass
class Question:
    n: int
    name: str = "x"


def decoders(request_type, **options):
    own = Decoder(SIGNATURE, request_type=request_type, **options)
    unread = UnreadPass(takes_list=own.takes_list, takes_text=own.takes_text)
    return own, Decoder(SIGNATURE, unread=unread, **options)


def both(request_type, read, **options):
    """What the model's own decoder makes of it, and what both steps make of it together."""
    own, other = decoders(request_type, **options)
    found = []
    for steps in (lambda: read(own), lambda: read_unread(read(other), own)):
        try:
            found.append(steps())
        except RequestError as error:
            found.append((error.code, error.message))
    return found


BODIES = [
    b'{"n": 1}',
    b'[{"n": 1}, {"n": "x"}, {"n": 3, "name": "y"}, 5, null, {"n": 1e400}]',
    b'{"records": [{"n": 1}, {}], "ids": ["a", "b"]}',
    b'{"records": [{"n": 1}], "ids": ["a", "b"]}',
    b"[]",
    b"[1, 2]",
    b'"text"',
    b'["a", "b"]',
    b'{"n": 1, "more": true}',
    b'{"n": 99999999999999999999999}',
    b"{",
]


def test_a_text_that_is_too_long_fails_its_record_in_two_steps_as_in_one():
    body = b'[{"n": 1, "name": "long"}, {"n": 2, "name": "s"}]'

    one, two = both(Question, lambda decoder: decoder.decode_body(body), max_text=3)

    assert one == two
    assert (one.indices, one.faults[0].code) == ([1], "text_too_long")


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("request_type", [Question, None, dict, list[int], str])
def test_a_body_is_read_in_two_steps_as_in_one(request_type, body):
    one, two = both(request_type, lambda decoder: decoder.decode_body(body))

    assert two == one


@pytest.mark.parametrize("request_type", [Question, None])
def test_texts_and_other_bodies_are_read_likewise(request_type):
    for read in (
        lambda decoder: decoder.decode_query([("n", "5"), ("_id", "k")]),
        lambda decoder: decoder.decode_query([("n", "five")]),
        lambda decoder: decoder.decode_csv(b"n,name\n1,a\nx,b\n"),
        lambda decoder: decoder.decode_envelope(
            Envelope(records=[{"n": 1}, Fault("wrong_type", "no"), {"n": None}])
        ),
    ):
        one, two = both(request_type, read)

        assert two == one


def test_only_function_models_have_objects_to_read():
    with pytest.raises(LookupError):
        Decoder(regression_signature("x")).read_objects([], check_values=True, from_text=False)
