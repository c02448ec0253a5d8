"""A candidate answers copies, which nobody gets and which delay nobody."""

import threading

import pytest
from tests.http.candidates import Candidacy, head, version, versions_of

from golive.http.comparison import Comparison
from golive.http.shadow import Shadow, ShadowGateway


class Site(Candidacy):
    """A gateway over version 1 of `sum`, whose candidate, version 2, answers copies."""

    def __init__(self, *, most=10, manner="on_loop", candidate=None):
        super().__init__(manner=manner, candidate=candidate)
        self.rests = []
        self.shadow = Shadow(
            model="sum",
            observe=lambda *facts: self.told.append(facts),
            most=most,
            rest=self.rests.append,
        )
        self.gateway = ShadowGateway(self.inner, model="sum", shadow=self.shadow)


@pytest.mark.parametrize("manner", ["at_once", "on_loop", "in_thread", "apart"])
def test_the_usual_version_answers_and_the_candidate_is_compared(manner):
    site = Site(manner=manner)

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

    site = Site(candidate=version(2, model=fail))

    [response] = site.answers((head(), b'{"x": 3}'))
    site.shadow.turn()

    assert response.status == 200
    assert site.told == [("sum", "v2", "compared", Comparison(failed=1))]


def test_a_full_queue_drops_copies_and_counts_them():
    site = Site(most=2)

    responses = site.answers(*[(head(), b'{"x": 3}')] * 5)
    dropped = [told[2] for told in site.told]
    while site.shadow.turn():
        pass

    assert versions_of(responses) == ["v1"] * 5
    assert dropped == ["dropped"] * 3
    assert [told[2] for told in site.told[3:]] == ["compared"] * 2


def test_a_large_request_is_not_copied():
    site = Site()

    [response] = site.answers((head(), b" " * 70_000 + b'{"x": 3}'))

    assert response.status == 200
    assert [told[2] for told in site.told] == ["dropped"]
    assert not site.shadow.turn()


def test_what_was_not_answered_or_asks_for_a_version_is_not_copied():
    site = Site()

    site.answers((head(), b"{}"), (head(golive_version="2"), b'{"x": 3}'))

    assert not site.shadow.turn()
    assert site.told == []


def test_its_thread_answers_by_itself():
    site, seen = Site(), threading.Event()
    shadow = Shadow(model="sum", observe=lambda *facts: seen.set())
    site.gateway = ShadowGateway(site.inner, model="sum", shadow=shadow)
    shadow.start()

    site.answers((head(), b'{"x": 3}'))

    assert seen.wait(30)
