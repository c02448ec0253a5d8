"""A share of the requests is answered by a candidate, the same ones each time."""

import asyncio
import json
import threading
from collections import Counter
from time import perf_counter

import pytest
from msgspec.structs import replace
from tests.http.candidates import SplitSite, head, numbered, version, versions_of, watcher
from tests.http.gateways import ask, read

from golive.engine.answers import Answer, Fault
from golive.errors import BackendError
from golive.http.shadow import Shadow
from golive.http.split import has_failed, outcome_of, place_of
from golive.http.stepback.window import bucket_of
from golive.service.exchange import Facts, Response
from golive.testing.services import fake_service


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


@pytest.mark.parametrize("code", ["model_failed", "non_finite_output", "internal_error"])
def test_a_record_that_the_model_failed_is_a_failure_whatever_the_status(code):
    codes = {code: 1, "missing_column": 3}

    assert [outcome_of(status, codes) for status in (200, 400, 422)] == ["failed"] * 3


def test_records_that_callers_got_wrong_are_no_failure_of_the_version():
    codes = {"missing_column": 1, "wrong_type": 2, "my_own_code": 1}

    assert [outcome_of(status, codes) for status in (200, 400, 422)] == [
        "answered", "refused", "refused",
    ]  # fmt: skip


def fails_on_large(record):
    if record["x"] >= 50:
        return Fault("model_failed", "not today", origin="model")
    return Answer(score=2 * record["x"])


def failing():
    """Requests of two records, the second of which the candidate fails in every other one."""
    return [(head(), b'[{"x": 1}, {"x": %d}]' % (number % 100)) for number in range(400)]


@pytest.mark.parametrize("manner", ["at_once", "on_loop", "in_thread", "apart"])
def test_a_candidate_whose_model_raises_for_some_records_steps_back(manner):
    """Such answers have the status 200, with an error in the place of each such record."""
    candidate = version(2, manner=manner, model=fails_on_large)
    site = SplitSite(0.5, manner=manner, candidate=candidate, step_back=watcher())

    responses = site.answers(*failing())

    versions = versions_of(responses)
    last = max(number for number, found in enumerate(versions) if found == "v2")
    assert [response.status for response in responses] == [200] * 400
    assert last < 200
    assert set(versions[last + 1 :]) == {"v1"}
    failed = sum(told[1:3] == ("v2", "failed") for told in site.told)
    assert 0 < failed == sum(b'"error"' in response.body for response in responses)
    assert not any(told[1:3] == ("v1", "failed") for told in site.told)


def test_a_candidate_that_stepped_back_still_answers_who_asks_for_it():
    site = SplitSite(1.0, candidate=version(2, model=fails_on_large), step_back=watcher())
    site.gateway._share = 0.5
    site.answers(*failing())

    [response] = site.answers((head(golive_version="2"), b'{"x": 3}'))

    assert versions_of([response]) == ["v2"]


def test_after_the_step_back_a_kept_head_leads_to_the_usual_version():
    """Heads are admitted once: the step-back must reach those that were admitted before."""
    watch = watcher()
    site = SplitSite(1.0, step_back=watch)
    kept = site.gateway.admit(head())
    usual, candidate = (version(n) for n in (1, 2))
    watch.lets(usual, candidate)
    for _ in range(10):
        watch.see("v1", has_failed=False, seconds=0.001)
    for _ in range(10):
        watch.see("v2", has_failed=True, seconds=0.001)

    async def run():
        found = asyncio.get_running_loop().create_future()
        ask(site.gateway, kept, b'{"x": 3}', found.set_result, started=0.0)
        return await asyncio.wait_for(found, 30)

    assert versions_of([asyncio.run(run())]) == ["v1"]
    assert site.told == []  # what was not split counts for neither


def test_records_that_the_caller_got_wrong_send_nobody_back():
    watch = watcher()
    site = SplitSite(0.5, step_back=watch)

    site.answers(*[(head(), b'{"x": "%d"}' % number) for number in range(100)])

    assert watch.lets(version(1), version(2))
    assert "seen" not in watch.facts()


def test_a_server_without_room_says_nothing_of_its_versions():
    response = Response(status=503, lines="", body=b"", facts=Facts(request_id="1", route="/"))

    assert has_failed(response) is None


def test_a_client_that_goes_away_tells_how_long_it_waited():
    watch = watcher()
    site = SplitSite(1.0, manner="in_thread", step_back=watch)

    async def run():
        for _ in range(3):
            ticket = site.gateway.answer(
                site.gateway.admit(head()), b'{"x": 1}', started=perf_counter() - 5
            )
            ticket.reply = lambda response: None
            ticket.cancel()
            ticket.cancel()
        await asyncio.sleep(0.05)

    asyncio.run(run())

    tally = watch._window.candidate
    assert (tally.requests, tally.failed, tally.timed) == (0, 0, 3)
    assert tally.times[bucket_of(5.0) :] != [0] * len(tally.times[bucket_of(5.0) :])


