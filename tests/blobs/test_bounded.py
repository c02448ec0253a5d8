"""A store that is given up when the time is over."""

import pytest

from golive.blobs.bounded import BoundedStore
from golive.blobs.folder import FolderStore
from golive.blobs.store import StoreUnavailableError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    bounded = BoundedStore(FolderStore(tmp_path), clock=clock)
    bounded.put_if_absent("a/one", b"first")
    bounded.put_if_absent("a/two", b"second")
    return bounded


def test_within_the_time_it_is_the_store(store):
    with store.within(5), store.open("a/one") as source:
        assert source.read(2) + source.read() == b"first"
        assert [blob.key for blob in store.list("a/")] == ["a/one", "a/two"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.open("a/one").__enter__(),
        lambda store: list(store.list("a/")),
        lambda store: store.put_if_absent("a/three", b""),
        lambda store: store.delete("a/one"),
    ],
)
def test_after_that_nothing_is_asked(store, clock, ask):
    told = r"^The store took longer than 5 seconds\.$"
    with store.within(5):
        clock.now = 5.1
        with pytest.raises(StoreUnavailableError, match=told):
            ask(store)


def test_what_is_read_slowly_is_given_up_in_the_middle(store, clock):
    with store.within(5), store.open("a/one") as source:
        assert source.read(2) == b"fi"
        clock.now = 6.0
        with pytest.raises(StoreUnavailableError):
            source.read(2)


def test_outside_the_block_there_is_no_limit(store, clock):
    with store.within(5):
        pass
    clock.now = 100.0

    with store.open("a/one") as source:
        assert source.read() == b"first"
