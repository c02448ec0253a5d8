"""Answers that are too large."""

import pytest
from tests.service.served_models import RECORDS, real_model

from golive.service.context import ServiceContext
from golive.service.served import Limits
from golive.service.service import Service
from golive.testing.services import counted_ids, post, strict_json


def service(limit):
    context = ServiceContext(new_id=counted_ids(), limits=Limits(answer_bytes=limit))
    return Service({"m": real_model()}, context)


def test_without_a_limit_nothing_is_too_large():
    assert service(None).handle(post([RECORDS[0]] * 40)).status == 200


@pytest.mark.parametrize(
    ("path", "body", "cut", "limit"),
    [
        ("/predict", [RECORDS[0]] * 40, lambda count: [RECORDS[0]] * count, 700),
        ("/predict", {"records": RECORDS * 10, "ids": ["x" * 9] * 30},
         lambda count: {"records": (RECORDS * 10)[:count], "ids": ["x" * 9] * count}, 700),
        ("/invocations", {"dataframe_records": [RECORDS[0]] * 40},
         lambda count: {"dataframe_records": [RECORDS[0]] * count}, 150),
    ],
)  # fmt: skip
def test_as_many_records_as_it_says_have_an_answer_that_fits(path, body, cut, limit):
    limited = service(limit)

    refused = limited.handle(post(body, path=path))
    told = strict_json(refused)
    fits = told["records_that_fit"]
    fitting = limited.handle(post(cut(fits), path=path))

    assert (refused.status, told["code"]) == (413, "answer_too_large")
    assert 0 < fits < told["records"]
    assert fitting.status == 200
    assert len(fitting.body) <= limit
    assert refused.facts.records == told["records"]


def test_every_part_of_that_size_fits_and_not_only_the_first():
    limited = service(4000)
    body = [RECORDS[0]] * 20 + [{**RECORDS[0], "city": "x" * 300}] * 20

    told = strict_json(limited.handle(post(body)))
    fits = told["records_that_fit"]
    parts = [body[at : at + fits] for at in range(0, len(body), fits)]

    assert all(limited.handle(post(part)).status != 413 for part in parts)


def test_one_record_alone_may_be_too_large():
    told = strict_json(service(50).handle(post(RECORDS[0])))

    assert told["records_that_fit"] == 0
    assert told["detail"] == (
        "The answer to these 1 records is larger than 50 bytes, which is the most that is sent; "
        "not even each of these records by itself has a smaller one."
    )


def test_answers_that_are_not_about_records_have_no_limit():
    assert service(50).handle(post(b"{", path="/predict")).status == 400
