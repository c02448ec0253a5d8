"""A candidate answers copies, which nobody gets and which delay nobody."""

import threading
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from tests.http.candidates import ShadowSite, head, version, versions_of, watcher

from golive.access.gatekeeper import Gatekeeper
from golive.access.key_desk import KeyDesk, KeyWish
from golive.engine.answers import Answer
from golive.errors import BackendError
from golive.http.comparison import Comparison
from golive.http.shadow import Shadow, ShadowGateway
from golive.testing.backends import FakeBackend
from golive.testing.keys import MemoryKeys
from golive.testing.services import fake_service


@pytest.mark.parametrize("manner", ["at_once", "on_loop", "in_thread", "apart"])
def test_the_usual_version_answers_and_the_candidate_is_compared(manner):
    site = ShadowSite(manner=manner)

    responses = site.answers((head(), b'[{"x": 0}, {"x": 3}, {}]'))
    lines = list(site.lines)
    while site.shadow.turn():
        pass

    assert versions_of(responses) == ["v1"]
    found = Comparison(agreed=1, differed=1, differences=[0.0, 3.0])
    assert site.told == [("sum", "v2", "compared", found)]
    assert site.lines == lines  # what the candidate says is no request
    assert len(site.rests) == 1


def test_errors_of_the_candidate_are_counted_only():
    def fail(record):
        raise ValueError("not today")

    site = ShadowSite(candidate=version(2, model=fail))

    [response] = site.answers((head(), b'{"x": 3}'))
    site.shadow.turn()

    assert response.status == 200
    assert site.told == [("sum", "v2", "compared", Comparison(failed=1))]


def test_a_full_queue_drops_copies_and_counts_them():
    site = ShadowSite(most=2)

    responses = site.answers(*[(head(), b'{"x": 3}')] * 5)
    dropped = [told[2] for told in site.told]
    while site.shadow.turn():
        pass

    assert versions_of(responses) == ["v1"] * 5
    assert dropped == ["dropped"] * 3
    assert [told[2] for told in site.told[3:]] == ["compared"] * 2


def test_a_large_request_is_not_copied():
    site = ShadowSite()

    [response] = site.answers((head(), b" " * 70_000 + b'{"x": 3}'))

    assert response.status == 200
    assert [told[2] for told in site.told] == ["dropped"]
    assert not site.shadow.turn()


def test_what_was_not_answered_or_asks_for_a_version_is_not_copied():
    site = ShadowSite()

    site.answers((head(), b"{}"), (head(golive_version="2"), b'{"x": 3}'))

    assert not site.shadow.turn()
    assert site.told == []


def test_its_thread_answers_by_itself():
    site, seen = ShadowSite(), threading.Event()
    shadow = Shadow(model="sum", observe=lambda *facts: seen.set())
    site.gateway = ShadowGateway(site.inner, model="sum", shadow=shadow)
    shadow.start()

    site.answers((head(), b'{"x": 3}'))

    assert seen.wait(30)


def test_a_copy_does_not_count_against_the_limits_of_a_key():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    store = MemoryKeys()
    _, text = KeyDesk(store, clock=lambda: now).create(KeyWish(name="partner", quotas=["2/day"]))
    site = ShadowSite()
    gatekeeper = Gatekeeper(store, clock=now.timestamp)
    context = replace(site.inner.service.context, gatekeeper=gatekeeper)
    first, second = (fake_service(version(n), context=context) for n in (1, 2))
    site.inner.serve(first, candidate=second)
    asked = (head(x_api_key=text), b'{"x": 3}')

    responses = []
    for _ in range(3):
        responses += site.answers(asked)
        site.shadow.turn()

    assert [response.status for response in responses] == [200, 200, 429]
    assert [told[2] for told in site.told] == ["compared", "compared"]


def test_a_candidate_that_fails_copies_gets_no_more_of_them():
    def fail(record):
        raise ValueError("not today")

    watch = watcher()
    site = ShadowSite(candidate=version(2, model=fail), step_back=watch)
    observe = site.shadow._observe

    def seen(model, asked, what, found):
        observe(model, asked, what, found)
        watch.see(asked, has_failed=found.failed > 0, seconds=None)

    site.shadow._observe = seen
    for _ in range(30):
        site.answers((head(), b'{"x": 3}'))
        site.shadow.turn()

    assert len(site.told) == 10
    assert watch.facts()["stepped_back"]["reason"] == "errors"
    assert watch.facts()["seen"]["usual"]["requests"] == 10


class Apart:
    """A site whose candidate answers in a process of its own, as far as the site can tell."""

    def __init__(self, **options):
        self.backend = FakeBackend(**options)
        self.error = None
        self.site = ShadowSite(candidate=version(2, model=self._answer, backend=self.backend))

    def _answer(self, record):
        if self.error is not None:
            raise self.error
        return Answer(score=2 * record["x"])

    def copies(self, number):
        responses = self.site.answers(*[(head(), b'{"x": 3}')] * number)
        assert versions_of(responses) == ["v1"] * number

    @property
    def seen(self):
        return [told[2] for told in self.site.told]


def test_copies_wait_for_a_process_that_is_being_started():
    apart = Apart(is_running=False)
    apart.copies(2)

    waits = [apart.site.shadow.turn() for _ in range(3)]
    before, rests = apart.seen, list(apart.site.rests)
    apart.backend.change("running")
    while apart.site.shadow.turn():
        pass

    assert (waits, before) == ([True] * 3, [])
    assert all(rest > 0 for rest in rests)
    assert apart.seen == ["compared"] * 2


def test_a_copy_that_finds_the_process_gone_waits_too():
    apart = Apart()
    apart.copies(1)
    apart.error = BackendError("It does not run.")
    apart.site.shadow.turn()
    before, apart.error = apart.seen, None

    apart.site.shadow.turn()

    assert (before, apart.seen) == ([], ["compared"])


def test_a_crash_fails_the_copy_that_was_in_hand_and_those_that_wait_are_missed():
    apart = Apart()
    apart.copies(3)
    apart.error = BackendError(
        "The process that holds sum@2 was ended by SIGSEGV while it had this request.",
        code="backend_crashed",
    )

    apart.site.shadow.turn()

    assert apart.site.told[0] == ("sum", "v2", "failed", Comparison(failed=1))
    assert apart.seen == ["failed", "missed", "missed"]
    assert apart.site.crashes == [
        (
            "v2",
            "the process that holds sum@2 was ended by SIGSEGV while it had this request",
        )
    ]
    assert not apart.site.shadow.turn()


def test_copies_for_a_version_that_another_one_has_replaced_are_missed():
    apart = Apart()
    apart.copies(2)
    apart.backend.close()

    while apart.site.shadow.turn():
        pass

    assert apart.seen == ["missed"] * 2
    assert apart.site.crashes == []


@pytest.mark.parametrize("code", ["backend_crashed", "backend_unavailable"])
def test_copies_that_a_source_of_features_was_not_there_for_say_nothing_of_the_candidate(code):
    def fail(record):
        raise BackendError("The process that holds source ended.", code=code)

    candidate = replace(version(2, model=fail), features={"source": "v1"})
    site = ShadowSite(candidate=candidate)
    site.answers(*[(head(), b'{"x": 3}')] * 2)

    while site.shadow.turn():
        pass

    assert site.told == [("sum", "v2", "missed", None)] * 2
    assert site.crashes == []
