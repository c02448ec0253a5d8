"""The reference profile's bytes: JSON with fields in their declared order."""

from __future__ import annotations

import msgspec

from golive.bundle.encoding import indented_json
from golive.bundle.layout import PROFILE
from golive.bundle.profile import Profile
from golive.errors import BundleError

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
    try:
        return msgspec.json.decode(data, type=Profile)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BundleError(f"{PROFILE} cannot be read: {error}") from error
