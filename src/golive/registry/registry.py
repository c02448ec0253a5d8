"""A registry: pushes, moves and removes versions of bundles, and gives them back verified."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from golive.blobs.store import BlobNotFoundError, BlobStore
from golive.bundle.archive import is_archive_name, write_archive
from golive.bundle.reading import Bundle
from golive.errors import UsageError
from golive.files import sha256_of
from golive.registry.errors import ContentCorruptError, NotInRegistryError
from golive.registry.events import Collected, Content, Event, Moved, Pushed
from golive.registry.history import History, Version
from golive.registry.layout import bundle_key, checked_alias, checked_model, event_number, model_key
from golive.registry.log import Log
from golive.registry.scratch import scratch_folder
from golive.signature.model import JsonValue

__all__ = ["Push", "Registry", "select"]

_UPLOAD_AGE = timedelta(days=1)


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a push.

    Attributes:
        version: The version.
        is_new: False where the very same bundle was pushed before.
    """

    version: Version
    is_new: bool


class Registry:
    """Versions and aliases of bundles in a blob store. Safe to use from several threads.

    Args:
        blobs: Where everything lies.
        location: What a person calls it, for messages.
        by: Who is recorded in what this object adds.
        clock: The time.
    """

    def __init__(
        self,
        blobs: BlobStore,
        *,
        location: str,
        by: str,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.location = location
        self._blobs = blobs
        self._by = by
        self._clock = clock or (lambda: datetime.now(UTC))
        self._logs: dict[str, Log] = {}

    def models(self) -> list[str]:
        """The names of the models that have a version, sorted.

        Raises:
            StoreUnavailableError: The store does not answer.
        """
        first = (blob.key for blob in self._blobs.list("") if event_number(blob.key) == 1)
        return sorted(key.partition("/")[0] for key in first)

    def history(self, model: str) -> History:
        """What happened to a model, read and verified now.

        Raises:
            NotInRegistryError: There is no such model.
            HistoryCorruptError: An event is not what was written.
            StoreUnavailableError: The store does not answer.
        """
        history = self._log(model).read()
        if history.last == 0:
            raise NotInRegistryError(
                f"There is no model {model!r} in the registry {self.location}.",
                hint=f"golive push {model}.bundle",
            )
        return history

    def events(self, model: str) -> list[Event]:
        """All that happened to a model, oldest first; see `history`."""
        self.history(model)
        return self._log(model).events()

    def push(self, bundle: Bundle, *, model: str | None = None, why: str = "") -> Push:
        """Make a bundle a new version of a model.

        The same bundle pushed again is the version that it was. The upload becomes a version at
        its very end: one that breaks off is invisible, and removed by `collect` a day later.

        Args:
            bundle: An opened, and so verified, bundle.
            model: The name in the registry; the bundle's own if None.
            why: The reason that is recorded.

        Raises:
            HistoryCorruptError: An event is not what was written.
            StoreUnavailableError: The store does not answer.
            RegistryError: There is no room for a copy of the bundle on this machine.
        """
        log = self._log(bundle.name if model is None else model)
        with scratch_folder() as scratch:
            file = _as_one_file(bundle, scratch)
            sha256, size = sha256_of(file), file.stat().st_size
            while True:
                history = log.read()
                if (same := _same(history, sha256)) is not None:
                    return Push(version=same, is_new=False)
                key = bundle_key(sha256, _generation(history, sha256))
                self._upload(model_key(log.model, key), file, sha256)
                content = Content(id=bundle.manifest.id, sha256=sha256, size=size, key=key)
                event, after = log.append(_pushing(content), why=why)
                if event is not None and isinstance(event.what, Pushed):
                    return Push(version=after.versions[event.what.version], is_new=True)
                # The upload was removed meanwhile, or somebody else pushed the same.

    def move(
        self,
        model: str,
        alias: str,
        version: int | None,
        *,
        decided_on: History | None = None,
        why: str = "",
        evidence: Mapping[str, JsonValue] | None = None,
    ) -> History:
        """Let an alias stand for a version, or, for None, end it.

        Args:
            model: The model.
            alias: Such as `prod`.
            version: The version's number.
            decided_on: The history when this was decided: if somebody has moved the alias since,
                nothing is moved. None: it does not matter.
            why: The reason that is recorded.
            evidence: What was compared before.

        Raises:
            NotInRegistryError: There is no such model or version.
            UsageError: The alias cannot be one, or was moved by somebody else meanwhile.
            StoreUnavailableError: The store does not answer.
        """
        checked_alias(alias)

        def decide(history: History) -> Moved | None:
            if version is not None:
                _existing(history, version, model)
            if decided_on is not None and not _same_alias(alias, history, decided_on):
                raise _moved_meanwhile(model, alias, history)
            if history.aliases.get(alias) == version:
                return None
            return Moved(alias=alias, version=version, evidence=dict(evidence or {}))

        self.history(model)
        return self._log(model).append(decide, why=why)[1]

    def rollback(self, model: str, alias: str, *, why: str = "") -> History:
        """Let an alias stand again for the version that it stood for before.

        Rolled back twice, it stands for the version before that one.

        Raises:
            NotInRegistryError: There is no such model or alias, or no version before.
            UsageError: The alias was moved by somebody else meanwhile.
            StoreUnavailableError: The store does not answer.
        """
        seen = self.history(model)

        def decide(history: History) -> Moved:
            if not _same_alias(alias, history, seen):
                raise _moved_meanwhile(model, alias, history)
            past = history.before.get(alias, ())
            if not past:
                raise NotInRegistryError(
                    f"{model}@{alias} stood for no other version before.",
                    hint=f"golive versions {model}",
                )
            return Moved(alias=alias, version=past[-1], is_rollback=True)

        return self._log(model).append(decide, why=why)[1]

    def fetch(self, model: str, version: Version, target: Path) -> None:
        """Write a version's bundle, verified to the last byte, to the new file `target`.

        Raises:
            ContentCorruptError: It is missing, or not what was pushed; nothing is written.
            RegistryError: There is no room for it.
            StoreUnavailableError: The store does not answer.
        """
        key = model_key(model, version.content.key)
        with scratch_folder(beside=target) as scratch:
            part = scratch / "part"
            try:
                with self._blobs.open(key) as source, part.open("wb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
            except BlobNotFoundError as error:
                raise ContentCorruptError(
                    f"{key}, the bundle of {model}@{version.number}, is missing in "
                    f"{self.location}.",
                    hint=f"golive rollback {model}",
                ) from error
            if sha256_of(part) != version.content.sha256:
                raise ContentCorruptError(
                    f"{key} in {self.location} is not the bundle that was pushed as "
                    f"{model}@{version.number}: its SHA-256 differs.",
                    hint=f"golive rollback {model}",
                )
            part.replace(target)

    def collect(self, model: str, *, keep: int, dry_run: bool = False, why: str = "") -> Collected:
        """Remove the bundles of old versions for which no alias stands, and broken-off uploads.

        Uploads are removed a day after they began. The versions stay in the history.

        Args:
            model: The model.
            keep: So many of the newest versions are kept, whatever stands for them.
            dry_run: Only tell what would be removed.
            why: The reason that is recorded.

        Raises:
            NotInRegistryError: There is no such model.
            StoreUnavailableError: The store does not answer; what could not be removed is removed
                the next time.
        """
        self.history(model)
        log = self._log(model)
        blobs = list(self._blobs.list(model_key(model, "bundles/")))
        oldest = self._clock() - _UPLOAD_AGE
        stale = {b.key.partition("/")[2] for b in blobs if b.modified < oldest}

        def decide(history: History) -> Collected:
            return _collectable(history, keep=keep, stale=stale)

        if dry_run:
            return decide(log.read())

        def decide_if_any(history: History) -> Collected | None:
            found = decide(history)
            return found if found.keys or found.versions else None

        event, history = log.append(decide_if_any, why=why)
        for blob in blobs:
            if blob.key.partition("/")[2] in history.collected:
                self._blobs.delete(blob.key)
        if event is None or not isinstance(event.what, Collected):
            return Collected(versions=(), keys=())
        return event.what

    def _log(self, model: str) -> Log:
        checked_model(model)
        if model not in self._logs:
            self._logs[model] = Log(self._blobs, model, by=self._by, clock=self._clock)
        return self._logs[model]

    def _upload(self, key: str, file: Path, sha256: str) -> None:
        """Write a file, or make sure that what is there is the same.

        Raises:
            ContentCorruptError: Something else is there.
        """
        if self._blobs.put_if_absent(key, file):
            return
        with scratch_folder() as scratch:
            there = scratch / "there"
            with self._blobs.open(key) as source, there.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            if sha256_of(there) != sha256:
                raise ContentCorruptError(
                    f"{key} in {self.location} was changed: its SHA-256 is not its name.",
                    hint="Remove that file from the registry and push again.",
                )


def select(history: History, selector: str, *, model: str) -> Version:
    """The version that a selector names: a number, an alias, or the beginning of a bundle's id.

    Args:
        history: Of the model.
        selector: What stands after `@`; the newest version if empty.
        model: The model's name, for messages.

    Raises:
        NotInRegistryError: There is none, its bundle was removed, or an id's beginning fits two.
    """
    if not selector:
        if (newest := history.newest) is not None:
            return newest
        raise _no_version(history, selector, model)
    if selector in history.aliases:
        return history.versions[history.aliases[selector]]
    if selector.isdecimal() and int(selector) in history.versions:
        return _existing(history, int(selector), model)
    fitting = [
        v for v in history.versions.values()
        if len(selector) >= 8 and v.content.id.startswith(selector) and not v.is_collected
    ]  # fmt: skip
    if len({v.content.id for v in fitting}) == 1:
        return fitting[-1]
    raise _no_version(history, selector, model)


def _existing(history: History, number: int, model: str) -> Version:
    version = history.versions.get(number)
    if version is None:
        raise _no_version(history, str(number), model)
    if version.is_collected:
        raise NotInRegistryError(
            f"The bundle of {model}@{number} was removed from the registry.",
            hint=f"golive versions {model}",
        )
    return version


def _no_version(history: History, selector: str, model: str) -> NotInRegistryError:
    last = max(history.versions, default=0)
    aliases = ", ".join(sorted(history.aliases)) or "none"
    return NotInRegistryError(
        f"There is no {model}@{selector}; versions are 1 to {last}, aliases: {aliases}.",
        hint=f"golive versions {model}",
    )


def _same_alias(alias: str, history: History, other: History) -> bool:
    return history.aliases.get(alias) == other.aliases.get(alias)


def _moved_meanwhile(model: str, alias: str, history: History) -> UsageError:
    now = history.aliases.get(alias)
    return UsageError(
        f"{model}@{alias} was moved meanwhile by somebody else; it stands for version {now} now.",
        hint=f"golive versions {model}",
    )


def _pushing(content: Content) -> Callable[[History], Pushed | None]:
    def decide(history: History) -> Pushed | None:
        if content.key in history.collected or _same(history, content.sha256) is not None:
            return None
        return Pushed(version=len(history.versions) + 1, content=content)

    return decide


def _same(history: History, sha256: str) -> Version | None:
    return next(
        (
            version
            for version in reversed(history.versions.values())
            if version.content.sha256 == sha256 and not version.is_collected
        ),
        None,
    )


def _generation(history: History, sha256: str) -> int:
    """How often a bundle of this hash was removed."""
    generation = 0
    while bundle_key(sha256, generation) in history.collected:
        generation += 1
    return generation


def _collectable(history: History, *, keep: int, stale: set[str]) -> Collected:
    living = [v for v in history.versions.values() if not v.is_collected]
    kept = {v.number for v in living[len(living) - min(keep, len(living)) :]}
    kept |= set(history.aliases.values())
    gone = [v for v in living if v.number not in kept]
    needed = {v.content.key for v in living if v.number in kept}
    keys = ({v.content.key for v in gone} | stale) - needed - history.collected
    return Collected(versions=tuple(v.number for v in gone), keys=tuple(sorted(keys)))


def _as_one_file(bundle: Bundle, scratch: Path) -> Path:
    if bundle.left_out:
        raise UsageError(
            f"{bundle.source} was left without {min(bundle.left_out)}, and versions are whole.",
            hint="Push the bundle that the package was built from.",
        )
    if is_archive_name(bundle.source) and bundle.source.is_file():
        return bundle.source
    file = scratch / "bundle.zip"
    write_archive(bundle.path, file)
    return file
