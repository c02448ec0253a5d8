"""Errors of building packages.

GoliveError
└── BuildError            a package cannot be made from a bundle
    ├── NoWheelsError     a package that the model needs has no wheel for the target
    └── NotProvenError    a package was not run, or does not answer as the bundle does
"""

from __future__ import annotations

from golive.errors import GoliveError

__all__ = ["BuildError", "NoWheelsError", "NotProvenError"]


class BuildError(GoliveError):
    """A package cannot be made from a bundle."""

    code = "build_failed"


class NoWheelsError(BuildError):
    """A package that the model needs has no wheel for the target."""

    code = "no_wheels"


class NotProvenError(BuildError):
    """A package cannot be run here, or does not answer as its bundle does."""

    code = "package_not_proven"
