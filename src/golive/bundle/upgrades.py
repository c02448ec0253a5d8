"""Upgrades: how a manifest of an older format becomes one of today's.

Every format keeps the envelope: `format_version`, and the `checksum` that is checked before any
upgrade. tests/bundle/samples holds a bundle of each format that must always open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from golive.bundle.manifest import FORMAT_VERSION
from golive.errors import BundleFormatError
from golive.signature.model import JsonValue

__all__ = ["UPGRADES", "Upgrade", "upgrade"]

Upgrade = Callable[[dict[str, JsonValue]], dict[str, JsonValue]]


def _name_what_answers(raw: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """To format 2, which says whether the compiled program or the original answers."""
    because = "It was packed by a golive that did not compile models."
    return {**raw, "answers": "original", "answers_because": because}


UPGRADES: Mapping[int, Upgrade] = {1: _name_what_answers}
"""From version n: the function that makes a raw manifest of version n + 1 from one of version n."""


def upgrade(
    raw: dict[str, JsonValue],
    *,
    to: int = FORMAT_VERSION,
    upgrades: Mapping[int, Upgrade] = UPGRADES,
) -> dict[str, JsonValue]:
    """A raw manifest in the format `to`.

    Args:
        raw: The manifest as read, without its checksum.
        to: The format to reach.
        upgrades: The steps.

    Raises:
        BundleFormatError: There is no way from the manifest's format to `to`.
    """
    version = raw.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BundleFormatError(f"The bundle's format version is {version!r}; 1 is the first.")
    if version > to:
        raise BundleFormatError(
            f"The bundle has format {version}; this golive reads formats up to {to}.",
            hint="pip install --upgrade golive",
        )
    for step in range(version, to):
        if step not in upgrades:
            raise BundleFormatError(f"This golive cannot read bundles of format {step}.")
        raw = {**upgrades[step](raw), "format_version": step + 1}
    return raw
