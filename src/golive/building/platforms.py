"""The platform of a package: a Python, an architecture and a glibc."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import Literal

__all__ = ["ARCHITECTURES", "Architecture", "Platform", "parse_python"]

Architecture = Literal["x86_64", "arm64"]
ARCHITECTURES: tuple[Architecture, ...] = ("x86_64", "arm64")
"""As AWS Lambda names them."""

_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
_OLDEST = {"x86_64": 5, "arm64": 17}
"""The glibc 2.N of the oldest wheels: PEP 600 for x86-64, PEP 599 for ARM."""

_LEGACY = {"x86_64": ((17, "2014"), (12, "2010"), (5, "1")), "arm64": ((17, "2014"),)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What a package runs on.

    Attributes:
        python: Its version, such as `(3, 13)`.
        architecture: Of its processor.
        glibc: The N of its glibc 2.N: wheels for a newer one do not load there.
    """

    python: tuple[int, int]
    architecture: Architecture
    glibc: int

    @property
    def version(self) -> str:
        """The Python as text, such as `3.13`."""
        return f"{self.python[0]}.{self.python[1]}"

    @property
    def machine(self) -> str:
        """The architecture as Linux and wheels name it."""
        return _MACHINES[self.architecture]

    @property
    def wheel_tags(self) -> tuple[str, ...]:
        """The platform tags of wheels that load there, the newest first."""
        legacy = dict(_LEGACY[self.architecture])
        tags = []
        for minor in range(self.glibc, _OLDEST[self.architecture] - 1, -1):
            tags.append(f"manylinux_2_{minor}_{self.machine}")
            if minor in legacy:
                tags.append(f"manylinux{legacy[minor]}_{self.machine}")
        return tuple(tags)

    @property
    def is_of_this_machine(self) -> bool:
        """Whether programs for it run on this machine."""
        return sys.platform == "linux" and platform.machine() == self.machine


def parse_python(text: str) -> tuple[int, int] | None:
    """The Python that a text such as `3.13`, `3.13.1` or `python3.13` names, or None.

    Examples:
        >>> parse_python("python3.13"), parse_python("3.11.7"), parse_python("three")
        ((3, 13), (3, 11), None)
    """
    major, _, rest = text.removeprefix("python").partition(".")
    minor = rest.partition(".")[0]
    if not (major.isdecimal() and minor.isdecimal()):
        return None
    return int(major), int(minor)
