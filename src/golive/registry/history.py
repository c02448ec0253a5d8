"""History: what a model's events add up to. Pure: the same events give the same history."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from golive.registry.errors import HistoryCorruptError
from golive.registry.events import Collected, Content, Event, Moved, Pushed

__all__ = ["EMPTY", "History", "Version", "follow", "replay"]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a model.

    Attributes:
        number: 1, 2, 3, ….
        content: What it consists of.
        pushed_at: When, ISO 8601 in UTC.
        pushed_by: Who pushed it.
        why: The reason that was given, or nothing.
        is_collected: Whether its bundle was removed.
    """

    number: int
    content: Content
    pushed_at: str
    pushed_by: str
    why: str = ""
    is_collected: bool = False


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What the events of a model add up to.

    Attributes:
        last: Number of the last event; 0 if there is none.
        digest: Of the last event's bytes.
        versions: By number, oldest first.
        aliases: Alias to the number of the version it stands for.
        before: Alias to the versions it stood for before, the latest last; what a rollback has
            undone is not among them.
        collected: Keys of what was removed; they are never written again.
    """

    last: int = 0
    digest: str = ""
    versions: dict[int, Version] = msgspec.field(default_factory=dict)
    aliases: dict[str, int] = msgspec.field(default_factory=dict)
    before: dict[str, tuple[int, ...]] = msgspec.field(default_factory=dict)
    collected: frozenset[str] = frozenset()

    @property
    def newest(self) -> Version | None:
        """The version that was pushed last, of those whose bundles are there."""
        return next((v for v in reversed(self.versions.values()) if not v.is_collected), None)

    def aliases_of(self, version: int) -> list[str]:
        """The aliases that stand for a version, sorted."""
        return sorted(alias for alias, number in self.aliases.items() if number == version)


EMPTY = History()


def replay(events: Iterable[tuple[Event, str]], start: History = EMPTY) -> History:
    """What the events, each with the digest of its bytes, add up to after `start`.

    Raises:
        HistoryCorruptError: One does not follow from those before it.
    """
    history = start
    for event, digest in events:
        history = follow(history, event, digest)
    return history


def follow(history: History, event: Event, digest: str) -> History:
    """The history after one more event.

    Args:
        history: What was before.
        event: The event.
        digest: Of its bytes.

    Raises:
        HistoryCorruptError: It does not follow.
    """
    if event.number != history.last + 1 or event.after != history.digest:
        raise HistoryCorruptError(
            f"Event {event.number} does not follow event {history.last}: the registry's history "
            "was changed.",
            hint="Restore the model's folder `history` from a backup of the registry.",
        )
    changed = _changed(history, event)
    return msgspec.structs.replace(changed, last=event.number, digest=digest)


def _changed(history: History, event: Event) -> History:
    match event.what:
        case Pushed():
            return _pushed(history, event, event.what)
        case Moved():
            return _moved(history, event, event.what)
        case Collected():
            return _collected(history, event, event.what)


def _pushed(history: History, event: Event, what: Pushed) -> History:
    if what.version != len(history.versions) + 1:
        raise _impossible(event, f"it gives the number {what.version} to a new version")
    if what.content.key in history.collected:
        raise _impossible(event, f"{what.content.key} was removed before")
    version = Version(
        number=what.version,
        content=what.content,
        pushed_at=event.at,
        pushed_by=event.by,
        why=event.why,
    )
    return msgspec.structs.replace(history, versions={**history.versions, what.version: version})


def _moved(history: History, event: Event, what: Moved) -> History:
    alias, past = what.alias, history.before.get(what.alias, ())
    present = history.aliases.get(alias)
    aliases = {name: number for name, number in history.aliases.items() if name != alias}
    if what.version is not None:
        version = history.versions.get(what.version)
        if version is None or version.is_collected:
            raise _impossible(event, f"there is no version {what.version}")
        aliases[alias] = what.version
    if what.is_rollback:
        if not past or past[-1] != what.version:
            raise _impossible(event, f"{alias} did not stand for version {what.version} before")
        past = past[:-1]
    elif present is not None and present != what.version:
        past = (*past, present)
    return msgspec.structs.replace(history, aliases=aliases, before={**history.before, alias: past})


def _collected(history: History, event: Event, what: Collected) -> History:
    gone = set(what.versions)
    if held := gone & set(history.aliases.values()):
        raise _impossible(event, f"an alias stands for version {min(held)}")
    if unknown := gone - history.versions.keys():
        raise _impossible(event, f"there is no version {min(unknown)}")
    keys = history.collected | frozenset(what.keys)
    versions = {
        number: msgspec.structs.replace(version, is_collected=True) if number in gone else version
        for number, version in history.versions.items()
    }
    if needed := [v for v in versions.values() if not v.is_collected and v.content.key in keys]:
        raise _impossible(event, f"version {needed[0].number} needs what it removes")
    before = {
        alias: tuple(number for number in past if number not in gone)
        for alias, past in history.before.items()
    }
    return msgspec.structs.replace(history, versions=versions, before=before, collected=keys)


def _impossible(event: Event, reason: str) -> HistoryCorruptError:
    return HistoryCorruptError(
        f"Event {event.number} of the registry's history cannot be: {reason}.",
        hint="Restore the model's folder `history` from a backup of the registry.",
    )
