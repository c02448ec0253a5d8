"""Registries: references become bundles on this machine."""

from __future__ import annotations

import getpass
import platform
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from golive import settings
from golive.blobs.opening import open_store
from golive.bundle.archive import is_archive_name
from golive.bundle.reading import Bundle, open_bundle
from golive.errors import UsageError
from golive.files import private_directory, sha256_of, temporary_sibling
from golive.http.plan import Named
from golive.registry.errors import NotInRegistryError
from golive.registry.history import History, Version
from golive.registry.reference import Reference, parse_reference
from golive.registry.registry import Push, Registry, select

__all__ = [
    "Located",
    "locate",
    "named_by",
    "named_now",
    "open_registry",
    "pull",
    "pull_named",
    "pull_reference",
    "pull_to",
    "push",
    "rollback",
]


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """The version that a reference names at a time.

    Attributes:
        registry: Where it is.
        model: The model's name in the registry.
        version: The version.
    """

    registry: Registry
    model: str
    version: Version


def open_registry(location: str | None = None) -> Registry:
    """The registry at a location, or the one of the settings; nothing is asked of it yet.

    Raises:
        UsageError: The location is none.
        MissingExtraError: The package that speaks with it is not installed.
    """
    place = location or settings.registry_location()
    return Registry(open_store(place), location=place, by=_who())


def locate(reference: Reference, registry: Registry | None = None) -> Located:
    """The version that a reference names now.

    Args:
        reference: The reference.
        registry: Where to look; that of the reference, opened, if None.

    Raises:
        NotInRegistryError: There is no such model or version.
        HistoryCorruptError: The registry's history is not what was written.
        StoreUnavailableError: The registry does not answer.
    """
    registry = registry or open_registry(reference.registry)
    try:
        history = registry.history(reference.model)
    except NotInRegistryError as error:
        if reference.registry is not None or reference.selector:
            raise
        raise NotInRegistryError(
            f"There is no bundle at {reference}, and no model {reference} in the registry "
            f"{registry.location}.",
            hint=f"golive pack MODEL --data train.csv -o {reference}.bundle",
        ) from error
    version = select(history, reference.selector, model=reference.model)
    return Located(registry=registry, model=reference.model, version=version)


def pull(located: Located, *, cache: Path | None = None, verify: bool = False) -> Bundle:
    """The bundle of a version, from the cache or else from the registry, verified.

    Args:
        located: The version.
        cache: Where bundles are kept; None: `golive.settings.cache_dir()`.
        verify: Compute every hash again even if this machine has done it before.

    Raises:
        ContentCorruptError: It is missing in the registry, or not what was pushed.
        BundleError: It is not what was packed.
        StoreUnavailableError: The registry does not answer.
    """
    cache = settings.cache_dir() if cache is None else cache
    sha256 = located.version.content.sha256
    if (there := _pulled(sha256, cache, verify=verify)) is not None:
        return there
    file = _file(sha256, cache)
    private_directory(file.parent)
    file.unlink(missing_ok=True)
    located.registry.fetch(located.model, located.version, file)
    return open_bundle(file, verify_all=verify, cache=cache, sha256=sha256)


def named_now(text: str, reference: Reference) -> Named:
    """The version that a reference names now.

    Args:
        text: As it was written.
        reference: What it is.

    Raises:
        GoliveError: As `locate`.
    """
    return named_by(text, reference, locate(reference))


def named_by(text: str, reference: Reference, located: Located) -> Named:
    """What was found under a reference, as a plan holds it."""
    version, selector = located.version, reference.selector
    number = str(version.number)
    is_fixed = selector == number or version.content.id.startswith(selector or "-")
    return Named(
        reference=text,
        model=located.model,
        version=version.number,
        sha256=version.content.sha256,
        is_fixed=is_fixed,
    )


def pull_named(named: Named, *, verify: bool = False) -> Bundle:
    """The bundle of a version; the registry is not asked where this machine has it already.

    Raises:
        GoliveError: As `locate` and `pull`.
    """
    there = _pulled(named.sha256, settings.cache_dir(), verify=verify)
    if there is not None:
        return there
    reference = msgspec.structs.replace(
        parse_reference(named.reference), selector=str(named.version)
    )
    return pull(locate(reference), verify=verify)


def pull_reference(text: str) -> Bundle:
    """The bundle that `[REGISTRY/]NAME[@VERSION|@ALIAS]` names now; see `locate` and `pull`."""
    return pull(locate(parse_reference(text)))


def pull_to(text: str, output: Path | None = None, *, registry: str | None = None) -> Path:
    """Write the bundle that a reference names to a new place.

    Args:
        text: `[REGISTRY/]NAME[@VERSION|@ALIAS]`.
        output: A new directory, or a new file that ends with `.zip`; `NAME-VERSION.bundle` if None.
        registry: Where, unless the text says it; the usual one if None.

    Raises:
        UsageError: There is something at `output` already.
        GoliveError: As `locate` and `pull`.
    """
    reference = parse_reference(text)
    if reference.registry is None:
        reference = msgspec.structs.replace(reference, registry=registry)
    located = locate(reference)
    target = output or Path(f"{located.model}-{located.version.number}.bundle")
    if target.exists():
        raise UsageError(f"{target} exists already.", hint=f"golive pull {text} -o OTHER")
    bundle = pull(located)
    with temporary_sibling(target.absolute()) as scratch:
        copy = scratch / "copy"
        if is_archive_name(target):
            shutil.copyfile(bundle.source, copy)
        else:
            shutil.copytree(bundle.path, copy)
        copy.rename(target)
    return target


def push(
    bundle: str | Path, *, name: str | None = None, why: str = "", registry: str | None = None
) -> Push:
    """Make a bundle the next version of its model.

    Args:
        bundle: The path of a bundle (a directory or a `.zip`).
        name: The model's name in the registry; the bundle's own if None.
        why: A reason to record.
        registry: Where; the usual one if None.

    Raises:
        UsageError: There is no bundle there.
        BundleError: It is not what was packed.
        RegistryError: The registry's history is not what was written.
        StoreUnavailableError: The registry does not answer.
    """
    return open_registry(registry).push(open_bundle(Path(bundle)), model=name, why=why)


def rollback(
    model: str, alias: str = "prod", *, why: str = "", registry: str | None = None
) -> History:
    """Let an alias stand again for the version that it stood for before.

    Args:
        model: `[REGISTRY/]NAME`.
        alias: The alias.
        why: A reason to record.
        registry: Where, if the name does not say it; the usual one if None.

    Raises:
        NotInRegistryError: There is no such model or alias, or no version before.
        UsageError: The alias was moved by somebody else meanwhile.
        StoreUnavailableError: The registry does not answer.
    """
    parsed = parse_reference(model)
    return open_registry(parsed.registry or registry).rollback(parsed.model, alias, why=why)


def _pulled(sha256: str, cache: Path, *, verify: bool) -> Bundle | None:
    """The bundle of this hash, if it was pulled before and its file is still the same."""
    file = _file(sha256, cache)
    if not file.is_file() or sha256_of(file) != sha256:
        return None
    return open_bundle(file, verify_all=verify, cache=cache, sha256=sha256)


def _file(sha256: str, cache: Path) -> Path:
    return cache / "pulled" / f"{sha256}.zip"


def _who() -> str:
    """Who is recorded: the user and the machine."""
    user = "unknown"
    with suppress(OSError, KeyError):  # a process without an entry in the users' list
        user = getpass.getuser()
    return f"{user}@{platform.node() or 'unknown'}"
