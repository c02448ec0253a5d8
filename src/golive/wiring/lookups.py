"""Lookups: the stores that settings name, for the columns that signatures say are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from golive.engine.filling import Filler
from golive.errors import UsageError
from golive.lookups.nowhere import Nowhere
from golive.lookups.opening import open_lookup
from golive.lookups.redis_store import shown_url
from golive.settings import ServeSettings
from golive.signature.model import Signature
from golive.wiring.loading import open_reference

__all__ = [
    "Fillable",
    "add_lookups",
    "add_named_lookups",
    "check_lookups",
    "places_of",
    "read_locations",
]


class Fillable(Protocol):
    """An engine whose records can be given what they lack, whichever process its model is in."""

    @property
    def signature(self) -> Signature:
        """What the model takes and gives."""
        ...

    def fill_with(self, filler: Filler) -> None:
        """Give records the looked-up columns that they lack from now on."""
        ...


def read_locations(texts: Sequence[str]) -> dict[str, str]:
    """Where each lookup is, by its name.

    Args:
        texts: Such as `users=users.json`.

    Raises:
        UsageError: One is not of this form, or a name stands there twice.
    """
    locations: dict[str, str] = {}
    for text in texts:
        name, equals, location = text.partition("=")
        if not (name and equals and location) or "/" in name:
            raise UsageError(
                f"{shown_url(text)!r} does not say where something is looked up.",
                hint="--lookup users=users.json, or --lookup users=redis://HOST:PORT/0",
            )
        if name in locations:
            raise UsageError(f"The lookup {name} is given twice.", hint="Give it one location.")
        locations[name] = location
    return locations


def places_of(ref: str | Path, texts: Sequence[str]) -> dict[str, str] | None:
    """Where the looked-up columns of a bundle are, as is said or, if nothing is, in GOLIVE_LOOKUP.

    What GOLIVE_LOOKUP says of other models' lookups is left out.

    Args:
        ref: The bundle; see `load`.
        texts: Such as `users=users.json`; may be none.

    Raises:
        UsageError: One is not of this form, or a name stands there twice.
        BundleError: The bundle is not what was packed.
    """
    if texts:
        return read_locations(texts)
    found = read_locations(ServeSettings.load().lookup)
    if not found:
        return None
    names = [lookup.name for lookup in open_reference(ref).signature.lookups]
    return {name: found[name] for name in names if name in found} or None


def check_lookups(
    locations: Mapping[str, str], signatures: Mapping[str, Signature], *, is_all: bool = True
) -> None:
    """Refuse a lookup without a location, and a location of no lookup.

    Args:
        locations: By the lookups' names.
        signatures: By the models' names.
        is_all: Whether these are all the models and versions that there will be.

    Raises:
        UsageError: There is one.
    """
    for model, signature in signatures.items():
        for lookup in signature.lookups:
            if lookup.name not in locations:
                raise UsageError(
                    f"{model} looks up {_listed(lookup.columns)} in {lookup.name}, and nothing "
                    "says where that is.",
                    hint=f"--lookup {lookup.name}=FILE.json, or "
                    f"--lookup {lookup.name}=redis://HOST:PORT/0",
                )
    known = {lookup.name for signature in signatures.values() for lookup in signature.lookups}
    unknown = [name for name in locations if name not in known]
    if is_all and unknown:
        raise UsageError(
            f"No model that is served looks anything up in {unknown[0]}.",
            hint=f"The lookups are {_listed(sorted(known))}." if known else "Leave --lookup out.",
        )


def add_named_lookups(name: str, engine: Fillable, settings: ServeSettings) -> None:
    """Have an engine give records the looked-up columns that they lack, from where settings say.

    Args:
        name: The model's.
        engine: Its signature may have lookups.
        settings: How the model is served.

    Raises:
        UsageError: A lookup has no location, or its store cannot be opened.
        MissingExtraError: It needs a package that is not installed.
    """
    locations = read_locations(settings.lookup)
    check_lookups(locations, {name: engine.signature}, is_all=False)
    add_lookups(engine, locations, seconds=settings.lookup_timeout)


def add_lookups(engine: Fillable, locations: Mapping[str, str], *, seconds: float) -> None:
    """Have an engine give records the looked-up columns that they lack.

    Its golden records are answered before: they hold all values.

    Args:
        engine: Its signature has lookups.
        locations: Of each of them; one that has none cannot be asked.
        seconds: How long a request waits for what is not in memory.

    Raises:
        UsageError: A store cannot be opened.
        MissingExtraError: It needs a package that is not installed.
    """
    lookups = engine.signature.lookups
    stores = {
        lookup.name: open_lookup(lookup, locations[lookup.name], seconds=seconds)
        if lookup.name in locations
        else Nowhere()
        for lookup in lookups
    }
    engine.fill_with(Filler(engine.signature, stores))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
