"""The reference profile's bytes: JSON with fields in their declared order."""

from __future__ import annotations

from golive.bundle.encoding import decoded_json, indented_json
from golive.bundle.layout import PROFILE
from golive.bundle.profile import Profile

__all__ = ["decode_profile", "encode_profile"]


def encode_profile(profile: Profile) -> bytes:
    """The bytes of profile.json.

    Raises:
        ValueError: A number is not finite.
    """
    return indented_json(profile, order="deterministic")


def decode_profile(data: bytes) -> Profile:
    """The profile of the bytes of profile.json.

    Raises:
        BundleError: The bytes hold something else.
    """
    return decoded_json(data, Profile, name=PROFILE)
