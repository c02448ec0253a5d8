"""The proof's bytes: JSON with fields in their declared order."""

from __future__ import annotations

import msgspec

from golive.bundle.encoding import indented_json
from golive.bundle.layout import PROOF
from golive.bundle.proof import PROOF_VERSION, Proof
from golive.errors import BundleError, BundleFormatError

__all__ = ["decode_proof", "encode_proof"]


def encode_proof(proof: Proof) -> bytes:
    """The bytes of proof.json.

    Raises:
        ValueError: A number is not finite.
    """
    return indented_json(proof, order="deterministic")


def decode_proof(data: bytes) -> Proof:
    """The proof of the bytes of proof.json.

    Raises:
        BundleFormatError: It is of a format that this golive does not know.
        BundleError: The bytes hold something else.
    """
    try:
        version = msgspec.json.decode(data)["format_version"]
        if version != PROOF_VERSION:
            raise BundleFormatError(
                f"{PROOF} has format {version}; this golive reads format {PROOF_VERSION}.",
                hint="pip install --upgrade golive",
            )
        return msgspec.json.decode(data, type=Proof)
    except (msgspec.DecodeError, UnicodeError, KeyError, TypeError) as error:
        raise BundleError(f"{PROOF} cannot be read: {error}") from error
