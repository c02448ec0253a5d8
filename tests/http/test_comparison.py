"""Two versions' answers to the same request are compared record by record."""

import json

import pytest

from golive.http.comparison import Comparison, compare

FAULT = {"error": {"code": "wrong_type", "message": "no"}}


def body(*predictions):
    return json.dumps({"predictions": predictions}).encode()


@pytest.mark.parametrize(
    ("given", "candidate", "expected"),
    [
        (
            body({"label": "yes", "score": 0.75}, {"label": "no", "score": 0.25}),
            body({"label": "yes", "score": 0.5}, {"label": "yes", "score": 0.5}),
            Comparison(agreed=1, differed=1, differences=[0.25, 0.25]),
        ),
        (
            body({"score": 2.0}, {"score": 2.0}),
            body({"score": 2.0}, {"score": 2.5}),
            Comparison(agreed=1, differed=1, differences=[0.0, 0.5]),
        ),
        (body({"label": [1, 2]}), body({"label": [1, 2]}), Comparison(agreed=1)),
        (body({"score": 1.0}, FAULT), body(FAULT, {"score": 1.0}), Comparison(failed=1)),
        (
            body(1.5, "a", None),
            body(1.5, "b", 2),
            Comparison(agreed=1, differed=1, differences=[0]),
        ),
        (body({"score": 1.0}), b'{"code": "model_failed"}', Comparison(failed=1)),
        (body({"score": 1.0}), b"not JSON", Comparison(failed=1)),
        (body({"score": 1.0}), body(), Comparison(failed=1)),
        (body(), body(), Comparison()),
        (body({"score": 1}), body({"score": True}), Comparison(agreed=1)),
        (
            body({"value": [1, 2]}, {"value": "a"}, {"value": 2}),
            body({"value": [1, 3]}, {"value": "a"}, {"value": 2.5}),
            Comparison(agreed=1, differed=2, differences=[0.5]),
        ),
        (b'{"outputs": []}', body(), None),
        (b"\xff", body(), None),
    ],
)
def test_records_agree_by_their_label_or_their_score(given, candidate, expected):
    assert compare(given, candidate) == expected
