"""Where a registry keeps what: the keys of events and bundles, and the names that stand in them."""

from __future__ import annotations

import re

from golive.bundle.names import is_model_name
from golive.errors import UsageError

__all__ = [
    "bundle_key",
    "checked_alias",
    "checked_model",
    "event_key",
    "event_number",
    "history_prefix",
    "model_key",
]

_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,62}")
_HEXADECIMAL = re.compile(r"[0-9a-f]{8,64}")
_EVENT = re.compile(r"(\d{8})\.json")


def checked_model(name: str) -> str:
    """The name, if a model can have it.

    Raises:
        UsageError: It cannot.
    """
    if is_model_name(name):
        return name
    raise UsageError(f"{name!r} cannot be the name of a model.")


def checked_alias(alias: str) -> str:
    """The alias, if it can be one.

    Raises:
        UsageError: It cannot; digits, or what may be the beginning of an id, name versions.
    """
    if _ALIAS.fullmatch(alias) and not _HEXADECIMAL.fullmatch(alias):
        return alias
    raise UsageError(
        f"{alias!r} cannot be an alias: it has ASCII letters, digits, '.', '_' and '-', begins "
        "with a letter, and does not look like the id of a bundle.",
        hint="Usual aliases are prod, staging and candidate.",
    )


def history_prefix(model: str) -> str:
    """What the keys of a model's events begin with."""
    return f"{model}/history/"


def event_key(model: str, number: int) -> str:
    """The key of an event; sorted as texts, such keys are sorted by number."""
    return f"{history_prefix(model)}{number:08}.json"


def event_number(key: str) -> int | None:
    """The number of the event under a key, or None where it is no event's."""
    match = _EVENT.fullmatch(key.rpartition("/")[2])
    return None if match is None else int(match[1])


def bundle_key(sha256: str, generation: int) -> str:
    """The key of a bundle's file, relative to its model's folder.

    Args:
        sha256: Of the file.
        generation: How often such a file was removed before: no key is written twice, so that a
            removal that is late removes nothing new.
    """
    return f"bundles/{sha256}.zip" if generation == 0 else f"bundles/{sha256}.{generation}.zip"


def model_key(model: str, key: str) -> str:
    """The whole key of what has this key relative to a model's folder."""
    return f"{model}/{key}"
