"""What AWS itself limits: front doors, regions, and what an account may run at a time."""

from __future__ import annotations

from typing import Literal

__all__ = [
    "ENDED_RUNTIMES",
    "FULL_CORE_MEMORY",
    "REGIONS",
    "SPARE_CONCURRENCY",
    "TIME_LIMITS",
    "FrontDoor",
]

FrontDoor = Literal["rest", "http", "url"]

TIME_LIMITS: dict[FrontDoor, int] = {"rest": 29, "http": 30, "url": 900}
"""Seconds after which a front door gives an answer up."""

FULL_CORE_MEMORY = 1769
"""Megabytes with which a function has one whole processor."""

SPARE_CONCURRENCY = 100
"""What reservations have to leave to the functions of an account that reserve nothing."""

ENDED_RUNTIMES = ("python3.8", "python3.9", "python3.10", "python3.11")
"""Runtimes of which no function can be made any more."""

REGIONS = frozenset(
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2",
        "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
        "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
        "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1",
        "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2",
        "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
        "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
    }
)  # fmt: skip
