"""What was left out: files that a packaged bundle answers without, named in a file beside them.

The manifest stays as it was packed, so that the bundle keeps its id and all else is verified as
ever. Only what nobody reads to answer can be left out.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from golive.bundle.encoding import indented_json
from golive.bundle.layout import LEFT_OUT, PROOF
from golive.bundle.manifest import Manifest
from golive.errors import BundleCorruptError

__all__ = ["encode_left_out", "needless", "read_left_out"]

_ORIGINAL = ("model/", "code/")


class _LeftOut(msgspec.Struct, forbid_unknown_fields=True):
    """The content of the file."""

    files: list[str]


def needless(manifest: Manifest) -> frozenset[str]:
    """The files of a bundle that it answers without.

    They are its proof, and the original model with its
    code where the compiled program answers.
    """
    is_compiled = manifest.answers == "compiled"
    return frozenset(
        path
        for path in manifest.files
        if path == PROOF or (is_compiled and path.startswith(_ORIGINAL))
    )


def encode_left_out(files: frozenset[str]) -> bytes:
    """The bytes of the file that names them."""
    return indented_json({"files": sorted(files)})


def read_left_out(root: Path, manifest: Manifest) -> frozenset[str]:
    """The files that are said to be left out of the bundle's directory.

    Raises:
        BundleCorruptError: It cannot be read, or names one that the bundle needs to answer.
    """
    try:
        named = msgspec.json.decode((root / LEFT_OUT).read_bytes(), type=_LeftOut).files
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _corrupt(str(error)) from error
    if needed := sorted(set(named) - needless(manifest)):
        raise _corrupt(f"it names {needed[0]!r}, which a bundle is not left without")
    return frozenset(named)


def _corrupt(reason: str) -> BundleCorruptError:
    return BundleCorruptError(
        f"{LEFT_OUT} is not as golive writes it: {reason}.",
        file=LEFT_OUT,
        hint="Build the package again from the whole bundle.",
    )
