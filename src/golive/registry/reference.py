"""References: how a bundle is named everywhere, `PATH` or `[REGISTRY/]NAME[@VERSION|@ALIAS]`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from golive.errors import UsageError
from golive.registry.layout import checked_model

__all__ = ["Reference", "parse_reference", "reference_or_none"]

_BUCKETS = ("s3://", "gs://")


class Reference(msgspec.Struct, frozen=True):
    """A version of a model in a registry.

    Attributes:
        registry: Where the registry is, or None for the usual one.
        model: The model's name.
        selector: A version's number, an alias, or the beginning of a bundle's id; empty for the
            newest version.
    """

    registry: str | None
    model: str
    selector: str

    def __str__(self) -> str:
        """As it is written."""
        before = "" if self.registry is None else f"{self.registry}/"
        after = f"@{self.selector}" if self.selector else ""
        return f"{before}{self.model}{after}"


def parse_reference(text: str) -> Reference:
    """The reference that a text is.

    Examples:
        >>> parse_reference("games@prod")
        Reference(registry=None, model='games', selector='prod')
        >>> parse_reference("s3://models/team/games@7").registry
        's3://models/team'

    Raises:
        UsageError: It is none.
    """
    registry, slash, name = text.rpartition("/")
    model, at, selector = name.partition("@")
    if slash and not registry.removeprefix("s3:/").removeprefix("gs:/"):
        raise UsageError(f"{text!r} names no bucket.", hint="s3://BUCKET/PREFIX/NAME@VERSION")
    if at and not selector:
        raise UsageError(
            f"{text!r} names no version.", hint=f"{model}@prod, or {model} for the newest version"
        )
    return Reference(registry if slash else None, checked_model(model), selector)


def reference_or_none(text: str) -> Reference | None:
    """The reference that a text is, or None where it is to be read as a path.

    A path that exists is a path; so is what looks like one: it ends with `.bundle` or `.zip`, or
    names a folder without a version.
    """
    if text.startswith(_BUCKETS):
        return parse_reference(text)
    name = text.rpartition("/")[2]
    if Path(text).exists() or name.endswith((".bundle", ".zip")) or name in ("", ".", ".."):
        return None
    if "@" not in name and "/" in text:
        return None
    try:
        return parse_reference(text)
    except UsageError:
        return None
