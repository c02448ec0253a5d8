"""Following a reference, inside invocations."""

import pytest

from golive.aws_lambda.versions import Following, Versions
from golive.blobs.store import StoreUnavailableError
from golive.errors import BundleCorruptError
from golive.service.context import ServiceContext
from golive.service.service import Service
from golive.testing.services import counted_ids, fake_model

A, B = "a" * 64, "b" * 64
PLENTY = 30.0


class Source:
    """Versions that a test sets."""

    def __init__(self):
        self.names, self.error, self.looks, self.loads = A, None, 0, 0

    def look(self, seconds):
        self.looks += 1
        if isinstance(self.error, StoreUnavailableError):
            raise self.error
        return self.names

    def load(self, seconds):
        self.loads += 1
        if self.error is not None:
            raise self.error
        return fake_model(f"of-{self.names[0]}")


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def versions(source, clock):
    context = ServiceContext(new_id=counted_ids())

    def open_services(model):
        service = Service({model.name: model}, context)
        return service, service

    following = Following(source=source, sha256=A, every=60.0, seconds=5.0, load_seconds=2.0)
    return Versions(
        fake_model("of-a"), open_services=open_services, following=following, clock=clock
    )


def test_it_is_due_when_the_interval_is_over_and_then_not_again(versions, clock):
    assert not versions.is_due
    clock.now += 60
    assert versions.is_due

    assert versions.look(PLENTY).outcome == "same"

    assert not versions.is_due


def test_another_version_takes_over(versions, source):
    source.names = B

    assert versions.look(PLENTY).outcome == "taken"
    assert versions.look(PLENTY).outcome == "same"

    assert versions.model.name == "of-b"
    assert list(versions.guarded.models) == ["of-b"]
    assert source.loads == 1


def test_a_version_that_is_no_good_is_refused_once_and_tried_again_only_when_asked(
    versions, source
):
    source.names, source.error = B, BundleCorruptError("It was changed.", file="model")

    first, second = versions.look(PLENTY), versions.look(PLENTY)
    asked = versions.look(PLENTY, is_asked=True)

    assert [found.outcome for found in (first, second, asked)] == ["refused"] * 3
    assert first.message == "It was changed."
    assert source.loads == 2
    assert versions.model.name == "of-a"


def test_a_store_that_does_not_answer_changes_nothing_and_is_asked_again(versions, source, clock):
    source.error = StoreUnavailableError("It is away.")
    clock.now += 60

    found = versions.look(PLENTY)

    assert (found.outcome, found.message) == ("unavailable", "It is away.")
    assert not versions.is_due  # until the next turn: no caller waits for it every time
    clock.now += 60
    assert versions.is_due


@pytest.mark.parametrize(("left", "outcome"), [(9.9, "no_time"), (10.0, "same")])
def test_it_is_begun_only_with_time_for_a_look_and_a_load(versions, source, clock, left, outcome):
    clock.now += 60

    assert versions.look(left).outcome == outcome

    assert versions.is_due == (outcome == "no_time")


def test_a_fixed_version_follows_nothing(versions):
    fixed = Versions(fake_model(), open_services=lambda model: (versions.guarded, versions.trusted))

    assert fixed.look(PLENTY).outcome == "fixed"
    assert not fixed.is_due
