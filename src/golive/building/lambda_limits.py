"""What AWS Lambda takes: how large a package may be, and how it gets there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DIRECT_BYTES", "UNZIPPED_BYTES", "Delivery", "choose_delivery", "megabytes"]

DIRECT_BYTES = 50 * 2**20
"""The largest zip file that is uploaded with a call of the API ("50 MB" in AWS's quotas)."""

UNZIPPED_BYTES = 250 * 2**20
"""The most that a zip file and all layers may unpack to ("250 MB")."""

Way = Literal["direct", "s3", "image"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a package gets to AWS Lambda, and why so, in a sentence."""

    way: Way
    because: str


def choose_delivery(*, zipped: int, unzipped: int) -> Delivery:
    """The way for a package of these sizes in bytes."""
    if unzipped > UNZIPPED_BYTES:
        return Delivery(
            way="image",
            because=f"Unzipped it has {megabytes(unzipped)} MB, and AWS Lambda takes 250 MB as a "
            "zip file; a container image may have 10 GB.",
        )
    if zipped > DIRECT_BYTES:
        return Delivery(
            way="s3",
            because=f"The zip file has {megabytes(zipped)} MB, and 50 MB can go directly.",
        )
    return Delivery(way="direct", because="The zip file is within the 50 MB of a direct upload.")


def megabytes(size: int) -> str:
    """A size in bytes as it is told, such as 1.5."""
    return f"{size / 2**20:.1f}"
