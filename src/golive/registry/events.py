"""Events: what happened to a model's versions, numbered, never changed."""

from __future__ import annotations

import msgspec

from golive.signature.model import JsonValue

__all__ = ["FORMAT_VERSION", "Collected", "Content", "Event", "Moved", "Pushed", "What"]

FORMAT_VERSION = 1


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a version consists of.

    Attributes:
        id: The bundle's id.
        sha256: Of the bundle as one file.
        size: Of that file in bytes.
        key: Where it lies, relative to the model's folder.
    """

    id: str
    sha256: str
    size: int
    key: str


class Pushed(msgspec.Struct, frozen=True, kw_only=True, tag="pushed"):
    """A new version.

    Attributes:
        version: Its number: one more than the last.
        content: What it consists of.
    """

    version: int
    content: Content


class Moved(msgspec.Struct, frozen=True, kw_only=True, tag="moved"):
    """An alias stands for a version from now on.

    Attributes:
        alias: Such as `prod`.
        version: The version; None if the alias ends.
        is_rollback: Whether it goes back to where the alias was before.
        evidence: What was compared before, and what came of it.
    """

    alias: str
    version: int | None
    is_rollback: bool = False
    evidence: dict[str, JsonValue] = msgspec.field(default_factory=dict)


class Collected(msgspec.Struct, frozen=True, kw_only=True, tag="collected"):
    """Versions, or uploads that became none, whose bundles are removed.

    Attributes:
        versions: Numbers of the versions; they are never given again.
        keys: What is removed, relative to the model's folder; never written again.
    """

    versions: tuple[int, ...]
    keys: tuple[str, ...]


What = Pushed | Moved | Collected


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a model's history.

    Attributes:
        number: 1, 2, 3, ….
        what: What happened.
        at: When, ISO 8601 in UTC, by the clock of who wrote it.
        by: Who wrote it.
        why: The reason that was given, or nothing.
        after: Digest of the event before; empty for the first.
        nonce: Random, so that a writer knows its own event again.
        format_version: Of this format.
    """

    number: int
    what: What
    at: str
    by: str
    why: str = ""
    after: str = ""
    nonce: str
    format_version: int = FORMAT_VERSION
