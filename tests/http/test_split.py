"""A share of the requests is answered by a candidate, the same ones each time."""

import asyncio
import json
from collections import Counter

import pytest
from tests.http.candidates import SplitSite, head, numbered, version, versions_of
from tests.http.gateways import read

from golive.http.split import outcome_of, place_of


def test_the_candidate_answers_its_share():
    versions = Counter(versions_of(SplitSite(0.1).answers(*numbered(2000))))

    assert 150 <= versions["v2"] <= 250
    assert set(versions) == {"v1", "v2"}


@pytest.mark.parametrize(("share", "expected"), [(0.0, {"v1"}), (1.0, {"v2"})])
def test_a_share_of_nothing_or_all_is_that(share, expected):
    assert set(versions_of(SplitSite(share).answers(*numbered(50)))) == expected


@pytest.mark.parametrize("manner", ["at_once", "on_loop", "in_thread", "apart"])
def test_each_answer_is_that_of_the_version_that_it_names(manner):
    site = SplitSite(0.5, manner=manner)

    responses = site.answers(*numbered(40))

    for number, response in enumerate(responses):
        body = json.loads(response.body)
        factor = {"v1": 1, "v2": 2}[body["version"]]
        assert body["predictions"] == [{"score": float(factor * number)}]
        assert response.headers["golive-model-version"] == body["version"]
    assert [line["version"] for line in read(site.lines)] == versions_of(responses)
    assert [told[:3] for told in site.told] == [
        ("sum", found, "answered") for found in versions_of(responses)
    ]


def test_the_same_body_is_answered_by_the_same_version():
    site = SplitSite(0.5)

    first, second = site.answers(*numbered(40)), site.answers(*numbered(40))

    assert versions_of(first) == versions_of(second)


def test_a_query_is_as_good_as_a_body():
    site = SplitSite(0.5)
    asked = [(head(method="GET", query=b"x=%d" % number), b"") for number in range(60)]

    versions = versions_of(site.answers(*asked))

    assert set(versions) == {"v1", "v2"}
    assert versions == versions_of(site.answers(*asked))


def test_a_caller_keeps_its_version_whatever_it_asks():
    site = SplitSite(0.5, header="x-user-id")

    by_user = {
        user: set(versions_of(site.answers(*[(head(x_user_id=user), b) for _, b in numbered(20)])))
        for user in map(str, range(30))
    }

    assert {len(versions) for versions in by_user.values()} == {1}
    assert set.union(*by_user.values()) == {"v1", "v2"}


def test_without_the_header_the_body_decides():
    site = SplitSite(0.5, header="x-user-id")

    assert set(versions_of(site.answers(*numbered(50)))) == {"v1", "v2"}


def test_who_asks_for_a_version_gets_it_and_counts_for_neither():
    site = SplitSite(1.0)

    [usual, candidate] = site.answers(
        (head(golive_version="1"), b'{"x": 3}'), (head(golive_version="2"), b'{"x": 3}')
    )

    assert versions_of([usual, candidate]) == ["v1", "v2"]
    assert site.told == []


@pytest.mark.parametrize("path", ["/readyz", "/models/sum", "/nowhere"])
def test_what_asks_nothing_of_a_model_is_not_split(path):
    site = SplitSite(1.0)
    usual = site.inner.admit(head(path, method="GET"))

    admission = site.gateway.admit(head(path, method="GET"))

    assert type(admission.plan) is type(usual.plan)


def test_a_candidate_that_fails_is_told_of_and_so_is_a_caller_that_does():
    def fail(record):
        raise ValueError("not today")

    site = SplitSite(1.0, candidate=version(2, model=fail))

    failed, refused = site.answers((head(), b'{"x": 3}'), (head(), b"{}"))

    assert (failed.status, refused.status) == (500, 422)
    assert [told[2] for told in site.told] == ["failed", "refused"]


def test_a_candidate_that_is_gone_is_asked_no_more_at_the_next_epoch():
    site = SplitSite(1.0)
    before = site.gateway.admit(head())

    site.inner.serve(site.inner.service)

    assert before.epoch is not site.gateway.epoch
    assert versions_of(site.answers((head(), b'{"x": 3}'))) == ["v1"]


def test_an_unreadable_query_is_the_usual_problem():
    [response] = SplitSite(1.0).answers((head(query=b"%ff"), b'{"x": 3}'))

    assert json.loads(response.body)["code"] == "bad_query"


def test_a_client_that_goes_away_is_not_told_of():
    site = SplitSite(1.0, manner="in_thread")

    async def run():
        ticket = site.gateway.answer(site.gateway.admit(head()), b'{"x": 1}', started=0.0)
        ticket.reply = lambda response: None
        ticket.cancel()
        await asyncio.sleep(0.05)

    asyncio.run(run())

    assert site.told == []
    assert read(site.lines)[0]["status"] == 499


def test_keys_spread_evenly_and_stay_where_they_are():
    places = [place_of(f"user-{number}".encode()) for number in range(4000)]

    tenths = Counter(int(place * 10) for place in places)

    assert place_of(b"user-1") == places[1]
    assert set(tenths) == set(range(10))
    assert all(300 <= number <= 500 for number in tenths.values())


def test_only_5xx_are_failures_of_the_version():
    assert [outcome_of(status) for status in (200, 422, 499, 500, 503)] == [
        "answered", "refused", "refused", "failed", "failed",
    ]  # fmt: skip
