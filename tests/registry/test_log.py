"""Events are added one after the other, whoever adds them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.registry.test_history import content

from golive.blobs.store import StoreUnavailableError
from golive.registry.errors import HistoryCorruptError, RegistryError
from golive.registry.events import Moved, Pushed, What
from golive.registry.history import History
from golive.registry.log import Log
from golive.testing.blobs import MemoryStore

FIRST, SECOND, THIRD = (f"games/history/0000000{number}.json" for number in (1, 2, 3))


def push(history: History) -> What:
    number = len(history.versions) + 1
    return Pushed(version=number, content=content(number))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def log(store: MemoryStore, by: str = "ada") -> Log:
    return Log(store, "games", by=by)


def test_what_is_added_is_read_by_others(store: MemoryStore) -> None:
    event, history = log(store).append(push, why="first")
    assert event is not None
    assert (event.number, event.by, event.why) == (1, "ada", "first")
    assert log(store).read() == history
    assert list(store.content) == [FIRST]
    assert log(store).events() == [event]


def test_nothing_is_added_where_nothing_is_decided(store: MemoryStore) -> None:
    event, history = log(store).append(lambda _: None)
    assert (event, history.last, store.content) == (None, 0, {})


def test_known_events_are_not_read_again(store: MemoryStore) -> None:
    mine = log(store)
    mine.append(push)
    log(store).append(push)
    read: list[str] = []
    store.before = lambda operation, key: read.append(key) if operation == "open" else None
    assert mine.read().last == 2
    assert mine.read().last == 2
    assert read == [FIRST, SECOND, THIRD, SECOND, THIRD]  # the last known, and the next ones


def test_who_is_too_late_decides_again(store: MemoryStore) -> None:
    seen: list[int] = []

    def decide(history: History) -> What:
        seen.append(history.last)
        if len(seen) < 4:
            log(store, by="other").append(push)
        return push(history)

    event, history = log(store).append(decide)
    assert seen == [0, 1, 2, 3]
    assert event is not None
    assert event.number == 4
    assert list(history.versions) == [1, 2, 3, 4]


def test_many_writers_lose_nothing(store: MemoryStore) -> None:
    def write(number: int) -> list[int]:
        mine = log(store, by=f"writer {number}")
        events = [mine.append(push)[0] for _ in range(25)]
        return [event.number for event in events if event is not None]

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(number for written in pool.map(write, range(8)) for number in written)
    assert numbers == list(range(1, 201))
    assert list(log(store).read().versions) == list(range(1, 201))


def test_a_write_that_seemed_to_fail_is_known_again(store: MemoryStore) -> None:
    """The store wrote, and its answer was lost: the writer asks again and finds its own."""
    puts = []
    put = store.put_if_absent

    def retrying(key: str, data: bytes) -> bool:
        puts.append(key)
        return put(key, data) and put(key, data)  # as a client that sends the request once more

    store.put_if_absent = retrying  # type: ignore[method-assign, assignment]
    event, history = log(store).append(push)
    assert event is not None
    assert history.last == 1
    assert puts == [FIRST]


def test_an_error_of_the_store_is_told(store: MemoryStore) -> None:
    def fail(operation: str, key: str) -> None:
        raise StoreUnavailableError(f"no {operation} of {key}")

    store.before = fail
    with pytest.raises(StoreUnavailableError, match="no list of games/history/"):
        log(store).read()


def test_a_listing_may_pass_over_what_is_written_meanwhile(store: MemoryStore) -> None:
    """A folder that is listed while events are added may show the third and not the second."""
    for _ in range(3):
        log(store).append(push)
    listed = store.list
    store.list = lambda prefix: (  # type: ignore[method-assign]
        blob for blob in listed(prefix) if blob.key != SECOND
    )
    assert log(store).read().last == 3
    assert [event.number for event in log(store).events()] == [1, 2, 3]
    del store.content[SECOND]
    with pytest.raises(HistoryCorruptError, match=r"00000002\.json is missing"):
        log(store).read()


def test_who_is_always_too_late_gives_up(store: MemoryStore) -> None:
    other = log(store, by="other")

    def decide(history: History) -> What:
        other.append(push)
        return push(history)

    with pytest.raises(RegistryError, match="too late"):
        Log(store, "games", by="slow", attempts=5).append(decide)


class TestDamage:
    """What was changed in the store is noticed by whoever reads it."""

    @pytest.fixture(autouse=True)
    def three_events(self, store: MemoryStore) -> None:
        log(store).append(push)
        log(store).append(push)
        log(store).append(lambda _: Moved(alias="prod", version=1))

    def test_a_missing_event(self, store: MemoryStore) -> None:
        del store.content[SECOND]
        with pytest.raises(HistoryCorruptError, match="00000002"):
            log(store).read()

    def test_the_last_event_missing_for_who_knows_it(self, store: MemoryStore) -> None:
        mine = log(store)
        mine.read()
        del store.content["games/history/00000003.json"]
        with pytest.raises(HistoryCorruptError, match="00000003"):
            mine.read()

    def test_an_overwritten_event(self, store: MemoryStore) -> None:
        other = MemoryStore()
        Log(other, "games", by="eve").append(push)
        store.content[FIRST] = other.content[FIRST]
        with pytest.raises(HistoryCorruptError, match="does not follow"):
            log(store).read()

    def test_events_that_changed_places(self, store: MemoryStore) -> None:
        store.content[FIRST], store.content[SECOND] = store.content[SECOND], store.content[FIRST]
        with pytest.raises(HistoryCorruptError):
            log(store).read()

    def test_nothing_is_added_to_what_is_damaged(self, store: MemoryStore) -> None:
        store.content[SECOND] = store.content[SECOND].replace(b"ada", b"eve")
        before = dict(store.content)
        with pytest.raises(HistoryCorruptError):
            log(store).append(push)
        assert store.content == before

    def test_what_is_no_event_is_passed_over(self, store: MemoryStore) -> None:
        store.content["games/history/README.md"] = b"hello"
        store._modified["games/history/README.md"] = store.clock()
        assert log(store).read().last == 3