def test_where_disagreement_is_bounded_the_usual_version_answers_the_candidates_requests_too():
    watch = watcher(disagreement=0.1, errors=None, latency=None)
    pairs = Shadow(
        model="sum",
        observe=lambda model, asked, seen, found: watch.see_pair(asked, found),
        rest=lambda seconds: None,
    )
    site = SplitSite(0.5, step_back=watch, pairs=pairs)
    responses = site.answers(*numbered(200))
    lines = list(site.lines)

    while pairs.turn():
        pass
    after = site.answers(*numbered(20))

    assert set(versions_of(responses)) == {"v1", "v2"}
    assert set(versions_of(after)) == {"v1"}
    assert watch.facts()["stepped_back"]["reason"] == "disagreement"
    compared = watch.facts()["seen"]["compared"]
    assert compared["requests"] == versions_of(responses).count("v2")
    assert (compared["agreed"], compared["differed"]) == (
        sum(version == "v2" for version in versions_of(responses)[:1]),  # of 0, both give 0
        compared["requests"] - compared["agreed"],
    )
    assert site.lines[: len(lines)] == lines  # copies are no requests


def test_a_candidate_whose_calls_hang_leaves_a_thread_to_the_usual_version():
    released = threading.Event()

    def hang(record):
        released.wait(60)
        return Answer(score=0.0)

    site = SplitSite(1.0, manner="apart", candidate=version(2, manner="apart", model=hang))

    async def run():
        begun = [
            site.gateway.answer(site.gateway.admit(head()), b'{"x": 1}', started=0.0)
            for _ in range(10)
        ]
        for ticket in begun:
            ticket.reply = lambda response: None
        found = asyncio.get_running_loop().create_future()
        usual = site.gateway.admit(head(golive_version="1"))
        ask(site.gateway, usual, b'{"x": 3}', found.set_result, started=0.0)
        try:
            return await asyncio.wait_for(found, 20)
        finally:
            released.set()

    assert versions_of([asyncio.run(run())]) == ["v1"]


def test_who_asks_for_a_version_that_crashes_is_told_that_it_is_not_served():
    watch = watcher()
    site = SplitSite(0.5, step_back=watch)
    site.answers(*numbered(10))
    asked = (head(golive_version="2"), b'{"x": 3}')

    [before] = site.answers(asked)
    watch.see_crash("v2", "its worker was ended by SIGSEGV")
    refused, described, usual = site.answers(
        asked,
        (head("/models", "GET", golive_version="2"), b""),
        (head(golive_version="1"), b'{"x": 3}'),
    )
    others = versions_of(site.answers(*numbered(20)))

    assert (before.status, refused.status) == (200, 409)
    assert json.loads(refused.body)["code"] == "version_not_served"
    assert json.loads(refused.body)["detail"] == (
        "Version v2 of sum crashes, and is not asked any more."
    )
    assert (described.status, usual.status) == (200, 200)
    assert set(others) == {"v1"}
    watch.forgive()
    assert site.answers(asked)[0].status == 200


def test_a_version_that_crashed_and_was_promoted_is_what_who_asks_for_it_gets():
    watch = watcher()
    site = SplitSite(0.5, step_back=watch)
    site.answers(*numbered(10))
    watch.see_crash("v2", "its worker was ended by SIGSEGV")

    context = site.inner.service.context
    site.inner.serve(fake_service(version(2), context=context),
                     candidate=fake_service(version(2), context=context))  # fmt: skip
    [usual, asked] = site.answers((head(), b'{"x": 3}'), (head(golive_version="2"), b'{"x": 3}'))

    assert versions_of([usual, asked]) == ["v2", "v2"]


def test_a_candidate_that_is_served_apart_steps_back_when_its_process_ends():
    def crash(record):
        raise BackendError("The process that holds it was ended.", code="backend_crashed")

    watch = watcher()
    site = SplitSite(0.5, step_back=watch, candidate=version(2, model=crash))

    responses = site.answers(*numbered(40))

    statuses = [response.status for response in responses]
    assert statuses.count(503) == 1
    assert statuses.count(200) == 39
    assert watch.facts()["stepped_back"]["reason"] == "crashed"


def test_a_source_of_features_whose_process_ends_says_nothing_of_the_candidate():
    """It is the usual version's source, too: who asks for its features next may end it again."""

    def crash(record):
        raise BackendError("The process that holds source ended.", code="backend_crashed")

    watch = watcher()
    candidate = replace(version(2, model=crash), features={"source": "v1"})
    site = SplitSite(0.5, step_back=watch, candidate=candidate)

    statuses = [response.status for response in site.answers(*numbered(40))]

    assert {200, 503} == set(statuses)
    assert statuses.count(503) > 1
    assert "stepped_back" not in watch.facts()
