"""The proof's bytes: JSON with fields in their declared order."""

from __future__ import annotations

from dataclasses import dataclass

from golive.bundle.encoding import decoded_json, indented_json
from golive.bundle.layout import PROOF
from golive.bundle.proof import PROOF_VERSION, Proof
from golive.errors import BundleFormatError

__all__ = ["decode_proof", "encode_proof"]


@dataclass(frozen=True, slots=True)
class _Versioned:
    """What every version of the report holds."""

    format_version: int


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
    version = decoded_json(data, _Versioned, name=PROOF).format_version
    if version != PROOF_VERSION:
        raise BundleFormatError(
            f"{PROOF} has format {version}; this golive reads format {PROOF_VERSION}.",
            hint="pip install --upgrade golive",
        )
    return decoded_json(data, Proof, name=PROOF)
