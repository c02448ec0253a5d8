"""The same events give the same history, and what cannot follow is refused."""

from collections.abc import Callable

import pytest

from golive.registry.errors import HistoryCorruptError
from golive.registry.event_format import digest_of, encode_event
from golive.registry.events import Collected, Content, Event, Moved, Pushed, What
from golive.registry.history import EMPTY, History, follow, replay


def content(number: int) -> Content:
    sha256 = f"{number:064x}"
    return Content(id=f"{number:064x}", sha256=sha256, size=number, key=f"bundles/{sha256}.zip")


def after(history: History, *whats: What) -> History:
    """The history after these events, each written as `Log` does."""
    for what in whats:
        event = Event(
            number=history.last + 1,
            what=what,
            at="2026-11-01T10:00:00.000+00:00",
            by="ada@laptop",
            after=history.digest,
            nonce="0" * 16,
        )
        history = follow(history, event, digest_of(encode_event(event)))
    return history


def pushed(*numbers: int) -> list[What]:
    return [Pushed(version=number, content=content(number)) for number in numbers]


def prod(version: int | None, *, back: bool = False) -> Moved:
    return Moved(alias="prod", version=version, is_rollback=back)


def test_nothing_has_happened_at_first() -> None:
    assert (EMPTY.last, EMPTY.versions, EMPTY.aliases, EMPTY.newest) == (0, {}, {}, None)
    assert replay([]) == EMPTY


def test_versions_are_counted_and_aliases_move() -> None:
    history = after(EMPTY, *pushed(1, 2), prod(1), prod(2))
    assert list(history.versions) == [1, 2]
    assert history.aliases == {"prod": 2}
    assert history.aliases_of(2) == ["prod"]
    assert history.before["prod"] == (1,)
    assert history.newest is history.versions[2]


def test_a_rollback_goes_back_step_by_step() -> None:
    history = after(EMPTY, *pushed(1, 2, 3), prod(1), prod(3), prod(2))
    assert history.before["prod"] == (1, 3)
    history = after(history, prod(3, back=True))
    assert (history.aliases["prod"], history.before["prod"]) == (3, (1,))
    history = after(history, prod(1, back=True))
    assert (history.aliases["prod"], history.before["prod"]) == (1, ())


def test_what_was_rolled_back_is_not_gone_back_to() -> None:
    history = after(EMPTY, *pushed(1, 2, 3), prod(1), prod(2), prod(1, back=True), prod(3))
    assert history.before["prod"] == (1,)


def test_an_alias_may_end_and_begin_again() -> None:
    history = after(EMPTY, *pushed(1), prod(1), prod(None))
    assert history.aliases == {}
    assert after(history, prod(1, back=True)).aliases == {"prod": 1}


def test_what_is_collected_stays_in_the_history() -> None:
    gone = Collected(versions=(1,), keys=(content(1).key, "bundles/broken.zip"))
    history = after(EMPTY, *pushed(1, 2, 3), prod(1), prod(2), gone)
    assert history.versions[1].is_collected
    assert history.before["prod"] == ()
    assert history.collected == {content(1).key, "bundles/broken.zip"}
    assert history.newest is history.versions[3]
    assert list(after(history, *pushed(4)).versions) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("first", "impossible", "reason"),
    [
        ([], Pushed(version=2, content=content(2)), "the number 2"),
        (pushed(1), Pushed(version=1, content=content(1)), "the number 1"),
        (pushed(1), prod(2), "no version 2"),
        (pushed(1, 2), prod(1, back=True), "did not stand for version 1"),
        ([*pushed(1), prod(1)], Collected(versions=(1,), keys=()), "an alias stands"),
        (pushed(1), Collected(versions=(4,), keys=()), "no version 4"),
        (pushed(1), Collected(versions=(), keys=(content(1).key,)), "version 1 needs"),
        (
            [*pushed(1, 2), Collected(versions=(1,), keys=(content(1).key,))],
            prod(1),
            "no version 1",
        ),
        (
            [*pushed(1, 2), Collected(versions=(1,), keys=(content(1).key,))],
            Pushed(version=3, content=content(1)),
            "was removed before",
        ),
    ],
)
def test_what_cannot_be_is_refused(first: list[What], impossible: What, reason: str) -> None:
    history = after(EMPTY, *first)
    with pytest.raises(HistoryCorruptError, match=reason):
        after(history, impossible)


@pytest.mark.parametrize(
    "change",
    [
        lambda event: {"number": event.number + 1},
        lambda event: {"number": event.number - 1},
        lambda event: {"after": "0" * 64},
        lambda event: {"after": ""},
    ],
)
def test_an_event_that_does_not_follow_is_refused(
    change: Callable[[Event], dict[str, object]],
) -> None:
    history = after(EMPTY, *pushed(1))
    event = Event(number=2, what=prod(1), at="", by="", after=history.digest, nonce="")
    values = {name: getattr(event, name) for name in event.__struct_fields__} | change(event)
    with pytest.raises(HistoryCorruptError, match="does not follow"):
        follow(history, Event(**values), "")
